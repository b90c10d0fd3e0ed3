"""Normalisations as layers: their scale and shift, their memory, and the knobs with which a model offers them."""
from math import prod

from ..errors import BadSetting
from ..knob import Knob
from ..registry import ops

NORMALIZATIONS = ("none", "batch", "layer", "rms", "group")


def norm_knobs():
    """The settings of a model that can normalise."""
    return {"normalization": Knob("none", kind="choice", choices=NORMALIZATIONS, effect="rebuild", title="Normalisation",
                                  help="Brings the sums of a layer to mean 0 and spread 1: over the batch, over each "
                                       "example, or over groups of its channels; rms only brings them to one length."),
            "groups": Knob(4, 1, 4096, kind="integer", effect="rebuild", title="Groups",
                           help="In how many groups the channels are taken by group normalisation; it must divide them.")}


def normalise(graph, x, name, kind, made, groups=1):
    """Normalise x (N, C) or (N, C, H, W), or give it back where `kind` is "none".

    Parameters name.norm.weight and name.norm.bias, one a channel (one a number for layer and rms normalisation).
    """
    if kind == "none":
        return x
    channels = x.shape[1]
    each = x.shape[1:] if kind in ("layer", "rms") else (channels,)
    y = graph.tensor(f"{name}.{made}", x.shape)
    weight = graph.parameter(f"{name}.norm.weight", each, role="scale", start=1.0)
    if kind == "rms":
        saved = graph.inner(f"{name}.norm.saved", (x.shape[0], 1))
        graph.add(f"{name}.norm", ops.get("rms_norm", name), (x, weight, saved, y))
        return y
    bias = graph.parameter(f"{name}.norm.bias", each, role="bias", start=0.0)
    if kind == "batch":
        statistics = (graph.statistic(f"{name}.norm.running_mean", each),
                      graph.statistic(f"{name}.norm.running_var", each, start=1.0))
        saved = graph.inner(f"{name}.norm.saved", (4, prod(each)))
        graph.add(f"{name}.norm", ops.get("batch_norm", name), (x, weight, bias, *statistics, saved, y))
        return y
    if kind == "group" and channels % groups:
        raise BadSetting(f"{name} (group normalisation): groups", f"a number that divides its {channels} channels", groups,
                         "Take another number of groups, or another width.")
    saved = graph.inner(f"{name}.norm.saved", (x.shape[0], 2) if kind == "layer" else (x.shape[0], groups, 2))
    graph.add(f"{name}.norm", ops.get(f"{kind}_norm", name), (x, weight, bias, saved, y))
    return y
