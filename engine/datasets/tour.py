r"""Towns in a square, and the shortest round trip through all of them, found exactly.

The answer begins at the leftmost town and goes against the clock, so that each round trip has one way to be said.
It is found by dynamic programming over sets of towns:  D(S, j), the shortest way from the start through all of S that
ends at j, is  min over i of D(S without j, i) + d(i, j).   2ⁿ n² steps, which is why there are at most 11 towns.
Source: Held and Karp, 1962; Bellman, 1962; as a task for pointer networks: Vinyals, Fortunato and Jaitly, 2015.
"""
import numpy as np

from ..registry import Dataset
from ._ordering import EXAMPLES, draw, sizes, table


def distances(points):
    """(..., n, n) distances between points (..., n, 2)."""
    return np.sqrt(((points[..., :, None, :] - points[..., None, :, :]) ** 2).sum(-1))


def shortest(points):
    """The shortest round trips (m, n) through points (m, n, 2), each from town 0; all m at once."""
    m, n, _ = points.shape
    d, last, rows = distances(points), n - 1, np.arange(m)
    best = np.full((1 << last, last, m), np.inf)         # town j + 1 is bit j
    came = np.zeros((1 << last, last, m), np.int8)
    for j in range(last):
        best[1 << j, j] = d[:, 0, j + 1]
    for chosen in range(1, 1 << last):
        for j in range(last):
            rest = chosen & ~(1 << j)
            if chosen >> j & 1 and rest:
                ways = best[rest] + d[:, 1:, j + 1].T    # infinite for towns that are not in `rest`
                came[chosen, j] = ways.argmin(0)
                best[chosen, j] = ways[came[chosen, j], rows]
    order, chosen = np.zeros((m, n), int), np.full(m, (1 << last) - 1)
    at = (best[-1] + d[:, 1:, 0].T).argmin(0)
    for place in range(last, 0, -1):
        order[:, place] = at + 1
        at, chosen = came[chosen, at, rows].astype(int), chosen & ~(1 << at)
    return order


def from_the_left(points, order):
    """The same round trips, from the leftmost town on and against the clock."""
    first = np.take_along_axis(points[:, :, 0], order, axis=1).argmin(1)
    order = np.take_along_axis(order, (first[:, None] + np.arange(order.shape[1])) % order.shape[1], axis=1)
    way = np.take_along_axis(points, order[:, :, None], axis=1)
    after = np.roll(way, -1, axis=1)
    clockwise = (way[:, :, 0] * after[:, :, 1] - way[:, :, 1] * after[:, :, 0]).sum(1) < 0
    order[clockwise, 1:] = order[clockwise, :0:-1]
    return order


def make(generator, settings):
    sets, counts = draw(generator, settings, 2)
    y = np.full(sets.shape[:2], -1)
    for count in np.unique(counts):
        rows = np.flatnonzero(counts == count)
        points = sets[rows, :count]
        y[rows, :count] = from_the_left(points, shortest(points))
    return table(sets, y, ("x", "y"))


RECORD = Dataset(
    "tour", "Towns in a square; the answer is the shortest round trip through all of them.",
    r"\min_c \sum_t \lVert p_{c_t} - p_{c_{t+1}} \rVert", "Held and Karp, 1962", "Travelling salesman", make=make, inputs="sequence", model="pointer",
    task="sequence", knobs={"examples": EXAMPLES, **sizes(5, 8, 11, "towns")})
