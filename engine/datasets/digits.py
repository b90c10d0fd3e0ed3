"""Handwritten digits of 8 by 8 pixels, each from 0 (paper) to 16 (ink); 1,797 real ones.

Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.
"""
import numpy as np

from ..registry import Dataset
from ..table import Table
from ._real import bundled

SIDE = 8
PIXELS = tuple(f"pixel {row},{column}" for row in range(SIDE) for column in range(SIDE))


def make(generator, settings):
    x, y = bundled("digits")
    return Table(x, y.astype(np.int64), PIXELS, classes=tuple("0123456789"), image=(SIDE, SIDE))


RECORD = Dataset("digits", "1,797 real handwritten digits of 8 by 8 pixels, ten classes.",
                 "", "Alpaydin and Kaynak, 1998", "Handwritten digits",
                 make=make, inputs="picture", task="classes", made=False, standardize=True)
