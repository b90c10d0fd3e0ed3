"""The network's answer over the plane, or one neuron's response: the big picture behind the points."""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..maps import Maps, way_of
from ..registry import Probe
from ._plane import check_axes, fed_grid, line, need_points, reach, span


def measure(run, options):
    """Two classes, a regression or a neuron: `values` int8 with a scale; several classes: `winner` and `probability` uint8.

    Curve data (one column): `curve` float32 (R, outputs).  Row 0 of a picture is its top.
    """
    data, size = run.data, options["resolution"]
    if len(data.columns) == 1:
        return _curve(run, size * 3, options)
    axes = [0, 1] if data.plane else check_axes(data, options["axes"])
    tensor, unit = options["tensor"], options["unit"]
    about, maps = run.predictor.kept(("surface", size, *axes, tensor, unit), lambda: _plan(run, size, axes, tensor, unit))
    if about["kind"] == "classes":
        winner, probability = maps.classes(run)
        return about | {"winner": winner.reshape(size, size), "probability": probability.reshape(size, size)}
    values, scales = maps.draw(run)
    return about | {"scale": float(scales[0]), "values": values.reshape(size, size)}


def _plan(run, size, axes, tensor, unit):
    """What stays the same from picture to picture: the meta, and the maps to be drawn."""
    data, fed = run.data, fed_grid(run, size, axes)
    low, high = span(data, axes)
    about = {"low": low, "high": high, "axes": axes, "kind": "signed", "center": 0}
    if tensor:
        _check_neuron(run, tensor, unit)
        return about | {"tensor": tensor, "unit": unit}, Maps(run, fed, [(tensor, unit)])
    if data.task == "classes":
        return {**about, "kind": "classes", "classes": list(data.classes)}, Maps(run, fed, [("output", None)])
    if data.task == "binary":
        return about, Maps(run, fed, [("output", None)], way_of(run), fixed=[-1.0])
    return about, Maps(run, fed, [("output", 0)], fixed=[reach(data.targets_of(data.y_train)[:, 0])])


def _curve(run, size, options):
    raw = line(run.data, size)
    values = _neuron(run, lambda names: run.forward(raw, names), options)[:, None] if options["tensor"] else \
        run.data.targets_of(run.predict(raw))
    low, high = span(run.data, [0])
    return {"kind": "curve", "low": low, "high": high, "tensor": options["tensor"],
            "unit": options["unit"], "curve": values.astype(np.float32)}


def _neuron(run, forward, options):
    name, unit = options["tensor"], options["unit"]
    _check_neuron(run, name, unit)
    return forward([name])[name][:, unit]


def _check_neuron(run, name, unit):
    known = ["input"] + [f"{layer['name']}.{part}" for layer in run.layers for part in ("preactivation", "output")]
    if name not in known:
        raise UnknownName("tensor", "a tensor", name, known)
    width = run.assembly.predicting.names[name].size(1)
    if unit >= width:
        raise BadSetting("unit", f"a neuron number below {width}", unit)


RECORD = Probe("surface", "The network's answer, or one neuron's response, over the plane of the data.", needs=need_points, measure=measure,
               knobs={"resolution": Knob(80, 8, 200, kind="integer", help="Cells along each side."),
                      "tensor": Knob(None, kind="text", optional=True,
                                     help="A layer's output to show instead of the network's answer."),
                      "unit": Knob(0, 0, 10**6, kind="integer", help="Which neuron of it."),
                      "axes": Knob([0, 1], 0, 10**6, kind="integers",
                                   help="Which two columns lie across and up, for data with more than two.")})
