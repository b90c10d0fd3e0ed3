"""Convolutional network: small sets of weights looked for all over a picture, then pooled, then weighed by dense layers.

A convolution layer is  conv2d → normalisation → activation → pooling;  then the picture is flattened (or each channel
averaged), and dense layers follow as in a multilayer perceptron.
Source: LeCun, Bottou, Bengio and Haffner, 1998.
"""
from ..errors import BadSetting
from ..knob import Knob
from ..layers import activate, dense, describe_layer
from ..layers.conv2d import conv2d
from ..layers.dropout import drop, dropout_knob
from ..layers.norm import norm_knobs, normalise
from ..layers.pool import flatten, global_average, pool
from ..registry import Model


def build(graph, x, outputs, settings):
    """Layers layer1 … layerN: the convolutions, then the dense ones; layerK.pooled is what flows on after a pooling."""
    if len(graph.example.shape) != 3:
        raise BadSetting("model.name", "a model for columns of numbers or for sequences", "'cnn'",
                         "A convolution needs pictures: choose the digits, with all their pixels as inputs.")
    number, kind, bias = 0, settings["normalization"], settings["bias"]
    sizes = _one_each(settings["pool"], len(settings["channels"]), "model.pool")
    kernels = _one_each(settings["kernel"], len(settings["channels"]), "model.kernel")
    bend, made = settings["activation"], "preactivation" if kind == "none" else "sum"
    if isinstance(bend, list):
        raise BadSetting("model.activation", "one activation for all layers", f"a list of {len(bend)}")
    x = graph.reshape(x, "picture", (x.shape[0], *graph.example.shape))
    for channels, kernel, size in zip(settings["channels"], kernels, sizes):
        number += 1
        name = f"layer{number}"
        padding = settings["dilation"] * (kernel - 1) // 2 if settings["padding"] is None else settings["padding"]
        describe_layer(graph, name, x.shape[1], channels, bend, "conv2d")
        z = conv2d(graph, x, channels, name, kernel, settings["stride"], padding, settings["dilation"], bias, made)
        z = normalise(graph, z, name, kind, "preactivation", settings["groups"])
        x = activate(graph, z, name, bend)
        if size > 1 and settings["pooling"] != "none":
            x = pool(graph, x, name, settings["pooling"], size)
    x = global_average(graph, x, f"layer{number}") if settings["global_average"] else flatten(graph, x, f"layer{number}")
    x = drop(graph, x, f"layer{number}", settings["dropout"])
    for width in settings["hidden"]:
        number += 1
        name = f"layer{number}"
        describe_layer(graph, name, x.shape[1], width, bend)
        z = normalise(graph, dense(graph, x, width, name, bias, made), name, kind, "preactivation", settings["groups"])
        x = drop(graph, activate(graph, z, name, bend), name, settings["dropout"])
    name = f"layer{number + 1}"
    describe_layer(graph, name, x.shape[1], outputs, "linear")
    z = dense(graph, x, outputs, name, bias)
    graph.alias(f"{name}.output", z)
    return z


def _one_each(values, count, where):
    """One value for each layer; a single one serves all."""
    if len(values) not in (1, count):
        raise BadSetting(where, f"one number, or {count} (one a convolution)", f"{len(values)}")
    return values * count if len(values) == 1 else values


RECORD = Model(
    "cnn", "Looks for the same small patterns all over a picture, then weighs where they were found.",
    r"a_l = \mathrm{pool}(f(a_{l-1} * W_l + b_l))", "LeCun, Bottou, Bengio and Haffner, 1998", title="Convolutional network",
    build=build, takes=("picture",),
    knobs={
        "channels": Knob([8, 16], 1, 256, kind="integers", effect="rebuild", title="Channels",
                         help="How many patterns each convolution looks for."),
        "kernel": Knob([3], 1, 31, kind="integers", effect="rebuild", title="Kernel",
                       help="How many pixels high and wide a pattern is; one number for all convolutions, or one each."),
        "stride": Knob(1, 1, 8, kind="integer", effect="rebuild", title="Stride",
                       help="How many pixels the kernel moves from one place to the next."),
        "padding": Knob(None, 0, 31, kind="integer", optional=True, effect="rebuild", title="Padding",
                        help="How many zeros are put around the picture; null keeps its size where the stride is 1."),
        "dilation": Knob(1, 1, 8, kind="integer", effect="rebuild", title="Dilation",
                         help="How far apart the kernel's own pixels lie."),
        "pooling": Knob("max", kind="choice", choices=("max", "average", "none"), effect="rebuild", title="Pooling",
                        help="What is kept of each small window: its largest number, its mean, or all of it."),
        "pool": Knob([2], 1, 16, kind="integers", effect="rebuild", title="Pooling window",
                     help="How many pixels high and wide the window is; one number for all convolutions, or one each; 1 leaves it out."),
        "global_average": Knob(False, kind="boolean", effect="rebuild", title="Global average",
                               help="Whether only each channel's mean goes on to the dense layers, wherever the pattern was."),
        "hidden": Knob([], 1, 4096, kind="integers", effect="rebuild", title="Dense layers",
                       help="How many neurons each dense layer between the convolutions and the output has."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation",
                           help="How a neuron bends its weighted sum."),
        "bias": Knob(True, kind="boolean", effect="rebuild", title="Bias",
                     help="Whether each pattern and each neuron adds a number of its own."),
        **norm_knobs(), **dropout_knob(),
    })
