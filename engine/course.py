"""A race on a landscape: the optimizers' own kernels, as they train networks, on a position in the plane instead of weights.

A course is a program as a network's is, with one parameter, the position (2,), in place of all weights: value and gradient of the
landscape in place of forward and backward, then clipping, schedule and update exactly as in a training step (program.Training).
"""
import numpy as np

from . import execute
from .errors import BadSetting
from .graph import Tensor
from .program import Instruction, Program, Training
from .registry import ops, optimizers, schedules

FAR = 100.0                              # times the height of the start: what climbs so far has diverged
NEAR = 0.01                              # of the height of the start: what stays below has arrived


class Course(Program):
    """The program of one optimizer on one landscape.

    landscape   a record and its settings
    training    a Training: optimizer, schedule, clipping
    noise       spread of the chance that is added to each number of the gradient
    """

    def __init__(self, landscape, settings, training, noise=0.0):
        self.training, self.capacity = training, 1
        self.offsets, self.names, self.size = {}, {}, 0
        self.parameter_count = self.weight_count = 2
        self.whole = self.weights = self._region("parameters", [Tensor("position", (2,))])
        self.gradients = self.weight_gradients = self._region("gradients", [Tensor("d.position", (2,))])
        self.slots = [self._region(f"slot.{slot}", [Tensor(slot, (2,))]) for slot in training.optimizer.slots]
        self.loss = self.put(Tensor("loss", (1,)))
        exact = self.put(Tensor("exact", (2,))) if noise else self.gradients
        training.place(self)
        knobs = tuple(map(float, settings.values()))
        self.instructions = [Instruction("value", landscape.value, (self.whole, self.loss), (), knobs),
                             Instruction("gradient", landscape.gradient, (self.whole, exact), (), knobs)]
        if noise:
            self.instructions.append(Instruction("noise", ops.get("noise", "noise").forward, (exact, self.gradients), (), (noise,)))
        self.instructions += training.instructions(self)
        self.before = next(q for q, i in enumerate(self.instructions) if i.name.startswith("update"))
        self.box = landscape.box
        if self.box:
            self.limits = [self.put(Tensor(name, (2,))) for name in ("lowest", "highest")]
            self.instructions.append(Instruction("keep within", ops.get("keep_within", "box").forward, (self.whole, *self.limits), ()))

    def walk(self, start, steps, precision, seed):
        """What the memory held at each of steps + 1 places, before the step from it: name -> (steps + 1, numbers)."""
        arena = np.zeros(self.size, precision)
        self.view(arena, "position", 1)[...] = start
        if self.box:
            for tensor, ends in zip(self.limits, zip(*self.box)):
                self.view(arena, tensor.name, 1)[...] = ends
        path = np.empty((steps + 1, self.size), precision)
        execute.walk(self.addresses(precision), arena, self.table(1, seed), self.before, len(self.instructions), path)
        part = lambda name, size: path[:, self.offsets[self.names[name]]:][:, :size].copy()
        found = {"position": part("position", 2), "value": part("loss", 1)[:, 0], "gradient": part(self.training.used.name, 2),
                 "rate": part("rate", 1)[:, 0]}
        return found | {slot: part(slot, 2) for slot in self.training.optimizer.slots}


def course(landscape, racer, schedule, clip=None, noise=0.0):
    """The Course of one racer, all given as settings with a name.  Errors: BadSetting for an optimizer that needs a network."""
    optimizer, own = optimizers.get(racer["name"], "optimizers"), {k: v for k, v in racer.items() if k != "name"}
    if optimizer.estimate:
        raise BadSetting("optimizers", "optimizers that need nothing but the gradient", f"{optimizer.name}",
                         "It draws answers from a network's probabilities, and a surface has none.")
    record = schedules.get(schedule["name"], "schedule")
    training = Training(optimizer, own, record, {k: v for k, v in schedule.items() if k != "name"}, clip=clip)
    return Course(landscape[0], landscape[1], training, noise)


def finish(walked, minima, lowest):
    """Where a path ended: its value and distance to the nearest minimum, since when it has been near, where it diverged (steps or None).

    lowest   the value at the minima
    """
    height = walked["value"].astype(np.float64) - lowest
    away = np.linalg.norm(walked["position"][-1].astype(np.float64) - np.array(minima), axis=1).min()
    with np.errstate(invalid="ignore"):
        lost = np.flatnonzero(~(height <= FAR * max(height[0], 1e-12)))
        outside = np.flatnonzero(~(height <= NEAR * height[0]))
    arrived = int(outside[-1]) + 1 if len(outside) else 0
    return {"value": float(walked["value"][-1]), "height": float(height[-1]), "distance": float(away),
            "reached": arrived if arrived < len(height) else None, "diverged": int(lost[0]) if len(lost) else None}
