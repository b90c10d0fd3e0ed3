"""All layers of a network as one: the product of its matrices, and how far that single layer's answers are from the network's.

    M = W_1 W_2 ⋯ W_L,   c = (⋯((b_1 W_2 + b_2) W_3 + b_3)⋯) + b_L
Without a bend between them  x M + c  is the network: a sum of sums is a sum.  With one, nothing of the kind holds.
Source: Rumelhart, Hinton and Williams, 1986 (why hidden units must bend).
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..registry import Probe, activations
from ._layers import need_plain


def needs(run):
    """Errors: BadSetting for skip connections, normalisation and whatever else stands between dense layers."""
    need_plain(run)
    allowed = {name for layer in run.layers for name in (layer["name"], f"{layer['name']}.dropout", *(f"{layer['name']}.{a}" for a in activations.names()))}
    more = [node.name for node in run.assembly.graph.nodes if node.name.startswith("layer") and node.name not in allowed]
    if more or any(layer["kind"] != "dense" for layer in run.layers):
        raise BadSetting("probe", "only dense layers and activations", more[0] if more else "convolutions",
                         "Take a multilayer perceptron without normalisation.")


def measure(run, options):
    """`weight` (inputs, outputs) and `bias` (outputs,) of the one layer; `network`, `single` (n,): the first output of both for examples.

    meta: difference and relative (to the network's largest answer; null where there is none), over all rows looked at; linear, sizes,
    parameters, parameters_single, inputs.
    """
    view, names = (lambda name: run.assembly.program.view(run.arena, name, 0).astype(np.float64)), run.assembly.program.names
    x = run.assembly.x[:: max(1, len(run.assembly.x) // options["rows"])]
    weight, bias = np.eye(x.shape[1]), np.zeros(x.shape[1])
    with np.errstate(all="ignore"):      # weights that ran away are told as they are
        for layer in run.layers:
            w = view(f"{layer['name']}.weight")
            weight, bias = weight @ w, bias @ w + (view(f"{layer['name']}.bias") if f"{layer['name']}.bias" in names else 0.0)
        single = x.astype(np.float64) @ weight + bias
        network = run.outputs(np.ascontiguousarray(x), ("output",))["output"].astype(np.float64).reshape(single.shape)
        difference, largest = np.abs(single - network).max(), np.abs(network).max()
    sizes = [int(x.shape[1]), *(int(layer["outputs"]) for layer in run.layers)]
    few = slice(None, None, max(1, len(x) // options["shown"]))
    return {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32), "network": network[few, 0].astype(np.float32),
            "single": single[few, 0].astype(np.float32), "difference": _plain(difference),
            "relative": _plain(difference / largest) if largest else None, "largest": _plain(largest),
            "linear": all(layer["activation"] == "linear" for layer in run.layers), "sizes": sizes, "layers": len(run.layers),
            "parameters": int(run.parameter_count), "parameters_single": int(weight.size + bias.size), "inputs": list(run.data.features)}


def _plain(value):
    return float(value) if np.isfinite(value) else None


RECORD = Probe("collapse", "A network's matrices multiplied into one, and how far that single layer is from the network.", needs=needs,
               measure=measure, formula=r"M = W_1 W_2 \cdots W_L", source="Rumelhart, Hinton and Williams, 1986",
               knobs={"rows": Knob(512, 1, 100_000, kind="integer", help="How many training examples are compared."),
                      "shown": Knob(160, 1, 2000, kind="integer", help="How many of them are given as points.")})
