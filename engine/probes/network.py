"""Every weight and bias, and each neuron's response over the plane: how the network is drawn."""
import numpy as np

from ..knob import Knob
from ..maps import AS_THEY_ARE, LEAST, SHARES, Maps, way_of
from ..measure import probabilities, signed
from ..registry import Probe
from ._layers import outflow
from ._plane import fed_grid, fed_line


def measure(run, options):
    """Weights and biases by layer; for data with one or two columns `maps` (neurons, R, R) as bytes with their `scales`.

    Neurons come in the order inputs, hidden layers, outputs.  A hidden layer's maps share one scale, so that
    a quiet neuron looks quiet.  For other data `activity` holds the values for one training example.
    """
    program, size = run.assembly.program, options["resolution"]
    found = {name: program.view(run.arena, name, 0).astype(np.float32) for name in [p.name for p in program.parameters]}
    about, maps = run.predictor.kept(("network", size), lambda: (_about(run), _maps(run, size)))
    if maps:
        drawn, scales = maps.draw(run)
        return found | about | {"maps": drawn.reshape(-1, size if run.data.plane else 1, size), "scales": scales.astype(np.float32)}
    example = min(options["example"], len(run.data.raw_train) - 1)
    values = run.forward(run.data.raw_train[example:example + 1], ["input", *_hidden(run), "output"])
    values["output"] = _output(run, values["output"])
    activity = [values["input"].reshape(-1),
                *(_by_unit(values[name], layer["outputs"]) for name, layer in zip([*_hidden(run), "output"], run.layers))]
    return found | about | {"activity": np.concatenate(activity).astype(np.float32), "example": example}


def _about(run):
    data = run.data
    return {"plane": data.plane, "curve": len(data.columns) == 1, "features": list(data.features),
            "layers": [{"name": l["name"], "units": l["outputs"], "activation": l["activation"]} for l in run.layers]}


def _hidden(run):
    return [outflow(run, layer["name"]) for layer in run.layers[:-1]]


def _maps(run, size):
    """All neurons over the plane or the line: an input has a scale of its own, the neurons of a layer share one."""
    data, program = run.data, run.assembly.predicting
    if not (data.plane or len(data.columns) == 1):
        return None
    fed = fed_grid(run, size) if data.plane else fed_line(run, size)
    names, outputs = ["input", *_hidden(run), "output"], program.output.size(1)
    widths = [fed.shape[1], *(program.names[name].size(1) for name in names[1:-1]), outputs]
    groups = [*range(widths[0]), *np.repeat(np.arange(len(widths) - 1) + widths[0], widths[1:])]
    fixed = [LEAST] * sum(widths[:-1]) + [LEAST if data.task == "regression" else -1.0] * outputs
    way = way_of(run) if outputs == 1 else AS_THEY_ARE if data.task == "regression" else SHARES
    return Maps(run, fed, [(name, None) for name in names], way, groups, fixed)


def _by_unit(values, units):
    """One number a neuron, for one example: a channel of a picture gives its mean over all places, a neuron of a sequence that over all steps."""
    return values.mean((0, 2, 3)) if values.ndim == 4 else values.reshape(-1, units).mean(0)


def _output(run, z):
    """The output neurons as they are drawn: for classes 2p − 1 of each, for a regression the value in its unit."""
    if run.data.task == "regression":
        return run.data.targets_of(z)
    return signed(run, z) if z.shape[1] == 1 else 2 * probabilities(run, z) - 1


RECORD = Probe("network", "All weights and biases, and each neuron's response over the data's plane.", measure=measure,
               knobs={"resolution": Knob(20, 4, 64, kind="integer", help="Cells along each side of a neuron's map."),
                      "example": Knob(0, 0, 10**7, kind="integer",
                                      help="Which training example to show where there is no plane.")})
