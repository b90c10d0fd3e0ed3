r"""A board of four by four squares in two classes.

    y = (column + row) mod 2,   squares of 1.4 by 1.4

Points are even over the squares with a narrow gap between these, and then moved by 0.6 noise in a random direction.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, draws, table, take_turns

SIDE, GAP = 1.4, 0.08


def make(generator, settings):
    n = settings["points"]
    u, v, scatter = draws(generator, n, 2)
    y = take_turns(n, 2)
    square, across = np.divmod(8 * u, 1)               # one draw serves twice: which of 8 squares, where in it
    column, row = np.divmod(square, 2)
    row = 2 * row + (column + y) % 2                   # every second square of a column has this class
    x1 = SIDE * (column - 2) + GAP + (SIDE - 2 * GAP) * across
    x2 = SIDE * (row - 2) + GAP + (SIDE - 2 * GAP) * v
    return table(np.stack([x1, x2], axis=1) + 0.6 * settings["noise"] * scatter, y)


RECORD = Dataset(
    "checkerboard", "A board of four by four squares, the colours alternating.",
    r"y = (\lfloor x_1 / 1.4 \rfloor + \lfloor x_2 / 1.4 \rfloor) \bmod 2", "", "Checkerboard",
    knobs=KNOBS, make=make, task="binary", plane=True, features=PLANE_NAMES)
