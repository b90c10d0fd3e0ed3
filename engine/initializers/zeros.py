"""Zeros: every weight starts at 0.

All units of a layer then compute the same and learn the same: the network never gets beyond one unit a layer.
"""
import numpy as np

from ..registry import Initializer


def fill(generator, shape, fan_in, fan_out, settings):
    return np.zeros(shape)


RECORD = Initializer(
    "zeros", title="Zeros",
    sentence="Every weight starts at 0, so all units of a layer stay equal and nothing useful is learned.",
    formula=r"w = 0", source="the simplest start, and a warning",
    fill=fill, torch="nn.init.zeros_({tensor})")
