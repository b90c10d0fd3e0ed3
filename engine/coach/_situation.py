"""What a rule looks at: the run, the curves so far, and each layer's health, measured at most once."""
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..errors import EngineError

LEAST = 12                               # samples of the curves before anything is said of how they go


@dataclass(frozen=True)
class Finding:
    """Something worth saying.

    evidence    one or two sentences with the measured numbers
    remedies    what could be changed: [{label, changes: {path: value}, rewind: true where the run must go back first}]
    """
    evidence: str
    remedies: tuple = ()

    @staticmethod
    def remedy(label, rewind=False, **changes):
        """One remedy; a path is written with __ for its dot."""
        return {"label": label, "changes": {path.replace("__", "."): value for path, value in changes.items()},
                "rewind": rewind}


@dataclass
class Situation:
    """A run and its curves: {name: values over the samples}, as the probe `curves` names them."""
    run: object
    curves: dict = field(default_factory=dict)

    @property
    def config(self):
        return self.run.config

    @property
    def rate(self):
        return self.config["optimizer"]["learning_rate"]

    @cached_property
    def layers(self):
        """The probe `layers` per layer; empty for a model it does not know or numbers that are none."""
        if self.run.divergence:
            return []
        try:
            return self.run.probe("layers")["layers"]
        except EngineError:
            return []

    def column(self, name):
        """A curve's finite values, and the steps they were taken at."""
        values = np.asarray(self.curves.get(name, ()), np.float64)
        steps = np.asarray(self.curves.get("step", ()), np.float64)
        good = np.isfinite(values)
        return values[good], steps[good] if len(steps) == len(values) else np.arange(len(values))[good]

    def halves(self, name):
        """The mean of a curve over the older and the newer half of its last two thirds of steps; None with few samples."""
        values, steps = self.column(name)
        if len(values) < LEAST:
            return None
        late = steps >= steps[0] + (steps[-1] - steps[0]) / 3
        values, steps = values[late], steps[late]
        middle = (steps[0] + steps[-1]) / 2
        older, newer = values[steps <= middle], values[steps > middle]
        return (float(older.mean()), float(newer.mean())) if len(older) >= 3 and len(newer) >= 3 else None

    @property
    def solved(self):
        """Whether nearly everything in the training set is right already."""
        scores, _ = self.column("score_train")
        return bool(len(scores)) and scores[-1] >= 0.97

    @property
    def hidden_activation(self):
        """The activation of the hidden layers where there is one and the same, else None."""
        names = {layer["activation"] for layer in self.run.layers[:-1]}
        return names.pop() if len(names) == 1 else None


def percent(share):
    """A share as people read it: 12 %, 0.3 %."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def name(layer):
    """layer3 -> layer 3."""
    return layer["name"].replace("layer", "layer ")
