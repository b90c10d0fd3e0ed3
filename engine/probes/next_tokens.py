"""What the network says at every position of one example, beside what was asked."""
import numpy as np

from ..errors import BadSetting
from ..measure import read_labels
from ..registry import Probe
from ._sequence import EXAMPLE, example


def needs(run):
    """Errors: BadSetting where a row has one answer."""
    if run.data.task not in ("sequence", "labels"):
        raise BadSetting("probe", "a run that answers a sequence", f"the task {run.data.task!r}")


def measure(run, options):
    """`probabilities` (positions, classes) with `read`, `asked` (null where nothing is) and `said` as signs.

    For strings of labels (CTC) a position is a step, the last class is the blank, and `said` is what the path reads as.
    """
    data = run.data
    raw, y, row = example(run, options)
    z = run.predict(raw).astype(np.float64)
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    said = [data.classes[k] for k in (read_labels(z, 1)[0] if data.task == "labels" else z.argmax(1))]
    asked = [data.classes[k] if k >= 0 else None for k in y]
    read = [data.tokens[int(k)] for k in raw[0]] if data.tokens else raw[0].reshape(len(raw[0]) // data.shape[-1], -1).tolist()
    return {"probabilities": p.astype(np.float32), "classes": list(data.classes) + ["blank"] * (data.task == "labels"),
            "read": read, "asked": asked, "said": said, "example": row, "part": options["part"]}


RECORD = Probe("next_tokens", "What the network says at every position of one example, beside what was asked.",
               needs=needs, measure=measure, knobs=EXAMPLE)
