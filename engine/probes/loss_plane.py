"""The landscape of the loss around the present weights, cut along two directions, with the path the run has come along.

L(w + α d₁ + β d₂) over a rectangle of α and β.  Two pairs of directions can be asked for:
    random   a network whose weights are ten times as large feels the same step ten times less, so raw random directions would
             compare nothing: each neuron's part of a direction is given the length of that neuron's own weights ("filter
             normalisation"); biases and the scales of normalisations are left where they are
    path     the two directions in which the run's path varies most, of length 1: a random plane hardly ever holds any of it
The path is seen in the plane as its shadow; `off` says how far from the plane each of its places is, `along` what share is in it.
Source: Li, Xu, Taylor, Studer and Goldstein, 2018.
"""
from types import SimpleNamespace

import numpy as np

from ..knob import Knob
from ..measure import Predictor
from ..random import generator
from ..registry import Probe
from ._trail import principal, trail

ROOM = 0.18                              # beyond the path, as a share of its extent
NARROWEST = 0.25                         # of one side of the rectangle, as a share of the other


def direction(run, number):
    """A flat vector over the parameters, filter-normalised; the same for the same seed and number."""
    program = run.assembly.program
    found = np.zeros(program.parameter_count)
    for parameter in program.parameters:
        if parameter.role != "weight":
            continue
        w = program.view(run.arena, parameter.name, 0).astype(np.float64)
        d = generator(run.config["seed"], f"plane.{parameter.name}", number).standard_normal(w.shape)
        axes = (0,) if w.ndim == 2 else tuple(range(1, w.ndim))         # a dense neuron's weights are a column, a channel's its kernel
        with np.errstate(invalid="ignore", over="ignore"):              # a broken network has a broken plane
            d *= np.sqrt((w**2).sum(axes, keepdims=True) / (d**2).sum(axes, keepdims=True))
        start = program.offsets[program.names[parameter.name]] - program.offsets[program.whole]
        found[start:start + w.size] = d.reshape(-1)
    return found


class Heights:
    """The loss over some training rows at any parameters; the run itself stays."""

    def __init__(self, run, rows):
        made = run.assembly
        self.rows = np.linspace(0, len(made.x) - 1, min(rows, len(made.x))).astype(int)
        self.x, self.y = np.ascontiguousarray(made.x[self.rows]), np.ascontiguousarray(made.y[self.rows])
        self.moved, self.predictor = SimpleNamespace(arena=run.arena.copy()), Predictor(made)
        self.w = made.program.view(self.moved.arena, "parameters", 0)

    def at(self, w):
        """The loss at parameters w (P,)."""
        with np.errstate(invalid="ignore", over="ignore"):       # weights that have run away
            self.w[...] = w
        return self.predictor.outputs(self.moved, self.x, (), y=self.y, loss=True)[1]


def plane_of(run, options, moves):
    """Two directions (2, P) for a path seen from the present, (n, P)."""
    pair = np.array([direction(run, 2 * options["number"] + k) for k in range(2)])
    if options["plane"] == "random":
        return pair
    rows, _ = principal(moves)
    for d in pair[:2 - len(rows)]:                           # a path that has hardly begun has no plane of its own yet
        for row in rows:
            d -= (row @ d) * row
        rows = np.vstack([rows, d / np.linalg.norm(d)])
    return rows


def measure(run, options):
    """`values` (R, R) float32, row 0 the largest β; `path` (n, 2), `off`, `loss` (n,), `step` (n,) int32.

    meta low, high: (α, β) each; middle: the loss where the run is, at (0, 0); along: the share of the path that lies in the plane.
    """
    heights = Heights(run, options["rows"])
    steps, places = trail(run)
    now = places[-1]
    with np.errstate(all="ignore"):
        moves = places - now
    d = plane_of(run, options, moves)
    with np.errstate(all="ignore"):                          # weights that have diverged have no place in it
        path = np.linalg.lstsq(d @ d.T, d @ moves.T, rcond=None)[0].T if np.isfinite(moves).all() else np.full((len(moves), 2), np.nan)
        rest = moves - path @ d
    low, high = extent(path, options)
    with np.errstate(all="ignore"):
        values = np.array([[heights.at(now + alpha * d[0] + beta * d[1]) for alpha in np.linspace(low[0], high[0], options["resolution"])]
                           for beta in np.linspace(high[1], low[1], options["resolution"])], np.float32)
    whole = (moves**2).sum()
    return {"values": values, "low": low, "high": high, "rows": len(heights.rows), "plane": options["plane"],
            "path": path.astype(np.float32), "off": np.sqrt((rest**2).sum(1)).astype(np.float32), "step": steps.astype(np.int32),
            "loss": np.array([heights.at(w) for w in places], np.float32), "middle": float(heights.at(now)),
            "along": float(1 - (rest**2).sum() / whole) if whole > 0 else None}


def extent(path, options):
    """Lowest and highest (α, β) to draw: ± span for random directions, what holds the path otherwise."""
    span = options["span"]
    if options["plane"] == "random" or len(path) < 2 or not np.isfinite(path).all():
        return [-span, -span], [span, span]
    low, high = path.min(0), path.max(0)
    size = np.maximum(high - low, NARROWEST * (high - low).max())
    middle = (low + high) / 2
    half = size * (0.5 + ROOM)
    return (middle - half).tolist(), (middle + half).tolist()


RECORD = Probe("loss_plane", "The loss around the present weights along two directions, and the path the run has come along.", measure=measure,
               knobs={"plane": Knob("random", kind="choice", choices=("random", "path"),
                                    help="Random directions, or the two in which the run's own path varies most."),
                      "resolution": Knob(21, 3, 101, kind="integer", help="Cells each way."),
                      "span": Knob(1.0, 0.001, 100.0, scale="log", help="How far to go along random directions; 1 is as far as the weights themselves are from 0."),
                      "rows": Knob(256, 1, 10**5, kind="integer", help="Over how many training rows."),
                      "number": Knob(0, 0, 10**6, kind="integer", help="Another number draws another pair of directions.")})
