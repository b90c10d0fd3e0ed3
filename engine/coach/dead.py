"""Dead neurons: they say zero for every example, so that no gradient can ever wake them."""
from ..registry import Rule
from ._situation import Finding, name, percent

MANY = 0.3                               # of a layer's neurons


def look(situation):
    found = [layer for layer in situation.layers if layer["dead"] is not None and layer["dead"] >= MANY]
    if not found:
        return None
    worst = max(found, key=lambda layer: layer["dead"])
    count = round(worst["dead"] * worst["units"])
    return Finding(f"{count} of the {worst['units']} neurons of {name(worst)} ({percent(worst['dead'])}) are at zero for every "
                   "training example, and their gradient is zero too.",
                   (Finding.remedy("Leaky ReLU", model__activation="leaky_relu"),
                    Finding.remedy("A third of the learning rate", optimizer__learning_rate=situation.rate / 3)))


RECORD = Rule("dead", "Some neurons are dead.", formula=r"f'(z_{ij}) = 0 \;\text{ for all examples } i",
              look=look, rank=3, symptom_of=("not_finite",), source="Maas, Hannun and Ng, 2013 (the leak that revives them)")
