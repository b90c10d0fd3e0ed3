r"""Points in a square, and which of them are the corners of the rubber band round all of them.

The answer begins at the leftmost corner, goes round against the clock and ends where it began: c_1, c_2, ..., c_1.
Found by Andrew's scan (1979): the points from left to right, and every right turn taken back.
Source: Vinyals, Fortunato and Jaitly, 2015.
"""
import numpy as np

from ..registry import Dataset
from ._ordering import EXAMPLES, draw, sizes, table


def half(points, order):
    """Numbers of the points on the lower hull, for `order` from left to right (the upper one, from right to left)."""
    kept = []
    for j in order:
        while len(kept) > 1:
            (ax, ay), (bx, by), (cx, cy) = points[kept[-2]], points[kept[-1]], points[j]
            if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0:
                break                    # a left turn
            kept.pop()
        kept.append(j)
    return kept


def hull(points):
    """Corners of the hull of points (n, 2), as numbers, leftmost first, against the clock."""
    order = np.lexsort((points[:, 1], points[:, 0])).tolist()
    points = points.tolist()
    return half(points, order)[:-1] + half(points, order[::-1])[:-1]


def make(generator, settings):
    sets, counts = draw(generator, settings, 2)
    y = np.full((len(sets), sets.shape[1] + 1), -1)
    for row, (points, count) in enumerate(zip(sets, counts)):
        corners = hull(points[:count])
        y[row, :len(corners) + 1] = corners + corners[:1]
    return table(sets, y, ("x", "y"))


RECORD = Dataset(
    "convex_hull", "Points in a square; the answer is the corners of the rubber band round them, one after the other.",
    r"\partial\,\mathrm{conv}(p_1, \dots, p_n)", "Vinyals, Fortunato and Jaitly, 2015", "Convex hull", make=make, inputs="sequence", model="pointer",
    task="sequence", knobs={"examples": EXAMPLES, **sizes(5, 10, 30, "points")})
