"""Normal: random weights from the bell curve, the same for a narrow and a wide layer.

Shape: whatever is asked; N(μ, σ²).
"""
from ..knob import Knob
from ..registry import Initializer
from ._knobs import spread


def fill(generator, shape, fan_in, fan_out, settings):
    return settings["mean"] + settings["std"] * generator.standard_normal(shape)


RECORD = Initializer(
    "normal", title="Normal",
    sentence="Random weights from the bell curve, the same for a narrow and a wide layer.",
    formula=r"w \sim N(\mu, \sigma^2)", source="C. F. Gauss, 1809",
    knobs={"mean": Knob(0.0, -100.0, 100.0, symbol="μ", effect="restart", help="The number the weights lie around."),
           "std": spread(1.0)},
    fill=fill, torch="nn.init.normal_({tensor}, mean={mean}, std={std})")
