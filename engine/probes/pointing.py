"""A pointer network at work on one example: what it was shown, where it pointed, and how good that was over many."""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..measure import probabilities, round_trip
from ..registry import Probe
from ._sequence import EXAMPLE, example, read


def needs(run):
    """Errors: BadSetting for any other model."""
    if run.config["model"]["name"] != "pointer":
        raise BadSetting("probe", "a pointer network", f"the model {run.config['model']['name']!r}")


def measure(run, options):
    """`inputs` float32 (T, columns), or the words `read` of a text; `pointed` int32 and `right` int32 (L,) with -1 after the end,
    `shares` float32 (L, T).

    For round trips also `length` and `shortest` of this example, and over up to `limit` examples of the same set
    `excess`: by which share the network's round trips are longer than the shortest there are, on average.
    """
    data = run.data
    raw, right, row = example(run, options)
    z = run.predict(raw)
    shown = {"read": read(data, raw[0])} if data.tokens else {"inputs": raw[0].reshape(data.shape).astype(np.float32),
                                                              "columns": list(data.columns[:data.shape[1]])}
    found = shown | {"pointed": pointed(z, raw, data.shape)[0].astype(np.int32), "right": right.astype(np.int32),
                     "shares": probabilities(run, z).astype(np.float32), "example": row, "part": options["part"]}
    if run.config["data"]["name"] == "tour":
        raws, rights = (data.raw_train, data.y_train) if options["part"] == "train" else (data.raw_test, data.y_test)
        some = np.unique(np.linspace(0, len(raws) - 1, options["limit"]).astype(int))
        own, best = lengths(raws[some], pointed(run.predict(raws[some]), raws[some], data.shape), data.shape), \
            lengths(raws[some], rights[some], data.shape)
        found |= {"excess": float((own / best - 1).mean()),
                  "length": float(lengths(raw, found["pointed"][None], data.shape)[0]),
                  "shortest": float(lengths(raw, right[None], data.shape)[0])}
    return found


def pointed(z, raw, shape):
    """Where the outputs z (n·L, T) point, (n, L), with -1 after the answer is over: all inputs were used, or a ring is closed."""
    there = (raw.reshape(len(raw), shape[0], -1) != 0).any(-1).sum(1)
    order = z.argmax(1).reshape(len(raw), -1)
    places, ring = np.arange(order.shape[1])[None], order.shape[1] == shape[0] + 1
    over = places >= there[:, None]
    if ring:
        back = (order == order[:, :1]) & (places >= 2)
        over = np.cumsum(back, axis=1) - back > 0
    return np.where(over, -1, order)


def lengths(raw, order, shape):
    """Lengths (n,) of round trips `order` (n, L), -1 after their end, through the towns in raw rows."""
    points, found = raw.reshape(len(raw), *shape), np.zeros(len(raw))
    for count in np.unique((order >= 0).sum(1)):
        rows = np.flatnonzero((order >= 0).sum(1) == count)
        found[rows] = round_trip(points[rows], order[rows, :count].astype(int))
    return found


RECORD = Probe("pointing", "Where a pointer network points, one step after the other, beside what is right.", needs=needs, measure=measure,
               knobs=EXAMPLE | {"limit": Knob(200, 1, 2000, kind="integer", help="Over how many round trips.")})
