"""LeCun normal: bell-shaped, just wide enough that signals keep their size on the way forward.

Shape: whatever is asked; N(0, σ²) with σ = 1/√n, where n is fan_in.
Then a unit's sum has the variance of one input.
"""
import math

from ..registry import Initializer


def fill(generator, shape, fan_in, fan_out, settings):
    return math.sqrt(1.0 / fan_in) * generator.standard_normal(shape)


RECORD = Initializer(
    "lecun_normal", title="LeCun normal",
    sentence="Bell-shaped, just wide enough that signals keep their size on the way forward.",
    formula=r"w \sim N(0, \sigma^2),\quad \sigma = \frac{1}{\sqrt{n_{in}}}", source="Y. LeCun and others, Efficient BackProp, 1998",
    fill=fill, torch="nn.init.kaiming_normal_({tensor}, nonlinearity='linear')")
