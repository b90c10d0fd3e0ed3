"""What a neuron looks at: the slope of its value with respect to every input, for one example and on the mean of many.

Where the slope is 0 for all examples the neuron cannot see: what is left is its receptive field, and how much each part of it counts
("effective receptive field": Luo, Li, Urtasun and Zemel, 2016).  Positive: more there makes the neuron say more.
Measured in use by central differences in float64; exactly on a kink that is the mean of the slopes of both sides.
"""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..graph import BATCH
from ..knob import Knob
from ..registry import Probe
from ._alone import exact

EPSILON = 1e-5
LARGEST = 1024                           # inputs


def needs(run):
    """Errors: BadSetting where inputs are names, or too many, or a row has more than one answer."""
    if run.data.tokens:
        raise BadSetting("probe", "inputs that are numbers", "tokens, which are names", "Take the probe ablation.")
    if run.assembly.x.shape[1] > LARGEST:
        raise BadSetting("probe", f"at most {LARGEST} inputs", run.assembly.x.shape[1])
    if run.assembly.output.shape[0] != BATCH:
        raise BadSetting("probe", "a network with one answer for each row", "one with an answer for each position")


def measure(run, options):
    """`slope` float32, one a network input, for one training example; `strength` float32: the mean |slope| over up to `examples`.

    meta     shape (of an example), tensor, unit, place, box: first and last row and column of a picture with any strength
    """
    data, made = run.data, run.assembly
    predictor, memory = exact(run)
    name, pick, place = _unit(run, options, predictor, memory)
    count = min(options["examples"], len(made.x))
    rows = [options["example"] % len(made.x), *np.linspace(0, len(made.x) - 1, count).astype(int)]
    slopes = [slope_at(predictor, memory, made.x[row].astype(np.float64), name, pick) for row in rows]
    strength = np.abs(slopes[1:]).mean(0)
    found = {"slope": slopes[0].astype(np.float32), "strength": strength.astype(np.float32), "shape": list(data.shape), "tensor": name,
             "unit": options["unit"], "place": place, "example": rows[0], "features": list(data.features) if not data.image else None}
    return found | ({"box": _box(strength.reshape(data.shape).max(0))} if len(data.shape) == 3 else {})


def slope_at(predictor, memory, x, name, pick):
    """∂ value / ∂ x (inputs,) at one row of inputs."""
    moves = EPSILON * np.eye(x.size)
    values = pick(predictor.outputs(memory, np.concatenate([x + moves, x - moves]), (name,))[name])
    return (values[:x.size] - values[x.size:]) / (2 * EPSILON)


def _unit(run, options, predictor, memory):
    """The tensor's name, a function from its values to the chosen neuron's, and where in a picture that is (None elsewhere)."""
    name = options["tensor"] or "output"
    known = ["output", *(t for t, tensor in run.assembly.graph.tensors.items() if tensor.shape[:1] == (BATCH,) and len(tensor.shape) in (2, 4))]
    if name not in known:
        raise UnknownName("tensor", "a tensor with neurons", name, known)
    shape = predictor.outputs(memory, run.assembly.x[:1].astype(np.float64), (name,))[name].shape
    if options["unit"] >= shape[1]:
        raise BadSetting("unit", f"a neuron number below {shape[1]}", options["unit"])
    if len(shape) == 2:
        return name, lambda values: values[:, options["unit"]], None
    place = [shape[2] // 2, shape[3] // 2] if options["place"] is None else options["place"]
    if len(place) != 2 or place[0] >= shape[2] or place[1] >= shape[3]:
        raise BadSetting("place", f"row and column below {shape[2:]}", place)
    return name, lambda values: values[:, options["unit"], place[0], place[1]], place


def _box(strength):
    """[first row, last row, first column, last column] with anything above a millionth of the largest; None where all is 0."""
    seen = strength > 1e-6 * strength.max()
    if not seen.any():
        return None
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return [int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])]


RECORD = Probe("receptive", "What a neuron looks at: how its value changes with every input.", needs=needs, measure=measure, precision="float64",
               knobs={"tensor": Knob(None, kind="text", optional=True, help="Whose neuron, such as layer2.output; null means the network's answer."),
                      "unit": Knob(0, 0, 10**6, kind="integer", help="Which neuron, or channel, of it."),
                      "place": Knob(None, 0, 10**4, kind="integers", optional=True, help="Row and column in a channel; null takes the middle."),
                      "example": Knob(0, 0, 10**7, kind="integer", help="The training example that the slope is shown for."),
                      "examples": Knob(16, 1, 64, kind="integer", help="Over how many examples the strength is averaged.")})
