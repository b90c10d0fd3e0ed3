r"""Two round clouds, one a class.

    x ~ N((d, d) ± (h, h), (h s / 1.4)²),   h = 1.4 − |d| / 2,   s = 0.35 + 0.9 noise

The easiest figure: one straight line does it, until noise lets the clouds overlap.  Moved away from the centre (d), and
the smaller for it, no line through 0 does it any more: a neuron then needs its bias.
"""
import numpy as np

from ..features import PLANE_NAMES
from ..knob import Knob
from ..registry import Dataset
from ._plane import KNOBS, draws, table, take_turns


def make(generator, settings):
    n, shift = settings["points"], settings["shift"]
    _, _, scatter = draws(generator, n, 2)
    y, half = take_turns(n, 2), 1.4 - abs(shift) / 2
    centre = np.where(y == 1, half, -half)[:, None] + shift
    return table(centre + half / 1.4 * (0.35 + 0.9 * settings["noise"]) * scatter, y)


RECORD = Dataset(
    "gaussians", "Two round clouds of points that one straight line can part.",
    r"x \sim \mathcal{N}((d, d) \pm (h, h),\; (h\sigma/1.4)^2),\quad h = 1.4 - |d|/2,\quad \sigma = 0.35 + 0.9\,\text{noise}", "", "Two clouds",
    knobs=KNOBS | {"shift": Knob(0.0, -1.6, 1.6, effect="rebuild", symbol="d", title="off centre",
                                 help="How far both clouds are moved away from the centre, in both directions.")},
    make=make, task="binary", plane=True, features=PLANE_NAMES)
