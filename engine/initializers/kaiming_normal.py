"""Kaiming normal: bell-shaped, just wide enough that signals keep their size through ReLU layers.

Shape: whatever is asked; N(0, σ²) with σ = gain / √n, where n is fan_in or, if so set, fan_out.
ReLU silences half of its inputs; the 2 in the gain √(2 / (1 + a²)) makes up for it, a being the slope left of zero.
"""
import math

from ..registry import Initializer
from ._knobs import fan_mode, negative_slope


def fill(generator, shape, fan_in, fan_out, settings):
    n = fan_in if settings["mode"] == "fan_in" else fan_out
    std = math.sqrt(2.0 / (1.0 + settings["a"]**2) / n)
    return std * generator.standard_normal(shape)


RECORD = Initializer(
    "kaiming_normal", title="Kaiming normal", aliases=("he_normal",),
    sentence="Bell-shaped, just wide enough that signals keep their size through ReLU layers.",
    formula=r"w \sim N(0, \sigma^2),\quad \sigma = \sqrt{\frac{2}{1 + a^2}} \frac{1}{\sqrt n}", source="K. He, X. Zhang, S. Ren and J. Sun, 2015",
    knobs={"a": negative_slope(), "mode": fan_mode()},
    fill=fill, torch="nn.init.kaiming_normal_({tensor}, a={a}, mode={mode})")
