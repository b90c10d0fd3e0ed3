"""Layers: small functions that add parameters and ops to a graph, and check that shapes fit.

Names and shapes of parameters are those of PyTorch's modules, with one exception: a dense weight is (inputs, outputs)
here, since z = x W is how it is read, and (outputs, inputs) there.  A convolution's weight is (outputs, inputs, height,
width) in both.
"""
from ..errors import ShapeError
from ..graph import Layer
from ..registry import activations, ops


def dense(graph, x, width, name, bias=True, made="preactivation"):
    """Fully connected: every output is a weighted sum of every input, plus a bias.

    x (N, inputs), weight (inputs, width), bias (width,) -> preactivation (N, width);  z = x W + b
    N may be Rows(k): every position of a sequence is a row then
    made     the last part of the result's name: "sum" where a normalisation comes before the activation
    """
    if len(x.shape) != 2:
        raise ShapeError(name, f"{x.name} with two axes (batch, columns)", f"shape {x.shape}",
                         "Flatten it first.")
    weight = graph.parameter(f"{name}.weight", (x.shape[1], width))
    z = graph.tensor(f"{name}.{made}", (x.shape[0], width))
    if bias:
        b = graph.parameter(f"{name}.bias", (width,), role="bias", start=0.0)
        graph.add(name, ops.get("dense", name), (x, weight, b, z))
    else:
        graph.add(name, ops.get("dense_without_bias", name), (x, weight, z))
    return z


def activate(graph, z, name, activation, where="model.activation"):
    """Bend every number of a layer: a = f(z).  `activation` is a name, or a dict of name and knobs."""
    settings = {"name": activation} if isinstance(activation, str) else dict(activation)
    record = activations.get(settings.pop("name"), where)
    learned = [graph.parameter(f"{name}.{key}", (1,), role=key, start=start)
               for key, start in record.parameters.items()]
    a = graph.tensor(f"{name}.output", z.shape)
    graph.add(f"{name}.{record.name}", record, (z, *learned, a), settings)
    return a


def describe_layer(graph, name, inputs, outputs, activation, kind="dense"):
    """Tell the diagram of a layer; the outputs of a convolution are its channels."""
    graph.layers.append(Layer(name, inputs, outputs,
                              activation if isinstance(activation, str) else activation["name"], kind))
