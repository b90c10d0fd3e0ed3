r"""Two half circles hooked into each other.

    orange: (cos t, sin t),   blue: (1 - cos t, 1/2 - sin t),   t from 0 to pi

scaled by 1.8 about their middle; each point is then moved by 0.7 noise in a random direction.
The same figure as scikit-learn's make_moons.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, draws, table, take_turns


def make(generator, settings):
    n = settings["points"]
    u, _, scatter = draws(generator, n, 2)
    y = take_turns(n, 2)
    t = np.pi * u
    x1 = np.where(y == 0, np.cos(t), 1 - np.cos(t)) - 0.5
    x2 = np.where(y == 0, np.sin(t), 0.5 - np.sin(t)) - 0.25
    return table(1.8 * np.stack([x1, x2], axis=1) + 0.7 * settings["noise"] * scatter, y)


RECORD = Dataset(
    "moons", "Two half circles hooked into each other.",
    r"(\cos t, \sin t)\ \text{ and }\ (1 - \cos t, \tfrac{1}{2} - \sin t),\quad 0 \le t \le \pi",
    "scikit-learn, make_moons", "Moons",
    knobs=KNOBS, make=make, task="binary", plane=True, features=PLANE_NAMES)
