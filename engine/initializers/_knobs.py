"""Settings that several initializers share."""
from ..knob import Knob


def gain():
    return Knob(1.0, 0.01, 100.0, scale="log", symbol="g", effect="restart",
                help="Makes all weights larger or smaller by this factor; 1 suits linear layers, 5/3 tanh.")


def spread(default):
    return Knob(default, 0.0, 100.0, symbol="σ", title="standard deviation", effect="restart",
                help="How far the weights typically lie from their mean.")


def negative_slope():
    return Knob(0.0, 0.0, 10.0, symbol="a", title="negative slope", effect="restart",
                help="The slope left of zero of the activation that follows: 0 for ReLU, 0.01 for leaky ReLU.")


def fan_mode():
    return Knob("fan_in", kind="choice", choices=("fan_in", "fan_out"), title="keeps its size", effect="restart",
                help="fan_in keeps the size of signals on the way forward, fan_out that of gradients on the way back.")
