"""Single examples as the network meets them in use: their loss and its slope, each by itself."""
from types import SimpleNamespace

import numpy as np

from ..assembly import Assembly
from ..errors import BadSetting
from ..measure import Predictor
from ..trial import Trial


def exact(run):
    """A predictor in float64 and the run's parameters for it."""
    made = Assembly({**run.config, "precision": "float64", "checkpoint_segments": None}, run.assembly.arrays)
    arena = made.fresh_arena(made.predicting)
    arena[:made.predicting.state_count] = run.arena[:made.predicting.state_count]
    return Predictor(made), SimpleNamespace(arena=arena, assembly=made)


class Alone:
    """Loss and gradient of one example after the other: no dropout, no augmentation, no penalties.

    Errors: BadSetting for networks with statistics of a batch, in which no example is alone.
    """

    def __init__(self, run):
        if run.assembly.program.statistics and any(p.role == "statistic" for p in run.assembly.program.statistics):
            raise BadSetting("probe", "a network without batch normalisation", "one in which an example depends on its batch",
                             "Take layer normalisation.")
        config = {**run.config, "batch_size": 1, "augmentation": {}, "optimizer": {"name": "sgd"},
                  "regularization": {}, "clip": None, "early_stopping": None, "checkpoint_segments": None}
        without = {"dropout": 0.0, "capacity": None, "balance": 0.0}         # what depends on chance or on the rest of a batch
        config["model"] = {**config["model"], **{key: value for key, value in without.items() if key in config["model"]}}
        self.made = Assembly(config, run.assembly.arrays)
        self.trial = Trial(run, [0], self.made)

    def parameters_of(self, memory):
        """Take over the parameters of a run or a keyframe of the same network."""
        count = self.trial.program.state_count
        self.trial.arena[:count] = memory.arena[:count]

    def gradient(self, x, y):
        """(loss, flat gradient over all parameters) of one example, x (inputs,) and y (targets,) as the network is fed them."""
        self.trial.view("input")[...], self.trial.view("target")[...] = x, y
        loss = self.trial.backward(penalties=False)
        return loss, self.trial.view("gradients").astype(np.float64)

    def along(self, x, y, direction):
        """(losses (n,), slopes (n,) of each example's loss along a direction (parameters,)) of many."""
        pairs = [(loss, float(gradient @ direction)) for loss, gradient in (self.gradient(*pair) for pair in zip(x, y))]
        return np.array(pairs).T
