"""Which class was taken for which: rows are the truth, columns what the network says."""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..measure import predicted_class
from ..registry import Probe


def needs(run):
    """Errors: BadSetting for a regression, and for strings of labels, whose labels have no places to compare."""
    if not run.data.classes or run.data.task == "labels":
        raise BadSetting("probe", "data with classes", "strings of labels" if run.data.classes else "a regression")


def measure(run, options):
    """`counts` int32 (C, C) over the training or the test set; of a sequence, over all positions that are asked."""
    data = run.data
    raw, y = (data.raw_train, data.y_train) if options["part"] == "train" else (data.raw_test, data.y_test)
    count = len(data.classes)
    counts = np.zeros((count, count), np.int32)
    if len(raw):
        truth, said = y.ravel(), predicted_class(run.predict(raw))
        np.add.at(counts, (truth[truth >= 0], said[truth >= 0]), 1)
    return {"counts": counts, "classes": list(data.classes), "part": options["part"]}


PART = Knob("test", kind="choice", choices=("train", "test"), help="Over which set.")
RECORD = Probe("confusion", "How often each class was taken for each other.", needs=needs, measure=measure, knobs={"part": PART})
