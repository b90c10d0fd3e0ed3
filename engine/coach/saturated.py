"""Saturated neurons: they sit where their activation is flat, and learn slowly though the answers are still wrong."""
from ..figures import figure
from ..registry import Rule
from ._situation import Finding, name, percent

MANY, SLOW = 0.6, 0.8                    # of a layer's values; of the loss that was left before


def look(situation):
    found = [layer for layer in situation.layers[:-1] if layer["saturated"] is not None and layer["saturated"] >= MANY]
    halves = situation.halves("loss_train")
    if not found or situation.solved or halves is None or halves[1] < SLOW * halves[0]:
        return None
    worst = max(found, key=lambda layer: layer["saturated"])
    return Finding(f"{percent(worst['saturated'])} of the values of {name(worst)} lie where {worst['activation']} is flat, and the loss went "
                   f"only from {figure(halves[0])} to {figure(halves[1])}.",
                   (Finding.remedy("Glorot's initial weights", initializer={"name": "xavier_uniform"}),
                    Finding.remedy("ReLU with He's initial weights", model__activation="relu", initializer={"name": "kaiming_normal"}),
                    Finding.remedy("Standardise the inputs", data__standardize=True)))


RECORD = Rule("saturated", "Neurons are saturated.", formula=r"|f'(z)| < 0.05\,\max |f'|",
              look=look, rank=3, symptom_of=("not_finite", "rate_too_high"), source="Glorot and Bengio, 2010")
