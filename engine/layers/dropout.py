"""Dropout as a layer, and the knob with which a model offers it."""
from ..knob import Knob
from ..registry import ops


def dropout_knob():
    """The setting of a model that can drop."""
    return {"dropout": Knob(0.0, 0.0, 0.95, effect="rebuild", title="Dropout", symbol="p",
                            help="The share of each hidden layer's outputs that is left out at random while it trains; "
                                 "in use all are there.")}


def drop(graph, x, name, p):
    """Leave out a share p of x while training; x itself where p is 0."""
    if p == 0:
        return x
    mask, y = graph.inner(f"{name}.mask", x.shape), graph.tensor(f"{name}.dropped", x.shape)
    graph.add(f"{name}.dropout", ops.get("dropout", name), (x, mask, y), {"p": p})
    return y
