r"""Several arms wound round each other, each a class.

With t in [0, 1] along an arm and k = 0 .. C-1 the arm:

    radius = 0.3 + 2.5 t,   angle = 2 pi (turns t + k / C),   turns = 3 / C, but at least 0.4

so that the gap between neighbouring arms stays about as wide however many there are.
"""
from ..features import PLANE_NAMES
from ..registry import Dataset
from ._plane import KNOBS, classes_knob, draws, table, take_turns
from .spiral import arms


def make(generator, settings):
    n, classes = settings["points"], settings["classes"]
    u, _, scatter = draws(generator, n, classes)
    y = take_turns(n, classes)
    return table(arms(u, scatter, y, classes, max(3 / classes, 0.4), settings["noise"]), y, classes)


RECORD = Dataset(
    "spirals", "Several arms wound round each other, each arm a class.",
    r"(r \cos\varphi,\; r \sin\varphi),\quad r = 0.3 + 2.5t,\quad \varphi = 2\pi\,(\tfrac{3}{C}t + \tfrac{k}{C})",
    "", "Spirals",
    knobs=KNOBS | {"classes": classes_knob(3, "How many arms, each a class.")},
    make=make, task="auto", plane=True, features=PLANE_NAMES)
