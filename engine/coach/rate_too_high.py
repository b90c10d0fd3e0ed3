"""The learning rate is too high: steps move the weights by a large part of themselves, and the loss does not fall for it."""
from ..figures import figure
from ..registry import Rule
from ._situation import LEAST, Finding, percent

LARGE = 0.02                             # of a weight's own size in one step; the guide is a thousandth


def look(situation):
    values, _ = situation.column("loss_train")
    if len(values) < LEAST or situation.solved or situation.run.divergence:
        return None
    ratios = [layer["update_ratio"] for layer in situation.layers if layer["update_ratio"] is not None]
    best, now = float(values.min()), float(values[-5:].mean())
    if not ratios or max(ratios) < LARGE or now < 1.25 * best + 0.02:
        return None
    return Finding(f"One step moves the weights by up to {percent(max(ratios))} of their size (0.1 % is a good guide), and the loss "
                   f"stands at {figure(now)} after it had been {figure(best)}.",
                   (Finding.remedy("A tenth of the learning rate", optimizer__learning_rate=situation.rate / 10),))


RECORD = Rule("rate_too_high", "The learning rate looks too high.", formula=r"\frac{\|\Delta W\|}{\|W\|} > 2\cdot 10^{-2} \;\text{ and } L > 1.25\,L_{\min}", source="A. Karpathy, 2015 (a thousandth as a guide)",
              look=look, rank=1)
