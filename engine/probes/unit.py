"""One neuron's sum, number by number, for one example: z = w·x + b, a = f(z).

For a convolution the neuron is one channel at one place: x is the patch of the picture under the kernel there.
"""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..registry import Probe
from ._layers import need_plain


def measure(run, options):
    """`inputs` and `weights` of the neuron, its bias, z and a, for one training example."""
    layers = run.layers
    names = [layer["name"] for layer in layers]
    if options["layer"] not in names:
        raise UnknownName("layer", "a layer", options["layer"], names)
    place = names.index(options["layer"])
    layer, unit = layers[place], options["unit"]
    if unit >= layer["outputs"]:
        raise BadSetting("unit", f"a neuron number below {layer['outputs']}", unit)
    example = options["example"] % len(run.data.raw_train)
    raw = run.data.raw_train[example:example + 1]
    if options["at"] is not None:
        raw = np.array([options["at"]], np.float64)
    name, program = layer["name"], run.assembly.program
    node = next(n for n in run.assembly.graph.nodes if n.name == name)
    made, before = node.operands[-1].name, node.operands[0].name
    values = run.forward(raw, [before, made, f"{name}.preactivation", f"{name}.output"])
    inputs, z, bent, a = (values[key][0] for key in (before, made, f"{name}.preactivation", f"{name}.output"))
    weight, bias = program.view(run.arena, f"{name}.weight", 0), f"{name}.bias"
    found = {"bias": float(program.view(run.arena, bias, 0)[unit]) if bias in program.names else None,
             "activation": layer["activation"], "layer": name, "unit": unit, "example": example, "raw": raw[0].astype(np.float32)}
    if z.ndim == 3:
        where, inputs, weights, names = _patch(node, inputs, weight[unit], z[unit], options["place"])
        found |= {"place": where, "patch": list(weight.shape[1:])}
        z, bent, a = (v[unit][tuple(where)] for v in (z, bent, a))
    else:
        inputs, weights = inputs.reshape(-1), weight[:, unit]
        names = list(run.data.features) if place == 0 else [f"{names[place - 1]}.{k + 1}" for k in range(len(inputs))]
        z, bent, a = z[unit], bent[unit], a[unit]
    if made != f"{name}.preactivation":                      # a normalisation stands between the sum and the activation
        found["normalized"] = float(bent)
    return found | {"inputs": inputs.astype(np.float32), "weights": weights.astype(np.float32), "z": float(z), "a": float(a),
                    "input_names": names}


def _patch(node, picture, weight, answers, place):
    """The place (the strongest answer's unless said), the pixels under the kernel there, the kernel, and the pixels' names."""
    knobs = dict(zip(node.record.knobs, map(int, node.knobs)))
    where = list(map(int, np.unravel_index(np.abs(answers).argmax(), answers.shape) if place is None else place))
    if len(where) != 2 or any(not 0 <= w < size for w, size in zip(where, answers.shape)):
        raise BadSetting("place", f"row and column below {answers.shape}", place)
    pixels, names = np.zeros(weight.shape), []
    for c, a, b in np.ndindex(weight.shape):
        row, column = (w * knobs["stride"] + k * knobs["dilation"] - knobs["padding"] for w, k in zip(where, (a, b)))
        if 0 <= row < picture.shape[1] and 0 <= column < picture.shape[2]:
            pixels[c, a, b] = picture[c, row, column]
        names.append(f"channel {c + 1}, {row},{column}")
    return where, pixels.reshape(-1), weight.reshape(-1), names


RECORD = Probe("unit", "The weighted sum of one neuron with its present numbers.", needs=need_plain, measure=measure,
               knobs={"layer": Knob("layer1", kind="text", help="Which layer."),
                      "unit": Knob(0, 0, 10**6, kind="integer", help="Which neuron of it."),
                      "example": Knob(0, 0, 10**7, kind="integer", help="Which training example."),
                      "place": Knob(None, 0, 10**4, kind="integers", optional=True,
                                    help="Row and column for a convolution; null takes the place of the strongest answer."),
                      "at": Knob(None, kind="points", optional=True,
                                 help="A place to take instead of an example: one number for each column.")})
