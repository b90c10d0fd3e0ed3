"""Some examples as they are, with what the network makes of each: pictures for the digits, rows for other data."""
import numpy as np

from ..knob import Knob
from ..measure import predicted_class, probabilities
from ..registry import Probe


def measure(run, options):
    """`x` (n, columns), `truth`, `predicted` and, for classes, `probabilities` (n, C) of rows from `start` on."""
    data = run.data
    raw, y, rows = (data.raw_train, data.y_train, data.train_rows) if options["part"] == "train" else \
        (data.raw_test, data.y_test, data.test_rows)
    some = slice(min(options["start"], max(0, len(raw) - 1)), min(options["start"], max(0, len(raw) - 1)) + options["count"])
    found = {"x": raw[some].astype(np.float32), "row": np.asarray(rows)[some].astype(np.int32), "part": options["part"],
             "total": len(raw), "image": list(data.image) if data.image else None, "classes": list(data.classes)}
    z = run.predict(raw[some]) if len(raw) else np.zeros((0, 1))
    if data.classes:
        p = probabilities(run, z) if len(raw) else np.zeros((0, len(data.classes)))
        return found | {"truth": y[some].astype(np.int32), "predicted": predicted_class(z).astype(np.int32),
                        "probabilities": p.astype(np.float32)}
    return found | {"truth": data.targets_of(y[some]).astype(np.float32), "predicted": data.targets_of(z).astype(np.float32)}


RECORD = Probe("examples", "Examples with what the network says of each.", measure=measure,
               knobs={"part": Knob("test", kind="choice", choices=("train", "test"), help="Of which set."),
                      "start": Knob(0, 0, 10**7, kind="integer", help="The first one."),
                      "count": Knob(24, 1, 200, kind="integer", help="How many.")})
