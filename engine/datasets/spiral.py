r"""Two arms wound round each other.

With t in [0, 1] along an arm and k = 0, 1 the arm:

    radius = 0.3 + 2.5 t,   angle = 2 pi (1.5 t + k / 2)

and each point is moved by noise * 0.5 in a random direction.  Points are even along the arm, not in t.
Source: the two-spirals problem, Lang and Witbrock, 1988.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, draws, polar, table, take_turns


def arms(u, scatter, y, classes, turns, noise):
    """Points on `classes` equal arms; u (n,) is where along the arm."""
    t = np.sqrt(u)                       # the arm's length grows as t², so this spreads the points evenly
    return polar(0.3 + 2.5 * t, 2 * np.pi * (turns * t + y / classes)) + 0.5 * noise * scatter


def make(generator, settings):
    n = settings["points"]
    u, _, scatter = draws(generator, n, 2)
    y = take_turns(n, 2)
    return table(arms(u, scatter, y, 2, 1.5, settings["noise"]), y)


RECORD = Dataset(
    "spiral", "Two arms wound round each other, the hardest of the two-class figures.",
    r"(r \cos\varphi,\; r \sin\varphi),\quad r = 0.3 + 2.5t,\quad \varphi = 2\pi\,(1.5t + \tfrac{k}{2})",
    "Lang and Witbrock, 1988", "Spiral",
    knobs=KNOBS, make=make, task="binary", plane=True, features=PLANE_NAMES)
