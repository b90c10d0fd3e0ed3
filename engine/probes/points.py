"""The examples themselves, with what the network says of each."""
import zlib
from weakref import WeakKeyDictionary

import numpy as np

from ..knob import Knob
from ..measure import predicted_class
from ..registry import Probe
from ._plane import check_axes, need_points, span

_checksums = WeakKeyDictionary()         # of data that some run is using


def measure(run, options):
    """Positions, truth and prediction of training and test rows (a seeded sample where there are more than `limit`)."""
    data = run.data
    curve = len(data.columns) == 1
    axes = [0] if curve else [0, 1] if data.plane else check_axes(data, options["axes"])
    low, high = span(data, axes)
    found = {"axes": axes, "low": low, "high": high, "version": version(run)}
    for part, raw, y, rows in (("train", data.raw_train, data.y_train, data.train_rows),
                               ("test", data.raw_test, data.y_test, data.test_rows)):
        some = np.arange(len(raw)) if len(raw) <= options["limit"] else np.linspace(
            0, len(raw) - 1, options["limit"]).astype(int)
        truth, said = _answers(run, raw[some], np.asarray(y)[some])
        found |= {part: raw[some][:, axes].astype(np.float32), f"{part}_y": truth, f"{part}_predicted": said,
                  f"{part}_row": np.asarray(rows)[some].astype(np.int32)}
    return found


def _answers(run, raw, y):
    if len(raw) == 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    z = run.predict(raw)
    if run.data.task == "regression":
        return run.data.targets_of(y)[:, 0].astype(np.float32), run.data.targets_of(z)[:, 0].astype(np.float32)
    return y.astype(np.float32), predicted_class(z).astype(np.float32)


def version(run):
    """A number that changes when the data does, for a page that keeps a picture of them."""
    data = run.data
    if data not in _checksums:
        parts = (data.raw_train, np.asarray(data.y_train), data.raw_test, np.asarray(data.y_test))
        _checksums[data] = zlib.crc32(b"".join(np.ascontiguousarray(part).tobytes() for part in parts))
    return _checksums[data]


RECORD = Probe("points", "Training and test examples with the network's prediction for each.", needs=need_points, measure=measure,
               knobs={"axes": Knob([0, 1], 0, 10**6, kind="integers", help="Which two columns to show."),
                      "limit": Knob(2000, 10, 20000, kind="integer", help="How many rows of each part at most.")})
