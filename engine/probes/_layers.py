"""What the probes ask of a layer, whatever the model: which tensor leaves it, where it bends, which parameters are its own."""
from ..errors import BadSetting
from ..graph import Parameter

FLAT = 0.05                              # of the largest slope: below it a neuron counts as saturated
LEAVES = ("output", "hidden", "stream")                  # of a dense layer or convolution, a recurrent one, a Transformer block
BENDS = ("preactivation", "linear1.preactivation")       # linear1: the feed-forward network of a block


def outflow(run, layer):
    """The name of the tensor that leaves a layer."""
    return _first(run, layer, LEAVES) or _last_made(run, layer)


def bend(run, layer):
    """The name of the weighted sums that its activation bends, or None where there is no activation."""
    return _first(run, layer, BENDS)


def own_parameters(run, layer):
    """The layer's parameters, those of role weight and the tables of tokens; biases, scales and the like are left out."""
    found = {p.name: p for node in _nodes(run, layer) for p in node.operands
             if isinstance(p, Parameter) and p.role in ("weight", "embedding")}
    return list(found)


def need_plain(run):
    """Errors: BadSetting where the network is more than dense layers and convolutions one after the other."""
    if {layer["kind"] for layer in run.layers} - {"dense", "conv2d"}:
        raise BadSetting("probe", "a network of dense layers and convolutions", f"the model {run.config['model']['name']!r}",
                         "Take a multilayer perceptron, a residual or a convolutional network.")


def _first(run, layer, parts):
    names = run.assembly.graph.tensors
    return next((f"{layer}.{part}" for part in parts if f"{layer}.{part}" in names), None)


def _nodes(run, layer):
    return [node for node in run.assembly.graph.nodes if node.name == layer or node.name.startswith(f"{layer}.")]


def _last_made(run, layer):
    return _nodes(run, layer)[-1].operands[-1].name
