"""How much of the gradient is left after k steps back through time: ‖∂L_T/∂h_{T-k}‖ for k = 0, 1, 2, and so on.

L_T is the loss at the last step that is asked; the steps asked before are left out, since their own
gradients would hide how little comes from far away.
"""
import numpy as np

from ..registry import Probe
from ..trial import Trial
from ._sequence import LAYER, layer, need_recurrent


def measure(run, options):
    """`norms` (T,): the length of the gradient k steps before the end, for the mean of the next batch's examples.

    `relative` is the same divided by the first; also the gradient of an LSTM's cell, `cell`, where there is one.
    """
    name = layer(run, options["layer"])
    trial = Trial(run)
    if run.data.task == "sequence":
        target = trial.view("target")
        for row in target:
            row[:max(np.flatnonzero(row >= 0), default=0)] = -1
    trial.backward(penalties=False)
    found, count = {}, len(trial.rows)
    for key, part in (("norms", "hidden"), ("cell", "cell")):
        if f"d.{name}.{part}" in run.assembly.program.names:
            slopes = trial.view(f"d.{name}.{part}").astype(np.float64) * count      # of each example's own loss
            norms = np.linalg.norm(slopes, axis=2).mean(0)
            norms = norms if name.endswith(".reverse") else norms[::-1]
            found[key] = norms.astype(np.float32)
    first = found["norms"][0]
    found["relative"] = found["norms"] / first if first > 0 else np.zeros_like(found["norms"])
    return found | {"layer": name, "truncate": run.config["model"].get("truncate")}


RECORD = Probe("time_gradient", "How much of the gradient is left after so many steps back through time.", needs=need_recurrent, measure=measure,
               knobs={"layer": LAYER})
