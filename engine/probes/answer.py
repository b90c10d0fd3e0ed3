"""The network's answer to an input a person typed or drew, in inference: nothing is learned from it."""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..measure import predicted_class, probabilities
from ..registry import Probe


def measure(run, options):
    """For one row of the data's columns: `output`, and for classes `probabilities` and the class."""
    raw = options["input"]
    columns = len(run.data.columns)
    if len(raw) != columns or not all(isinstance(v, float) for v in raw):
        raise BadSetting("input", f"{columns} numbers, one for each column", f"{len(raw)}")
    z = run.predict(np.array([raw]))
    found = {"output": run.data.targets_of(z)[0].astype(np.float32) if not run.data.classes else z[0].astype(np.float32)}
    if run.data.classes:
        found |= {"probabilities": probabilities(run, z)[0].astype(np.float32),
                  "predicted": run.data.classes[int(predicted_class(z)[0])], "classes": list(run.data.classes)}
    return found


RECORD = Probe("answer", "The network's answer to an input of one's own.", measure=measure,
               knobs={"input": Knob([], kind="points", help="One number for each column of the data.")})
