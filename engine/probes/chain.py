"""One weight's gradient (or one neuron's) as the product of the numbers it comes from, beside what a small move of it does.

    ∂L/∂w_ij = x_i · δ_j        what came in, times how much the neuron's sum is to blame
    δ_j = f'(z_j) · ∂L/∂a_j     the slope in this place, times the blame that arrives
    ∂L/∂a_j = Σ_k w_jk δ_k      the next layer's blame, through the weights it came by
for one example of the next batch; a batch's gradient is the mean over its examples.  The move is made in float64:
(L(w + ε) − L(w − ε)) / 2ε.  Source: Rumelhart, Hinton and Williams, 1986.
"""
import numpy as np

from ..assembly import Assembly
from ..derivative import derivative
from ..errors import BadSetting, UnknownName
from ..graph import BATCH
from ..knob import Knob
from ..registry import Probe, activations
from ..trial import Trial, next_rows

EPSILON = 1e-5


def needs(run):
    """Errors: BadSetting where no layer of plain neurons meets each example once."""
    if not _plain(run):
        raise BadSetting("probe", "a network with a layer of plain neurons (dense) that meets each example once",
                         f"the model {run.config['model']['name']!r}")


def measure(run, options):
    """meta: the sum z, the factors and their product, `analytic` and `numeric` in float64, `batch` the mean over the batch; arrays
    `inputs`, `weights` of the neuron, and `next_weights`, `next_blame` where a dense layer follows at once.

    Only of neurons that meet each example once: a weight that is used at every place of a sequence has a gradient from all of them.
    Errors: UnknownName, BadSetting for what is no such neuron or weight.
    """
    layer, unit, source = _place(run, options)
    name, rows = layer["name"], next_rows(run)
    example = options["example"] % len(rows)
    whole = any(p.role == "statistic" for p in run.assembly.program.statistics)     # with batch statistics no example is alone
    chosen, at = (rows, example) if whole else (rows[example:example + 1], 0)
    trial = Trial(run, chosen)
    loss = trial.backward(penalties=False)

    def row(tensor, scale=1.0):
        return trial.view(tensor)[at].astype(np.float64) * scale

    dense = next(node for node in run.assembly.graph.nodes if node.name == name)
    before, made = dense.operands[0].name, dense.operands[-1].name
    blame, inputs, place = row(f"d.{made}", len(chosen)), row(before).reshape(-1), run.layers.index(layer)
    bias = trial.view(f"{name}.bias")[unit] if f"{name}.bias" in run.assembly.program.names else None
    found = {"layer": name, "layers": _plain(run), "unit": unit, "source": source, "activation": layer["activation"], "example": example,
             "row": int(rows[example]), "batch_rows": len(rows), "loss": loss, "loss_name": run.config["loss"]["name"],
             "z": float(row(f"{name}.preactivation")[unit]), "a": float(row(f"{name}.output")[unit]),
             "inputs": inputs.astype(np.float32), "weights": trial.view(f"{name}.weight")[:, unit].astype(np.float32),
             "bias": None if bias is None else float(bias),
             "input_names": list(run.data.features) if place == 0 else [f"a{k + 1}" for k in range(len(inputs))],
             "blame": float(blame[unit]), "last": name == run.layers[-1]["name"], "target": row("target").tolist()}
    if not found["last"]:
        z = trial.view(f"{name}.preactivation")[at:at + 1]
        record = activations.by_alias.get(layer["activation"])
        found["slope"] = float(derivative(record, z, run, name)[0, unit]) if record else 1.0
        found["arriving"] = float(row(f"d.{name}.output", len(chosen))[unit])
    parameter, index = _parameter(run, name, unit, source)
    if source is not None and source >= 0:
        x = inputs[source]
        found |= {"x": float(x), "value": float(trial.view(f"{name}.weight")[source, unit]), "product": float(x * blame[unit])}
    elif parameter:
        found |= {"x": 1.0, "value": float(trial.view(f"{name}.bias")[unit]), "product": float(blame[unit])}
    if parameter:
        found |= _moved(run, chosen, parameter, index, whole)
        batch = Trial(run, rows)
        batch.backward(penalties=False)
        found["batch"] = float(batch.view(f"d.{parameter}")[index])
    return found | _following(run, trial, dense, name, unit, at, len(chosen))


