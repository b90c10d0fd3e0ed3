"""The health of every layer on the next batch: how large activations and gradients are, how far a step moves the weights."""
import numpy as np

from ..derivative import derivative, steepest
from ..knob import Knob
from ..registry import Probe, activations
from ..trial import Trial
from ._layers import FLAT, bend, outflow, own_parameters


def measure(run, options):
    """Per layer: histograms of outputs and of the gradients at the weighted sums, norms, update ratio, size and spread of the outputs, saturated, dead.

    Measured by taking the next batch forward, backward and through one update in a copy of the run's memory.
    """
    trial, found, entries = Trial(run), {}, []
    trial.backward()
    own = {layer["name"]: own_parameters(run, layer["name"]) for layer in run.layers}
    weights = {name: _flat(trial, parameters) for name, parameters in own.items()}
    gradients = {name: _flat(trial, [f"d.{p}" for p in parameters]) for name, parameters in own.items()}
    slopes = {name: trial.view(f"d.{bend(run, name) or outflow(run, name)}").copy() for name in own}
    outputs = {name: trial.view(outflow(run, name)).copy() for name in own}
    trial.update()
    for layer in run.layers:
        name = layer["name"]
        a, a_range = histogram(outputs[name], options["bins"])
        g, g_range = histogram(slopes[name], options["bins"], symmetric=True)
        found |= {f"{name}.activations": a, f"{name}.gradients": g}
        before = np.linalg.norm(weights[name])
        moved = np.linalg.norm(_flat(trial, own[name]) - weights[name])
        entries.append({"name": name, "activation": layer["activation"], "units": layer["outputs"],
                        "activation_range": a_range, "gradient_range": g_range,
                        "gradient_norm": float(np.linalg.norm(gradients[name])), "weight_norm": float(before), **_answers(outputs[name]),
                        "update_ratio": float(moved / before) if before else None, **health(run, layer)})
    return found | {"layers": entries}


def _flat(trial, names):
    """All numbers of these tensors as one vector."""
    return np.concatenate([np.zeros(0), *(trial.view(name).astype(np.float64).reshape(-1) for name in names)])


def _answers(outputs):
    """size: the root mean square of what leaves the layer; spread: how far its neurons differ, at most, on one example, in parts of size."""
    values = outputs.astype(np.float64)
    size = np.sqrt(np.mean(values * values)) if np.isfinite(values).all() else np.nan
    known = np.isfinite(size)
    spread = np.ptp(values, axis=1).max() / size if known and size and values.ndim == 2 else None
    return {"size": float(size) if known else None, "spread": None if spread is None else float(spread)}


def histogram(values, bins, symmetric=False):
    """Shares of the values in equal bins, and the range the bins cover; numbers that are none are left out."""
    values = values[np.isfinite(values)].astype(np.float64)
    if values.size == 0:
        return np.zeros(bins, np.float32), [0.0, 0.0]
    low, high = float(values.min()), float(values.max())
    if symmetric:
        low, high = -max(-low, high), max(-low, high)
    size = max(abs(low), abs(high))
    if not high - low > 1e-9 * size:     # one value: a range of its own size, so that bars can be told apart
        low, high = low - 0.5 * (size or 1.0), high + 0.5 * (size or 1.0)
    bar = ((values - low) * (bins / (high - low))).astype(np.intp)       # np.histogram's bars, in a fifth of its time
    counts = np.bincount(np.clip(bar, 0, bins - 1), minlength=bins)
    return (counts / values.size).astype(np.float32), [low, high]


def health(run, layer, rows=512):
    """Shares of saturated (neuron, example) pairs and of dead neurons, over up to 512 training examples."""
    record = activations.by_alias.get(layer["activation"])
    name = bend(run, layer["name"])
    if record is None or name is None or not (record.saturates or record.dies):
        return {"saturated": None, "dead": None}
    some = run.data.raw_train[:: max(1, len(run.data.raw_train) // rows)]
    slope = np.abs(derivative(record, run.forward(some, [name])[name], run, name.removesuffix(".preactivation")))
    return {"saturated": float((slope < FLAT * steepest(record.name, slope.dtype.name)).mean()) if record.saturates else None,
            "dead": float((slope == 0).all(0).mean()) if record.dies else None}


RECORD = Probe("layers", "Activations, gradients, update sizes, saturated and dead neurons of every layer.",
               measure=measure, knobs={"bins": Knob(32, 4, 128, kind="integer", help="Bars of each histogram.")})
