"""Too large: normal random weights so far from 0 that units saturate or signals explode.

Shape: whatever is asked; N(0, σ²), whatever the width of the layer.
Every layer enlarges its signal: sigmoid and tanh units saturate, ReLU networks explode.
"""
from ..registry import Initializer
from ._knobs import spread


def fill(generator, shape, fan_in, fan_out, settings):
    return settings["std"] * generator.standard_normal(shape)


RECORD = Initializer(
    "too_large", title="Too large",
    sentence="Random weights so far from 0 that units saturate or signals explode.",
    formula=r"w \sim N(0, \sigma^2),\quad \sigma = 3.0", source="X. Glorot and Y. Bengio, 2010, who explain why it fails",
    knobs={"std": spread(3.0)},
    fill=fill, torch="nn.init.normal_({tensor}, std={std})")
