"""Residual network: every block adds something to what it was given, so that signal and gradient have a straight road.

pre-norm    x ← x + f(norm(x) W + b)          the road itself is never touched
post-norm   x ← norm(x + f(x W + b))
no skip     the same blocks without "x +": a plain deep network, to compare with
layer1 brings the inputs to the width, layer2 … are the blocks, the last one gives the outputs.
Source: He, Zhang, Ren and Sun, 2015 and 2016.
"""
from ..errors import BadSetting
from ..knob import Knob
from ..layers import activate, dense, describe_layer
from ..layers.dropout import drop, dropout_knob
from ..layers.norm import norm_knobs, normalise
from ..registry import Model, ops


def build(graph, x, outputs, settings):
    """Layers layer1 … layerN, N = blocks + 2; layerK.stream is what flows on after block K."""
    if graph.example.tokens or graph.example.task == "sequence":
        raise BadSetting("model.name", "a model for sequences", "'residual_mlp'",
                         "Tokens are names, not sizes: a residual network of dense layers cannot weigh them.")
    width, bend, kind, before = (settings[key] for key in ("width", "activation", "normalization", "norm_first"))
    if isinstance(bend, list):
        raise BadSetting("model.activation", "one activation for all blocks", f"a list of {len(bend)}")
    describe_layer(graph, "layer1", x.shape[1], width, bend)
    x = activate(graph, dense(graph, x, width, "layer1"), "layer1", bend)
    for number in range(2, settings["blocks"] + 2):
        name = f"layer{number}"
        describe_layer(graph, name, width, width, bend)
        inner = normalise(graph, x, name, kind, "normed", settings["groups"]) if before else x
        inner = activate(graph, dense(graph, inner, width, name), name, bend)
        inner = drop(graph, inner, name, settings["dropout"])
        if settings["skip"]:
            total = graph.tensor(f"{name}.stream" if before or kind == "none" else f"{name}.total", x.shape)
            graph.add(f"{name}.skip", ops.get("add", name), (x, inner, total))
            inner = total
        x = inner if before else normalise(graph, inner, name, kind, "stream", settings["groups"])
    name = f"layer{settings['blocks'] + 2}"
    describe_layer(graph, name, width, outputs, "linear")
    if before:                           # nothing has kept the sum of all blocks in bounds so far
        x = normalise(graph, x, name, kind, "normed", settings["groups"])
    z = dense(graph, x, outputs, name)
    graph.alias(f"{name}.output", z)
    return z


RECORD = Model(
    "residual_mlp", "Blocks that each add something to what they were given, so that even a hundred of them can learn.",
    r"x_{l+1} = x_l + f(\mathrm{norm}(x_l) W_l + b_l)", "He, Zhang, Ren and Sun, 2015", title="Residual network",
    build=build,
    knobs={
        "width": Knob(16, 1, 1024, kind="integer", effect="rebuild", title="Width", help="How many neurons every block has."),
        "blocks": Knob(8, 1, 100, kind="integer", effect="rebuild", title="Blocks", help="How many blocks follow one another."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation",
                           help="How a neuron bends its weighted sum."),
        "skip": Knob(True, kind="boolean", effect="rebuild", title="Skip connections",
                     help="Whether a block adds to what it was given; without, it takes its place, as in a plain network."),
        **norm_knobs(),
        "norm_first": Knob(True, kind="boolean", effect="rebuild", title="Normalise first",
                           help="Before the block's weights (pre-norm), or after the sum (post-norm)."),
        **dropout_knob(),
    })
