r"""A disc inside a ring.

    blue:    radius 1.3 sqrt(v)          angle 2 pi u
    orange:  radius from 1.9 to 2.8      angle 2 pi u

u and v are even in [0, 1); square roots make the points even over the area.  Each point is then moved by
0.8 noise in a random direction.  x1² + x2² alone tells the two apart.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, draws, polar, table, take_turns

DISC, RING_FROM, RING_TO = 1.3, 1.9, 2.8


def make(generator, settings):
    n = settings["points"]
    u, v, scatter = draws(generator, n, 2)
    y = take_turns(n, 2)
    ring = np.sqrt(RING_FROM**2 + v * (RING_TO**2 - RING_FROM**2))
    radius = np.where(y == 1, DISC * np.sqrt(v), ring)
    return table(polar(radius, 2 * np.pi * u) + 0.8 * settings["noise"] * scatter, y)


RECORD = Dataset(
    "circle", "A disc of one class inside a ring of the other.",
    r"\text{blue: } r < 1.3,\quad \text{orange: } 1.9 < r < 2.8,\quad r = \sqrt{x_1^2 + x_2^2}", "", "Circle",
    knobs=KNOBS, make=make, task="binary", plane=True, features=PLANE_NAMES)
