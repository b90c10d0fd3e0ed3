"""What the probes on landscapes share: the knob that names one, and the shape of it in numbers."""
import numpy as np

from .. import execute
from ..course import course
from ..jit import address
from ..knob import Knob
from ..registry import landscapes


def usual(registry, name, **settings):
    """A record with its settings: those given, and the defaults of all others."""
    return {"name": name, **registry.get(name, "name").defaults(), **settings}


LANDSCAPE = Knob(usual(landscapes, "ravine"), kind="record", of="landscapes", help="On which surface, with its settings.")


def named(options):
    """The landscape's record and its settings."""
    given = options["landscape"]
    return landscapes.get(given["name"], "landscape"), {k: v for k, v in given.items() if k != "name"}


class Ground:
    """Values and slopes of a landscape anywhere, in float64."""

    def __init__(self, landscape):
        self.course = course(landscape, {"name": "gradient_descent", "learning_rate": 0.0}, {"name": "constant"})
        self.arena, self.table = np.zeros(self.course.size), self.course.table(1, 0)
        self.addresses = np.array([address(instruction.kernel, "float64") for instruction in self.course.instructions[:2]], np.uintp)
        self.period = landscape[0].period(landscape[1])
        self.place, self.loss = (self.course.view(self.arena, name, 1) for name in ("position", "loss"))
        self.slope = self.course.view(self.arena, "d.position", 1)

    def value(self, x, y):
        """The height at a place."""
        self.place[...] = x, y
        execute.once(self.addresses, self.arena, self.table, 0, 1)
        return float(self.loss[0])

    def gradient(self, place):
        """The slope at a place, over all pieces the loss is shown in."""
        self.place[...], total = place, np.zeros(2)
        for k in range(self.period):
            self.table[:, -1, 0] = k
            execute.once(self.addresses, self.arena, self.table, 1, 2)
            total += self.slope
        return total / self.period

    def curvatures(self, place, epsilon=1e-5):
        """The eigenvalues of the Hessian at a place, largest first."""
        rows = [(self.gradient(place + move) - self.gradient(place - move)) / (2 * epsilon) for move in epsilon * np.eye(2)]
        return np.linalg.eigvalsh((np.array(rows) + np.array(rows).T) / 2)[::-1].tolist()
