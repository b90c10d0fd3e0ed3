"""The learning rate is too low: there is a slope to follow, but the steps along it are tiny."""
from ..registry import Rule
from ._situation import Finding, percent

SMALL = 2e-5                             # of a weight's own size in one step


def look(situation):
    halves = situation.halves("loss_train")
    if halves is None or situation.solved or situation.run.divergence:
        return None
    ratios = [layer["update_ratio"] for layer in situation.layers if layer["update_ratio"] is not None]
    older, newer = halves
    if not ratios or max(ratios) > SMALL or newer < 0.98 * older:
        return None
    return Finding(f"One step moves the weights by at most {percent(max(ratios))} of their size (0.1 % is a good guide), and the loss "
                   f"went only from {older:.4g} to {newer:.4g}.",
                   (Finding.remedy("Ten times the learning rate", optimizer__learning_rate=min(10.0, situation.rate * 10)),))


RECORD = Rule("rate_too_low", "The learning rate looks too low.", formula=r"\frac{\|\Delta W\|}{\|W\|} < 2\cdot 10^{-5}", source="A. Karpathy, 2015 (a thousandth as a guide)",
              look=look, rank=4)
