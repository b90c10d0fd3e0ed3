"""Xavier uniform: evenly spread, just wide enough that signals keep their size forward and gradients theirs backward.

Shape: whatever is asked; U(-b, b) with b = gain √(6 / (fan_in + fan_out)), so that the variance is 2/(fan_in + fan_out).
"""
import math

from ..registry import Initializer
from ._knobs import gain


def fill(generator, shape, fan_in, fan_out, settings):
    bound = settings["gain"] * math.sqrt(6.0 / (fan_in + fan_out))
    return generator.uniform(-bound, bound, shape)


RECORD = Initializer(
    "xavier_uniform", title="Xavier uniform", aliases=("glorot_uniform",),
    sentence="Spread evenly, just wide enough that signals and gradients keep their size through tanh or sigmoid layers.",
    formula=r"w \sim U(-b, b),\quad b = g \sqrt{\frac{6}{n_{in} + n_{out}}}", source="X. Glorot and Y. Bengio, 2010",
    knobs={"gain": gain()},
    fill=fill, torch="nn.init.xavier_uniform_({tensor}, gain={gain})")
