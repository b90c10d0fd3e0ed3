r"""Hills and hollows over the plane: a sum of six bell-shaped bumps, to be predicted as a number.

    y = sum of s_k exp(-|x - c_k|² / (2 * 0.7²)) + 0.5 noise e,   e normal

The centres c_k stand in two rows of three, and the signs s_k alternate.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ..table import Table
from ._plane import COLUMNS, DOMAIN, KNOBS, draws

#                  x1    x2   sign
BUMPS = np.array([(-2,  1.4,  1), (0,  1.4, -1), (2,  1.4,  1),
                  (-2, -1.4, -1), (0, -1.4,  1), (2, -1.4, -1)])
WIDTH = 0.7


def make(generator, settings):
    u, v, scatter = draws(generator, settings["points"])
    x = 6 * np.stack([u, v], axis=1) - 3
    squared = ((x[:, None, :] - BUMPS[:, :2])**2).sum(axis=2)                 # (n, bumps)
    y = np.exp(-squared / (2 * WIDTH**2)) @ BUMPS[:, 2] + 0.5 * settings["noise"] * scatter[:, 0]
    return Table(x, y[:, None], COLUMNS, domain=DOMAIN)


RECORD = Dataset(
    "bumps", "Hills and hollows over the plane, to be predicted as a number.",
    r"y = \sum_{k=1}^{6} s_k\, e^{-|x - c_k|^2 / (2 \cdot 0.7^2)} + \tfrac{1}{2}\,\text{noise}\;\varepsilon",
    "", "Bumps",
    knobs=KNOBS, make=make, task="regression", plane=True, features=PLANE_NAMES)
