"""One example of the next batch, walked forward and backward through the network, with every number on the way."""
import numpy as np

from ..assembly import Assembly
from ..knob import Knob
from ..registry import Probe
from ..trial import Trial, next_rows
from ._layers import need_plain


def measure(run, options):
    """Values and gradients of one example alone; the batch's gradient is the mean of its examples' gradients.

    With batch statistics no example is alone: then the whole batch is walked, this example's row is shown with its
    gradients as if the loss were the sum over the batch, and the weights' gradients are those of the batch (`whole_batch`).
    """
    rows = next_rows(run)
    example, whole = options["example"] % len(rows), bool(run.assembly.program.statistics)
    chosen, place = (rows, example) if whole else (rows[example:example + 1], 0)
    trial = Trial(run, chosen)
    loss = trial.backward(penalties=False)
    found, phases = {}, []
    for layer in run.layers:
        name = layer["name"]
        phases.append(name)
        for part in ("preactivation", "output"):
            found[f"{name}.{part}"] = trial.view(f"{name}.{part}")[place].astype(np.float32)
            found[f"d.{name}.{part}"] = (trial.view(f"d.{name}.{part}")[place] * len(chosen)).astype(np.float32)
        found[f"d.{name}.weight"] = trial.view(f"d.{name}.weight").astype(np.float32)
    data, row = run.data, int(rows[example])
    truth = data.y_train[row]
    return found | {
        "input": trial.view("input")[place].astype(np.float32), "raw": data.raw_train[row].astype(np.float32),
        "target": trial.view("target")[place].astype(np.float32), "output": trial.view(f"{phases[-1]}.output")[place].astype(np.float32),
        "truth": data.classes[int(truth)] if data.classes else data.targets_of(truth).tolist(), "whole_batch": whole,
        "row": row, "loss": loss, "loss_name": run.config["loss"]["name"], "example": example, "batch_rows": len(rows),
        "features": list(data.features), "phases": phases, "numeric_check": check(run, chosen)}


def check(run, rows, epsilon=1e-5):
    """For the largest weight gradient of these examples: what backpropagation says and what a small move of that weight does.

    Both in float64, whatever the run's precision, so that they agree to five digits and more.
    """
    fine = Trial(run, rows, Assembly({**run.config, "precision": "float64"}, run.assembly.arrays))
    fine.backward(penalties=False)
    name = max((f"{layer['name']}.weight" for layer in run.layers),
               key=lambda n: np.nan_to_num(np.abs(fine.view(f"d.{n}"))).max())
    slope, weight = fine.view(f"d.{name}").copy(), fine.view(name)
    index = np.unravel_index(np.nan_to_num(np.abs(slope)).argmax(), slope.shape)
    start, losses = weight[index], []
    for move in (epsilon, -epsilon):
        weight[index] = start + move
        losses.append(fine.forward())
    return {"tensor": name, "index": [int(i) for i in index], "analytic": float(slope[index]),
            "numeric": (losses[0] - losses[1]) / (2 * epsilon), "epsilon": epsilon}


RECORD = Probe("walk", "One example of the next batch with every value and gradient on its way.", needs=need_plain, measure=measure, precision="float64",
               knobs={"example": Knob(0, 0, 10**6, kind="integer", help="Which example of the batch.")})
