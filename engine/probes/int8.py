"""What becomes of a network when its weights get one byte each: memory, error of the weights and of the answers, score."""
import numpy as np

from ..errors import UnknownName
from ..knob import Knob
from ..measure import predicted_class
from ..quantize import int8
from ..registry import Probe


def measure(run, options):
    """`levels` int8 (inputs, outputs) and `scales` float32 of one layer's weight; `weight_error` float32 (weights,): the length of
    the change of each weight, as a share of its own.

    meta     weights (their names), bytes, bytes_before, output_error (mean |difference| of the outputs over the examples, as a
             share of their spread), largest_error, score and score_before (accuracy, or R²), loss, loss_before, same (share of
             examples with the same answer; None for a regression), part
    """
    made, part = run.assembly, options["part"]
    twin = int8(run, options["per"])
    names = list(twin.levels)
    name = options["weight"] or names[0]
    if name not in names:
        raise UnknownName("weight", "a weight of a dense layer", name, names)
    part = part if len(made.x_test) else "train"
    x = made.x_test if part == "test" else made.x
    after, before = twin.outputs(x).astype(np.float64), run.outputs(x)["output"].astype(np.float64)
    found, was = twin.metrics(), run.metrics()
    score = "r2" if made.data.task == "regression" else "accuracy"
    spread = before.std()
    apart = np.abs(after - before)
    return {"levels": twin.levels[name], "scales": twin.scales[name].astype(np.float32), "weight": name, "weights": names,
            "weight_error": np.array([_error(run, twin, one) for one in names], np.float32), "bytes": twin.bytes,
            "bytes_before": twin.bytes_before, "output_error": float(apart.mean() / spread) if spread > 0 else None,
            "largest_error": float(apart.max()), "score_name": "R²" if score == "r2" else "accuracy", "part": part,
            "score": found[f"{score}_{part}"], "score_before": was[f"{score}_{part}"], "loss": found[f"loss_{part}"],
            "loss_before": was[f"loss_{part}"], "per": options["per"],
            "same": None if score == "r2" else float((predicted_class(after) == predicted_class(before)).mean())}


def _error(run, twin, name):
    w = run.assembly.program.view(run.arena, name, 0).astype(np.float64)
    length = np.linalg.norm(w)
    return np.linalg.norm(twin.levels[name] * twin.scales[name] - w) / length if length else 0.0


RECORD = Probe("int8", "What becomes of the network when its weights get one byte each.", measure=measure,
               knobs={"per": Knob("channel", kind="choice", choices=("channel", "tensor"), help="One scale for each neuron, or one for a whole weight."),
                      "weight": Knob(None, kind="text", optional=True, help="Whose whole numbers to show; null means the first."),
                      "part": Knob("test", kind="choice", choices=("train", "test"), help="Over which set.")})
