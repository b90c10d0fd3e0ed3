"""Xavier normal: bell-shaped, just wide enough that signals keep their size forward and gradients theirs backward.

Shape: whatever is asked; N(0, σ²) with σ = gain √(2 / (fan_in + fan_out)).
"""
import math

from ..registry import Initializer
from ._knobs import gain


def fill(generator, shape, fan_in, fan_out, settings):
    std = settings["gain"] * math.sqrt(2.0 / (fan_in + fan_out))
    return std * generator.standard_normal(shape)


RECORD = Initializer(
    "xavier_normal", title="Xavier normal", aliases=("glorot_normal",),
    sentence="Bell-shaped, just wide enough that signals and gradients keep their size through tanh or sigmoid layers.",
    formula=r"w \sim N(0, \sigma^2),\quad \sigma = g \sqrt{\frac{2}{n_{in} + n_{out}}}", source="X. Glorot and Y. Bengio, 2010",
    knobs={"gain": gain()},
    fill=fill, torch="nn.init.xavier_normal_({tensor}, gain={gain})")