def _plain(run):
    """Names of the dense layers that meet each example once, first to last."""
    once = {node.name for node in run.assembly.graph.nodes if node.record.name.startswith("dense")
            and len(node.operands[0].shape) == 2 and node.operands[0].shape[0] == BATCH}
    return [layer["name"] for layer in run.layers if layer["name"] in once]


def _place(run, options):
    """The layer, the neuron's number, and what weight is meant: an input's number, -1 for the bias, None for the neuron itself."""
    names, plain = [layer["name"] for layer in run.layers], _plain(run)
    name = plain[0] if options["layer"] is None else options["layer"]
    if name not in names:
        raise UnknownName("layer", "a layer", name, names)
    layer = run.layers[names.index(name)]
    if name not in plain:
        raise BadSetting("layer", "a layer of plain neurons (dense) that meets each example once: " + ", ".join(plain), f"{name} ({layer['kind']})")
    shape = run.parameters[f"{name}.weight"].shape
    if options["unit"] >= shape[1]:
        raise BadSetting("unit", f"a neuron number below {shape[1]}", options["unit"])
    source = options["source"]
    if source is not None and source >= shape[0]:
        raise BadSetting("source", f"-1 for the bias, or an input's number below {shape[0]}", source)
    if source == -1 and f"{layer['name']}.bias" not in run.assembly.program.names:
        raise BadSetting("source", "an input's number (the layer has no bias)", -1)
    return layer, options["unit"], source


def _parameter(run, name, unit, source):
    """The parameter to be moved and its index; for a neuron its bias, which moves its sum by as much; None without one."""
    if source is not None and source >= 0:
        return f"{name}.weight", (source, unit)
    bias = f"{name}.bias"
    return (bias, (unit,)) if bias in run.assembly.program.names else (None, None)


def _moved(run, rows, parameter, index, whole):
    """Backpropagation's answer and the central difference, both in float64."""
    fine = Trial(run, rows, Assembly({**run.config, "precision": "float64"}, run.assembly.arrays))
    fine.backward(penalties=False)
    analytic, value = float(fine.view(f"d.{parameter}")[index]), fine.view(parameter)
    start, losses = value[index], []
    for move in (EPSILON, -EPSILON):
        value[index] = start + move
        losses.append(fine.forward())
    return {"analytic": analytic, "numeric": (losses[0] - losses[1]) / (2 * EPSILON), "epsilon": EPSILON,
            "up": losses[0], "down": losses[1], "whole_batch": whole}


def _following(run, trial, dense, name, unit, at, scale):
    """Weights out of this neuron and the blame at their ends, where the next layer reads its answers directly."""
    nodes = run.assembly.graph.nodes
    after = next((n for n in nodes if n.record.name.startswith("dense") and n.operands[0].name == f"{name}.output"), None)
    if after is None or f"{after.name}.weight" not in run.assembly.program.names:
        return {}
    blame = trial.view(f"d.{after.operands[-1].name}")[at].astype(np.float64) * scale
    return {"next_weights": trial.view(f"{after.name}.weight")[unit].astype(np.float32), "next_blame": blame.astype(np.float32),
            "next_layer": after.name}


RECORD = Probe("chain", "One weight's gradient as the product of what it comes from, beside a central difference.", needs=needs, measure=measure,
               precision="float64", formula=r"\frac{\partial L}{\partial w_{ij}} = x_i\,\delta_j", source="D. Rumelhart, G. Hinton and R. Williams, 1986",
               knobs={"layer": Knob(None, kind="text", optional=True, help="Which layer; null for the first that can be asked."),
                      "unit": Knob(0, 0, 10**6, kind="integer", help="Which neuron of it."),
                      "source": Knob(None, -1, 10**6, kind="integer", optional=True,
                                    help="Which of its inputs' weights; -1 is its bias, null the neuron itself."),
                      "example": Knob(0, 0, 10**6, kind="integer", help="Which example of the next batch.")})
