"""Small runs that many tests start from, and what it means that two runs are the same."""
import numpy as np

from engine import EngineError, Run
from engine.assembly import Assembly
from engine.registry import datasets, losses

ROWS = 20
# losses of one answer an example; a string of labels (CTC) needs a model of sequences: tests/test_sequence_losses.py, test_recurrent.py
PLAIN_LOSSES = [record.name for record in losses if {"binary", "classes", "regression"} & {*record.tasks}]


def small(**changes):
    """Settings of a quick run in float64: 2-4-3-1 on the spiral, 20 training rows, batches of 8 (the last has 4)."""
    settings = {"data": {"name": "spiral", "points": 2 * ROWS, "noise": 0.1, "test_share": 0.5},
                "model": {"name": "mlp", "hidden": [4, 3], "activation": "tanh"},
                "optimizer": {"name": "sgd", "learning_rate": 0.1}, "batch_size": 8, "seed": 3, "precision": "float64"}
    return settings | changes


def own_regression(n=21, inputs=3, outputs=2, seed=0):
    """Own arrays (x_train, y_train, x_test, y_test) of a regression, the same for the same seed."""
    random = np.random.default_rng(seed)
    x, true = random.normal(size=(n + 7, inputs)), random.normal(size=(inputs, outputs))
    y = np.tanh(x @ true) + 0.1 * random.normal(size=(n + 7, outputs))
    return x[:n], y[:n], x[n:], y[n:]


def own_classes(n=21, inputs=3, classes=3, seed=0):
    """Own arrays of a classification; every class occurs."""
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(n + 7, inputs)), np.arange(n + 7) % classes
    x[:, 0] += y
    return x[:n], y[:n], x[n:], y[n:]


def memory(run):
    """Everything a run's future depends on, as bytes."""
    return run.arena.tobytes(), run.counters.tobytes(), run.trace.tobytes()


def weights(run):
    """A copy of all parameters, by name."""
    program = run.assembly.program
    return {p.name: program.view(run.arena, p.name, 0).copy() for p in program.parameters}


def same_weights(a, b):
    """Whether two dicts of parameters have the same bits."""
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def replayed(run):
    """A new run from the run's recipe, trained to the same step."""
    again = Run(**run.recipe(), data=run.assembly.arrays)
    while again.step < run.step and again.divergence is None:
        again.train(run.step - again.step)
    return again


def data_for(loss, classes=3):
    """Own arrays of the kind that a plain loss serves."""
    tasks = losses.get(loss, "loss").tasks
    return own_regression() if "regression" in tasks else own_classes(classes=classes if "classes" in tasks else 2)


def data_of(model):
    """Settings of data that a model's record fits, the first in the order of the registry, and of no more than eight rows to learn.

    Errors: AssertionError where there is none, so that a new model always comes with something to learn.
    """
    usual = [{"name": record.name} for record in datasets if record.model == model.name]
    others = [{"name": record.name} for record in datasets if record.inputs in model.takes]
    for data in [*usual, *others, {"name": "copy", "answer": "apart"}]:
        data |= {"test_share": 0.0, "erased": list(range(8, 2500))}
        try:
            made = Assembly({"data": data, "model": model.name})
        except EngineError:
            continue
        if len(made.x) == 8:
            return data
    raise AssertionError(f"no data for {model.name}")
