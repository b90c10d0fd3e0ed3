"""Which training examples help a chosen example, and which harm it: TracIn.

A plain step on training example z moves the weights by −η ∇L(z), and so the loss of the chosen example z′ by about
−η ∇L(z) · ∇L(z′).  That product, the other way up, is z's influence on z′: positive where z helps.  Summed over several moments
of the training (`checkpoints` of those that the run's history keeps, the present among them) it says what z did on the whole way.
Gradients are those of the network in use: no dropout, no augmentation.
Source: Pruthi, Liu, Kale and Sundararajan, 2020.
"""
import numpy as np

from ..knob import Knob
from ..registry import Probe
from ._alone import Alone
from ._history import earlier


def measure(run, options):
    """`influence` float32 (n,) of the training examples `row` int32 (n,) on the chosen one, and their `loss` float32 (n,) now.

    meta     example, part, loss_example, steps (at which moments it was measured), rates (the learning rate at each)
    """
    made, data = run.assembly, run.data
    some = np.unique(np.linspace(0, len(made.x) - 1, options["limit"]).astype(int))
    part = "train" if len(made.x_test) == 0 else options["part"]
    x, y = (made.x, made.y) if part == "train" else (made.x_test, made.y_test)
    example = options["example"] % len(x)
    moments = _moments(run, options["checkpoints"])
    alone, total, rates = Alone(run), np.zeros(len(some)), []
    for moment in moments:
        alone.parameters_of(moment)
        _, asked = alone.gradient(x[example], y[example])
        loss, slopes = alone.along(made.x[some], made.y[some], asked)
        rates.append(rate_of(moment, run))
        total += rates[-1] * slopes
    return {"influence": total.astype(np.float32), "row": np.asarray(data.train_rows)[some].astype(np.int32), "place": some.astype(np.int32),
            "loss": loss.astype(np.float32), "loss_example": float(alone.gradient(x[example], y[example])[0]), "example": example,
            "part": part, "steps": [int(getattr(moment, "step")) for moment in moments], "rates": rates}


def _moments(run, count):
    """Up to `count` moments evenly over the history, the present last."""
    before = earlier(run)
    chosen = np.unique(np.linspace(0, len(before) - 1, min(count - 1, len(before))).astype(int)) if count > 1 and before else []
    return [*(before[k] for k in chosen), run]


def rate_of(moment, run):
    """The learning rate of the last step before that moment; the setting's before the first."""
    program = moment.assembly.program
    return float(program.view(moment.arena, "rate", 0)[0]) if moment.step else run.config["optimizer"]["learning_rate"]


RECORD = Probe("influence", "Which training examples help a chosen example, and which harm it.", measure=measure,
               knobs={"part": Knob("test", kind="choice", choices=("train", "test"), help="Of which set the chosen example is."),
                      "example": Knob(0, 0, 10**7, kind="integer", help="Which example of it."),
                      "checkpoints": Knob(1, 1, 8, kind="integer", help="Over how many moments of the training; 1 is the present alone."),
                      "limit": Knob(500, 1, 2000, kind="integer", help="Of how many training examples at most.")})
