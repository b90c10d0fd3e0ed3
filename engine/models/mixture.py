"""Mixture of experts: a router sends every example to a few of many small networks, and only those are asked.

layer1 … are dense layers that all examples pass, if there are any; the last layer is the mixture, whose experts answer.
The dense twin has one network in the place of all experts, as large as the experts asked for one example: the same cost.
Source: Jacobs, Jordan, Nowlan and Hinton, 1991; Shazeer and others, 2017; Fedus, Zoph and Shazeer, 2021.
"""
from ..errors import BadSetting
from ..knob import Knob
from ..layers import activate, dense, describe_layer
from ..layers.mixture import mixture, mixture_knobs
from ..registry import Model


def build(graph, x, outputs, settings):
    """Layers layer1 … layerN; layerN.router.output (N, E) holds the router's shares, layerN.chosen (N, k) who was asked."""
    if graph.example.tokens or graph.example.task == "sequence":
        raise BadSetting("model.name", "a model for sequences, such as transformer (which can have experts)", "'mixture'")
    bend, number = settings["activation"], 0
    if isinstance(bend, list):
        raise BadSetting("model.activation", "one activation for all neurons", f"a list of {len(bend)}")
    shared = [*settings["hidden"], settings["units"] * settings["top_k"]] if settings["dense"] else settings["hidden"]
    for width in shared:
        number += 1
        describe_layer(graph, f"layer{number}", x.shape[1], width, bend)
        x = activate(graph, dense(graph, x, width, f"layer{number}"), f"layer{number}", bend)
    name = f"layer{number + 1}"
    if settings["dense"]:
        describe_layer(graph, name, x.shape[1], outputs, "linear")
        z = dense(graph, x, outputs, name)
    else:
        describe_layer(graph, name, x.shape[1], outputs, bend, "mixture")
        z = mixture(graph, x, settings["units"], outputs, name, bend, settings["experts"], settings["top_k"],
                    settings["balance"], settings["capacity"], settings["noisy"])
        graph.alias(f"{name}.preactivation", z)
    graph.alias(f"{name}.output", z)
    return z


RECORD = Model(
    "mixture", "A router sends every example to a few of many small networks, and only those are asked.",
    r"y = \sum_{j \in \mathrm{top}_k} g_j\, E_j(x),\quad g = \mathrm{softmax}(x W_r)",
    "Shazeer and others, 2017; Fedus, Zoph and Shazeer, 2021", title="Mixture of experts", build=build,
    knobs={
        "hidden": Knob([], 1, 4096, kind="integers", effect="rebuild", title="Shared layers",
                       help="How many neurons each dense layer before the experts has; an empty list has none."),
        **mixture_knobs(4),
        "units": Knob(8, 1, 1024, kind="integer", effect="rebuild", title="Neurons of an expert",
                      help="How many neurons each expert has."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation",
                           help="How a neuron bends its weighted sum."),
        "dense": Knob(False, kind="boolean", effect="rebuild", title="Dense twin",
                      help="One network in the place of all experts, as many neurons as those asked for one example have "
                           "together: the same cost an example, without a choice."),
    })
