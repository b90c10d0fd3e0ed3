"""An activation's curve and slope, by its own kernels, with the sums that a layer really puts into it.

A gradient on its way back is multiplied by f'(z): where the slope is flat, little of it is left; where it is 0 for every
example, a neuron has died.  Saturated: |f'(z)| below 0.05 of the largest slope.
Source: Glorot and Bengio, 2010 (saturation); Maas, Hannun and Ng, 2013 (dead units).
"""
import numpy as np

from ..derivative import derivative, steepest, value_and_slope
from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..registry import Probe, activations
from ._layers import FLAT, bend

ROWS = 512                               # training examples
NARROWEST, WIDEST = 4.0, 20.0            # how far the curve is drawn to each side


def needs(run):
    """Errors: BadSetting where no layer bends its sums."""
    if not _bending(run):
        raise BadSetting("probe", "a network with an activation that bends each number by itself", f"the model {run.config['model']['name']!r}")


def measure(run, options):
    """`z`, `value`, `slope` (points,) of the curve, `share` (bins,): how many of the layer's sums lie in equal parts of [low, high].

    meta: low, high, outside (the share of sums beyond them), peak and peak_at (the largest slope), mean_slope and smallest_slope of the
    layer's own sums, saturated, dead, negative (the share of neurons below 0 for every example), flat; own: whether the layer has it.
    Errors: UnknownName for a layer or activation that is not there; BadSetting where the layer bends nothing, or not number by number.
    """
    layer = _layer(run, options["layer"])
    own = activations.by_alias.get(layer["activation"])
    record = activations.get(options["activation"], "activation") if options["activation"] else own
    name = bend(run, layer["name"])
    if record is None or name is None:
        raise BadSetting("layer", "a layer with an activation: " + ", ".join(_bending(run)), layer["name"])
    if not record.elementwise:
        raise BadSetting("activation", "one that bends each number by itself", record.name)
    place, is_own = name.removesuffix(".preactivation"), record is own
    slope_of = (lambda z: derivative(record, z, run, place)) if is_own else (lambda z: value_and_slope(record, z)[1])
    sums = run.forward(run.data.raw_train[:: max(1, len(run.data.raw_train) // ROWS)], [name])[name]
    sums = sums.reshape(len(sums), -1)
    finite = sums[np.isfinite(sums)].astype(np.float64)
    far = float(np.quantile(np.abs(finite), 0.995)) if finite.size else 0.0
    limit = float(np.ceil(min(WIDEST, max(NARROWEST, far))))
    z = np.linspace(-limit, limit, options["points"]).astype(sums.dtype)[:, None]
    knobs, learned = _settings(run, record, place) if is_own else (None, None)
    value, slope = value_and_slope(record, z, knobs, learned)
    counts, _ = np.histogram(finite, options["bins"], (-limit, limit))
    size = max(1, finite.size)
    found = {"z": z[:, 0].astype(np.float32), "value": value[:, 0].astype(np.float32), "slope": slope[:, 0].astype(np.float32),
             "share": (counts / size).astype(np.float32)}
    top = int(np.abs(slope).argmax())
    slopes = np.abs(slope_of(sums)) if finite.size == sums.size else None
    told = {"saturated": None, "dead": None, "mean_slope": None, "smallest_slope": None}
    if slopes is not None:
        told = {"saturated": float((slopes < FLAT * steepest(record.name, slopes.dtype.name)).mean()) if record.saturates else None,
                "dead": float((slopes == 0).all(0).mean()) if record.dies else None,
                "mean_slope": float(slopes.mean()), "smallest_slope": float(slopes.min())}
    return found | told | {
        "low": -limit, "high": limit, "outside": float((np.abs(finite) > limit).sum() / size), "peak": float(np.abs(slope).max()),
        "peak_at": float(z[top, 0]), "negative": float((sums <= 0).all(0).mean()), "flat": FLAT, "own": is_own, "activation": record.name,
        "title": record.title, "layer": layer["name"], "units": int(sums.shape[1]), "learned": learned or {}, "examples": len(sums),
        "layers": _bending(run)}


def _bending(run):
    """Names of the layers whose sums an activation bends, one by one."""
    own = {layer["name"]: activations.by_alias.get(layer["activation"]) for layer in run.layers if bend(run, layer["name"])}
    return [name for name, record in own.items() if record and record.elementwise]


def _layer(run, wanted):
    layers = {layer["name"]: layer for layer in run.layers}
    wanted = wanted or _bending(run)[0]
    if wanted not in layers:
        raise UnknownName("layer", "a layer", wanted, list(layers))
    return layers[wanted]


def _settings(run, record, place):
    """The knobs and the learned numbers this layer of the run has."""
    node = next((n for n in run.assembly.graph.nodes if n.name == f"{place}.{record.name}"), None)
    learned = {name: float(run.assembly.program.view(run.arena, f"{place}.{name}", 0)[0]) for name in record.parameters}
    return dict(zip(record.knobs, node.knobs)) if node else None, learned


RECORD = Probe("activation_curve", "An activation's curve and slope, with the sums a layer really puts into it.", needs=needs, measure=measure,
               knobs={"layer": Knob(None, kind="text", optional=True, help="Whose sums; null takes the first layer that bends them."),
                      "activation": Knob(None, kind="text", optional=True, help="Which activation; null takes the layer's own."),
                      "points": Knob(201, 3, 1001, kind="integer", help="Points of the curve; an odd number has one at 0."),
                      "bins": Knob(48, 4, 200, kind="integer", help="Bars of the histogram.")})
