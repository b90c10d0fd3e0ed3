"""Gradients explode: they grow from layer to layer on the way back, or are huge altogether."""
from ..figures import figure
from ..registry import Rule
from ._situation import Finding, name

GROWN, HUGE = 1e3, 1e3                   # times the last layer's gradient; a length


def look(situation):
    layers = situation.layers
    if len(layers) < 2 or situation.config["clip"]:
        return None
    first, last = layers[0]["gradient_norm"], layers[-1]["gradient_norm"]
    largest = max(layers, key=lambda layer: layer["gradient_norm"])
    grows = len(layers) >= 4 and last > 0 and first > GROWN * last
    if not grows and largest["gradient_norm"] < HUGE:
        return None
    words = f"{first / last:,.0f} times that of the output ({figure(last, 2)})" if grows else "where 1 would be usual"
    return Finding(f"The gradient of {name(layers[0] if grows else largest)} has a length of "
                   f"{figure(first if grows else largest['gradient_norm'])}, {words}.",
                   (Finding.remedy("Clip the gradient at length 1", clip={"norm": 1.0}),
                    Finding.remedy("Glorot's initial weights", initializer={"name": "xavier_normal"})))


RECORD = Rule("exploding", "The gradient explodes.", formula=r"\frac{\|\partial L/\partial W_1\|}{\|\partial L/\partial W_N\|} > 10^{3} \;\text{ or }\; \|\partial L/\partial W\| > 10^{3}",
              look=look, rank=2, source="Pascanu, Mikolov and Bengio, 2013")
