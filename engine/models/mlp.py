"""Multilayer perceptron: dense layers one after the other, each bent by an activation, the last one left straight.

A hidden layer is  dense → normalisation → activation → dropout,  the middle and the last only where asked for.
"""
from ..errors import BadSetting
from ..knob import Knob
from ..layers import activate, dense, describe_layer
from ..layers.dropout import drop, dropout_knob
from ..layers.norm import norm_knobs, normalise
from ..registry import Model

MOST_LAYERS = 100


def build(graph, x, outputs, settings):
    """Layers layer1 … layerN; the output layer has no activation, so it gives logits, or the value itself."""
    if graph.example.tokens or graph.example.task == "sequence":
        raise BadSetting("model.name", "a model for sequences", "'mlp'",
                         "Tokens are names, not sizes: a multilayer perceptron cannot weigh them.")
    hidden, activation, kind = settings["hidden"], settings["activation"], settings["normalization"]
    if len(hidden) > MOST_LAYERS:
        raise BadSetting("model.hidden", f"at most {MOST_LAYERS} layers", len(hidden))
    each = activation if isinstance(activation, list) else [activation] * len(hidden)
    if len(each) != len(hidden):
        raise BadSetting("model.activation", f"one activation, or a list of {len(hidden)} (one a hidden layer)",
                         f"a list of {len(each)}")
    for number, (width, bend) in enumerate(zip(hidden, each), 1):
        name = f"layer{number}"
        describe_layer(graph, name, x.shape[1], width, bend)
        z = dense(graph, x, width, name, settings["bias"], "preactivation" if kind == "none" else "sum")
        z = normalise(graph, z, name, kind, "preactivation", settings["groups"])
        x = drop(graph, activate(graph, z, name, bend), name, settings["dropout"])
    name = f"layer{len(hidden) + 1}"
    describe_layer(graph, name, x.shape[1], outputs, "linear")
    z = dense(graph, x, outputs, name, settings["bias"])
    graph.alias(f"{name}.output", z)
    return z


RECORD = Model(
    "mlp", "Layers of neurons, each neuron looking at all neurons of the layer before.",
    r"a_l = f(a_{l-1} W_l + b_l)", "Rumelhart, Hinton and Williams, 1986", title="Multilayer perceptron",
    build=build,
    knobs={
        "hidden": Knob([8, 8], 1, 4096, kind="integers", effect="rebuild", title="Hidden layers",
                       help="How many neurons each hidden layer has; an empty list leaves a linear model."),
        "activation": Knob("tanh", kind="activations", effect="rebuild", title="Activation",
                           help="How a neuron bends its weighted sum; one for all hidden layers, or a list of one a layer."),
        "bias": Knob(True, kind="boolean", effect="rebuild", title="Bias",
                     help="Whether each neuron adds a number of its own; without it every line passes through the origin."),
        **norm_knobs(), **dropout_knob(),
    })
