"""Who does what in a mixture of experts: how much each has to do, and which part of the plane is whose territory."""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..registry import Probe
from ._plane import fed_grid, span
from ._sequence import EXAMPLE, example


def needs(run):
    """Errors: BadSetting where there is no mixture of experts."""
    if not layers(run):
        raise BadSetting("probe", "a network with experts", f"the model {run.config['model']['name']!r}", "Set model.experts above 1.")


def measure(run, options):
    """`load` float32 (E,) the share of all choices that go to each expert over the training set, in use (nobody is dropped);
    `shares` float32 (E,) the mean of what the router gives it.

    Data in the plane: `territory` uint8 (R, R) the first expert asked in each cell, `sure` uint8 (R, R) its share · 255.
    Tokens: `asked` int32 (T, k) for one example, and what it reads.
    meta     balance (the load-balance loss before its strength: 1 is even, E all with one), idle (experts nobody is sent to),
             dropped (share of the last batch's choices that found no room), layer, layers
    """
    name = layer(run, options["layer"])
    data, model = run.data, run.config["model"]
    count, k = model["experts"], model["top_k"]
    some = np.unique(np.linspace(0, len(data.raw_train) - 1, options["limit"]).astype(int))
    p, chosen = asked(run.forward, data.raw_train[some], name)
    load, shares = np.bincount(chosen.ravel(), minlength=count) / chosen.size, p.mean(0)
    found = {"load": load.astype(np.float32), "shares": shares.astype(np.float32), "balance": float(count * load @ shares),
             "idle": int((load == 0).sum()), "dropped": dropped(run, name), "experts": count, "k": k, "layer": name, "layers": layers(run)}
    if data.plane:
        size = options["resolution"]
        low, high = span(data, [0, 1])
        p, chosen = asked(run.outputs, fed_grid(run, size), name)
        found |= {"territory": chosen[:, 0].astype(np.uint8).reshape(size, size), "low": low, "high": high,
                  "sure": np.rint(255 * p.max(1)).astype(np.uint8).reshape(size, size)}
    elif data.tokens:
        raw, _, row = example(run, options)
        found |= {"asked": asked(run.forward, raw, name)[1].astype(np.int32), "read": [data.tokens[int(j)] for j in raw[0]],
                  "example": row, "part": options["part"]}
    return found


def layers(run):
    """Names of all mixtures of experts of a network."""
    return [tensor.removesuffix(".begins") for tensor in run.assembly.graph.tensors if tensor.endswith(".begins")]


def layer(run, name):
    """The name of one mixture, the first where it is None, checked."""
    known = layers(run)
    if name is not None and name not in known:
        raise UnknownName("layer", "a mixture of experts", name, known)
    return name or known[0]


def asked(forward, rows, name):
    """What the router gives each expert (n, E) and who is asked (n, k), positions of a sequence being rows of their own."""
    found = forward(rows, [f"{name}.router.output", f"{name}.chosen"])
    return found[f"{name}.router.output"].astype(np.float64), found[f"{name}.chosen"].astype(int)


def dropped(run, name):
    """The share of the choices of the last training batch that found no room; None before the first step, or where it was not kept."""
    program = run.assembly.program
    return float((program.view(run.arena, f"{name}.slot", run.rows) < 0).mean()) if run.step and f"{name}.slot" in program.names else None


RECORD = Probe("experts", "How much each expert has to do, and which part of the plane is its territory.", needs=needs, measure=measure,
               knobs=EXAMPLE | {
                   "layer": Knob(None, kind="text", optional=True, help="Which mixture, such as layer1 or block2; null means the first."),
                   "resolution": Knob(60, 4, 200, kind="integer", help="Cells along each side of the territory."),
                   "limit": Knob(2000, 1, 20000, kind="integer", help="Over how many training examples at most.")})
