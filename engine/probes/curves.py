"""One point of every curve: losses and scores over the whole sets, the rate, and the length of the gradient."""
import numpy as np

from ..execute import POSITION
from ..registry import Probe


def measure(run, options):
    """A sample: plain numbers; None where there is no test set."""
    found, program = run.metrics(), run.assembly.program
    score = "r2" if run.data.task == "regression" else "accuracy"
    gradient = program.view(run.arena, "gradients", 0).astype(np.float64)
    return {"step": run.step, "epoch": run.epoch + int(run.counters[POSITION]) / len(run.assembly.x),
            "loss_batch": run.loss, "loss_train": found["loss_train"], "loss_test": found["loss_test"],
            "score_train": found[f"{score}_train"], "score_test": found[f"{score}_test"],
            "score": "R²" if score == "r2" else "accuracy",
            "learning_rate": float(program.view(run.arena, "rate", 0)[0]) if run.step else
            run.config["optimizer"]["learning_rate"],
            "gradient_norm": float(np.sqrt(gradient @ gradient)) if run.step else None}


RECORD = Probe("curves", "Losses, scores, learning rate and gradient norm at the present step.", measure=measure)
