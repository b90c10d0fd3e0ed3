"""Kaiming uniform: evenly spread, just wide enough that signals keep their size through ReLU layers.

Shape: whatever is asked; U(-b, b) with b = gain √(3 / n), where n is fan_in or, if so set, fan_out.
ReLU silences half of its inputs; the 2 in the gain √(2 / (1 + a²)) makes up for it, a being the slope left of zero.
"""
import math

from ..registry import Initializer
from ._knobs import fan_mode, negative_slope


def fill(generator, shape, fan_in, fan_out, settings):
    n = fan_in if settings["mode"] == "fan_in" else fan_out
    bound = math.sqrt(2.0 / (1.0 + settings["a"]**2)) * math.sqrt(3.0 / n)
    return generator.uniform(-bound, bound, shape)


RECORD = Initializer(
    "kaiming_uniform", title="Kaiming uniform", aliases=("he_uniform",),
    sentence="Spread evenly, just wide enough that signals keep their size through ReLU layers.",
    formula=r"w \sim U(-b, b),\quad b = \sqrt{\frac{2}{1 + a^2}} \sqrt{\frac{3}{n}}", source="K. He, X. Zhang, S. Ren and J. Sun, 2015",
    knobs={"a": negative_slope(), "mode": fan_mode()},
    fill=fill, torch="nn.init.kaiming_uniform_({tensor}, a={a}, mode={mode})")
