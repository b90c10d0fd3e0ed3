r"""Round clouds of points, one a class, set out on a circle.

    centre of class k = 2.1 (cos 2 pi k / C, sin 2 pi k / C)

Each cloud is normal, with a spread that leaves gaps between neighbours at noise 0 and adds 0.8 noise to it.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, classes_knob, draws, polar, table, take_turns

RING = 2.1


def make(generator, settings):
    n, classes = settings["points"], settings["classes"]
    _, _, scatter = draws(generator, n, classes)
    y = take_turns(n, classes)
    gap = min(2 * RING * np.sin(np.pi / classes), 2.5)       # between the centres of neighbours
    spread = gap / 9 + 0.8 * settings["noise"]
    # a quarter turn first, so that class 0 is at the top
    return table(polar(RING, np.pi / 2 - 2 * np.pi * y / classes) + spread * scatter, y, classes)


RECORD = Dataset(
    "blobs", "Round clouds of points on a circle, one cloud a class.",
    r"x \sim \mathcal{N}\!\left(2.1\,(\cos\tfrac{2\pi k}{C}, \sin\tfrac{2\pi k}{C}),\; \sigma^2\right)",
    "", "Blobs",
    knobs=KNOBS | {"classes": classes_knob(3, "How many clouds, each a class.")},
    make=make, task="auto", plane=True, features=PLANE_NAMES)
