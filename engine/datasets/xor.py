r"""Opposite quarters of a square belong together: blue where x1 and x2 have the same sign.

    y = 1 if x1 x2 > 0 else 0,   |x1| and |x2| even from 0.2 to 2.8

No straight line can part them, which a network without a hidden layer shows at once; each point is then moved
by 0.8 noise in a random direction.  Source: Minsky and Papert, Perceptrons, 1969.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, draws, table, take_turns

GAP, REACH = 0.2, 2.8


def make(generator, settings):
    n = settings["points"]
    u, v, scatter = draws(generator, n, 2)
    y = take_turns(n, 2)
    right = np.where(u < 0.5, -1, 1)                   # one draw serves twice: which side, and how far out
    above = np.where(y == 1, right, -right)
    x1 = right * (GAP + (REACH - GAP) * (2 * u % 1))
    x2 = above * (GAP + (REACH - GAP) * v)
    return table(np.stack([x1, x2], axis=1) + 0.8 * settings["noise"] * scatter, y)


RECORD = Dataset(
    "xor", "Opposite quarters of a square belong to the same class, so no straight line parts them.",
    r"y = [\,x_1 x_2 > 0\,]", "Minsky and Papert, 1969", "Exclusive or",
    knobs=KNOBS, make=make, task="binary", plane=True, features=PLANE_NAMES)
