"""Constant: every weight starts at the same number.

As with zeros, units that start equal stay equal: their gradients are the same.
"""
import numpy as np

from ..knob import Knob
from ..registry import Initializer


def fill(generator, shape, fan_in, fan_out, settings):
    return np.full(shape, settings["value"])


RECORD = Initializer(
    "constant", title="Constant",
    sentence="Every weight starts at the same number, so all units of a layer stay copies of each other.",
    formula=r"w = c", source="a warning",
    knobs={"value": Knob(0.5, -100.0, 100.0, symbol="c", effect="restart", help="The number all weights start at.")},
    fill=fill, torch="nn.init.constant_({tensor}, {value})")
