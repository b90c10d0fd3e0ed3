"""LeCun uniform: evenly spread, just wide enough that signals keep their size on the way forward.

Shape: whatever is asked; U(-b, b) with b = √(3 / n), where n is fan_in.
Then a unit's sum has the variance of one input.
"""
import math

from ..registry import Initializer


def fill(generator, shape, fan_in, fan_out, settings):
    bound = math.sqrt(3.0 / fan_in)
    return generator.uniform(-bound, bound, shape)


RECORD = Initializer(
    "lecun_uniform", title="LeCun uniform",
    sentence="Spread evenly, just wide enough that signals keep their size on the way forward.",
    formula=r"w \sim U(-b, b),\quad b = \sqrt{\frac{3}{n_{in}}}", source="Y. LeCun and others, Efficient BackProp, 1998",
    fill=fill, torch="nn.init.kaiming_uniform_({tensor}, nonlinearity='linear')")
