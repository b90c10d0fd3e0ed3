"""Predicted against true values of a regression, in the target's own unit."""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..registry import Probe


def needs(run):
    """Errors: BadSetting for data with classes."""
    if run.data.classes:
        raise BadSetting("probe", "a regression", "data with classes")


def measure(run, options):
    """`true` and `predicted` (n, outputs)."""
    data = run.data
    raw, y = (data.raw_train, data.y_train) if options["part"] == "train" else (data.raw_test, data.y_test)
    some = np.unique(np.linspace(0, max(0, len(raw) - 1), options["limit"]).astype(int))[:len(raw)]
    said = run.predict(raw[some]) if len(raw) else np.zeros((0, len(data.targets)))
    return {"true": data.targets_of(y[some]).astype(np.float32), "predicted": data.targets_of(said).astype(np.float32),
            "targets": list(data.targets), "part": options["part"]}


RECORD = Probe("predicted", "Predicted against true values.", needs=needs, measure=measure,
               knobs={"part": Knob("test", kind="choice", choices=("train", "test"), help="Over which set."),
                      "limit": Knob(500, 10, 5000, kind="integer", help="How many rows at most.")})
