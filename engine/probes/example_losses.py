"""The loss of every example by itself: which are learned, which are hard, which may be labelled wrongly."""
import numpy as np

from ..knob import Knob
from ..registry import Probe


def measure(run, options):
    """`loss` float32 (n,) of up to `limit` examples in use, their numbers `row` int32 (n,), and `hardest` int32: places in these, worst first."""
    made, data = run.assembly, run.data
    part = options["part"] if len(made.x_test) else "train"
    x, y, rows = (made.x, made.y, data.train_rows) if part == "train" else (made.x_test, made.y_test, data.test_rows)
    some = np.unique(np.linspace(0, len(x) - 1, options["limit"]).astype(int))
    losses = np.array([run.measured_loss(x[k:k + 1], y[k:k + 1]) for k in some])
    order = np.argsort(-np.where(np.isnan(losses), np.inf, losses), kind="stable")
    return {"loss": losses.astype(np.float32), "row": np.asarray(rows)[some].astype(np.int32), "hardest": order[:options["show"]].astype(np.int32),
            "mean": float(losses.mean()), "part": part, "total": len(x)}


RECORD = Probe("example_losses", "The loss of every example by itself, the hardest first.", measure=measure,
               knobs={"part": Knob("train", kind="choice", choices=("train", "test"), help="Of which set."),
                      "limit": Knob(1000, 1, 5000, kind="integer", help="Of how many examples at most."),
                      "show": Knob(24, 1, 1000, kind="integer", help="How many of the hardest to name.")})
