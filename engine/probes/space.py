"""The plane as a layer bends it: straight grid lines and the points after they went through the network up to there."""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..registry import Probe
from ._layers import outflow
from ._plane import span

SAMPLES = 60


def measure(run, options):
    """`grid` (2·lines, samples, 2) for data in the plane, `train` (n, 2); two neurons, or the two directions of most spread."""
    known = ["input", *(layer["name"] for layer in run.layers)]
    name = options["layer"] or known[-2 if len(known) > 2 else -1]
    if name not in known:
        raise UnknownName("layer", "a layer", name, known)
    tensor = "input" if name == "input" else outflow(run, name)
    data = run.data
    count, truth, fed = run.predictor.kept(("space", options["lines"]), lambda: _fed(run, options["lines"]))
    values = run.outputs(fed, [tensor])[tensor].reshape(len(fed), -1).astype(np.float64)
    project, explained, units = _view(values[:count], options["units"])
    drawn = project(values)
    found = {"layer": name, "units": units, "explained": explained, "train": drawn[:count], "train_y": truth}
    if data.plane:
        found["grid"] = drawn[count:].reshape(-1, SAMPLES, 2)
    return found


def _fed(run, lines):
    """How many examples there are, their truth, and what the network is fed: the examples, then the grid's lines."""
    data = run.data
    some = np.unique(np.linspace(0, len(data.raw_train) - 1, 1000).astype(int))
    truth = data.y_train[some] if data.classes else data.targets_of(data.y_train[some])[:, 0]
    raw = [data.raw_train[some], *([_lines(data, lines).reshape(-1, 2)] if data.plane else [])]
    with np.errstate(over="ignore"):             # too large for float32 is infinite, and shows as that
        fed = np.ascontiguousarray(data.features_of(np.concatenate(raw)), run.arena.dtype)
    return len(some), np.asarray(truth).astype(np.float32), fed


def _lines(data, count):
    low, high = span(data, [0, 1])
    along = np.linspace(0, 1, SAMPLES)
    lines = []
    for k in range(count):
        share = k / (count - 1)
        upright = np.column_stack([np.full(SAMPLES, low[0] + share * (high[0] - low[0])),
                                   low[1] + along * (high[1] - low[1])])
        level = np.column_stack([low[0] + along * (high[0] - low[0]),
                                 np.full(SAMPLES, low[1] + share * (high[1] - low[1]))])
        lines += [upright, level]
    return np.array(lines)


def _view(values, units):
    """A function from (n, width) to (n, 2), the share of the spread it shows, and which neurons it takes (None: directions)."""
    width = values.shape[1]
    if units is None and width <= 2:
        units = list(range(width))
    if units is not None:
        if len(units) not in (1, 2) or max(units) >= width:
            raise BadSetting("units", f"one or two neuron numbers below {width}", units)
        return (lambda v: _two(v[:, units])), None, units
    middle = values.mean(0)
    finite = np.nan_to_num(values - middle)
    _, sizes, directions = np.linalg.svd(finite, full_matrices=False)
    directions = np.vstack([directions, np.zeros((2, width))])[:2]         # a single example spreads in no direction
    # a direction has no sign of its own: fix it, or the picture would flip from frame to frame
    directions = directions * np.sign(directions[np.arange(2), np.abs(directions).argmax(1)])[:, None]
    spread = (sizes ** 2).sum()
    return (lambda v: ((v - middle) @ directions.T).astype(np.float32)), \
        float((sizes[:2] ** 2).sum() / spread) if spread > 0 else None, None


def _two(values):
    return (values if values.shape[1] == 2 else np.hstack([values, np.zeros_like(values)])).astype(np.float32)


RECORD = Probe("space", "The plane of the data as a chosen layer bends it.", measure=measure,
               knobs={"layer": Knob(None, kind="text", optional=True, help="After which layer to look; null means the last one before the output."),
                      "units": Knob(None, 0, 10**6, kind="integers", optional=True,
                                    help="Which two neurons are the axes; null takes the two directions of most spread."),
                      "lines": Knob(13, 3, 41, kind="integer", help="Grid lines each way.")})
