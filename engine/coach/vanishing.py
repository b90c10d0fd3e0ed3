"""Gradients vanish: the first layer hears almost nothing of the mistake at the end."""
from ..figures import figure
from ..registry import Rule
from ._situation import Finding, name

FADED = 1e-3                             # of the last layer's gradient


def look(situation):
    layers = situation.layers
    if len(layers) < 4 or situation.solved:
        return None
    first, last = layers[0]["gradient_norm"], layers[-1]["gradient_norm"]
    if not last > 0 or first > FADED * last:
        return None
    remedies = [Finding.remedy("ReLU with He's initial weights", model__activation="relu", initializer={"name": "kaiming_normal"})] \
        if situation.hidden_activation != "relu" else [Finding.remedy("He's initial weights", initializer={"name": "kaiming_normal"})]
    share = f"1/{last / first:,.0f}" if first else "nothing"
    return Finding(f"The gradient of {name(layers[0])} has a length of {figure(first, 2)}, that of the output {figure(last, 2)}: {share} of it arrives.",
                   tuple(remedies))


RECORD = Rule("vanishing", "The gradient fades on its way back.", formula=r"\frac{\|\partial L/\partial W_1\|}{\|\partial L/\partial W_N\|} < 10^{-3}",
              look=look, rank=2, symptom_of=("dead",),
              source="Hochreiter, 1991; Bengio, Simard and Frasconi, 1994")
