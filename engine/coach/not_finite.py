"""The loss is no number any more: which operation was the first to break."""
from ..registry import Rule
from ._situation import Finding


def look(situation):
    broken = situation.run.divergence
    if not broken:
        return None
    return Finding(broken["message"], (
        Finding.remedy("Go back, a tenth of the learning rate", rewind=True, optimizer__learning_rate=situation.rate / 10),
        Finding.remedy("Go back and clip the gradient", rewind=True, clip={"norm": 1.0})))


RECORD = Rule("not_finite", "The training ran away.", formula=r"L \notin \mathbb{R}", source="IEEE 754, 1985 (what is no number stays none)",
              look=look, rank=0)
