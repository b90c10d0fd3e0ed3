r"""A tilted plane: the value is the sum of the coordinates.

    y = (x1 + x2) / 6 + 0.5 noise e,   e normal

so y lies within about ±1.  One linear unit can learn it.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ..table import Table
from ._plane import COLUMNS, DOMAIN, KNOBS, draws


def make(generator, settings):
    u, v, scatter = draws(generator, settings["points"])
    x = 6 * np.stack([u, v], axis=1) - 3
    y = x.sum(axis=1) / 6 + 0.5 * settings["noise"] * scatter[:, 0]
    return Table(x, y[:, None], COLUMNS, domain=DOMAIN)


RECORD = Dataset(
    "plane", "A tilted plane, to be predicted as a number: the value grows with x1 + x2.",
    r"y = \tfrac{1}{6}(x_1 + x_2) + \tfrac{1}{2}\,\text{noise}\;\varepsilon", "", "Plane",
    knobs=KNOBS, make=make, task="regression", plane=True, features=PLANE_NAMES)
