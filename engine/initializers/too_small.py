"""Too small: normal random weights so close to 0 that signals and gradients fade from layer to layer.

Shape: whatever is asked; N(0, σ²), whatever the width of the layer.
Signals and gradients shrink in every layer, so a deep network hardly starts to learn.
"""
from ..registry import Initializer
from ._knobs import spread


def fill(generator, shape, fan_in, fan_out, settings):
    return settings["std"] * generator.standard_normal(shape)


RECORD = Initializer(
    "too_small", title="Too small",
    sentence="Random weights so close to 0 that signals and gradients fade from layer to layer.",
    formula=r"w \sim N(0, \sigma^2),\quad \sigma = 0.001", source="X. Glorot and Y. Bengio, 2010, who explain why it fails",
    knobs={"std": spread(0.001)},
    fill=fill, torch="nn.init.normal_({tensor}, std={std})")
