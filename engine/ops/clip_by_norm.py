"""Clipping by norm: where the gradient of all parameters together is longer than c, it is shortened to c.

g, clipped (P,)     clipped = g · min(1, c / (‖g‖ + 10⁻⁶))
Source: Pascanu, Mikolov and Bengio, 2013; the 10⁻⁶ as in PyTorch's clip_grad_norm_.
"""
import math

from ..jit import flat, kernel, knob, like
from ..registry import Op


@kernel
def forward(m, t):
    g, clipped = flat(m, t[0]), flat(m, t[1])
    total = like(m, 0)
    for i in range(g.size):
        total += g[i] * g[i]
    scale = like(m, min(1.0, knob(t, 0) / (math.sqrt(total) + 1e-6)))
    for i in range(g.size):
        clipped[i] = g[i] * scale


RECORD = Op("clip_by_norm", "Shortens the gradient of all parameters together where it is longer than a limit.",
            r"g \min\!\left(1, \frac{c}{\lVert g\rVert + 10^{-6}}\right)", "Pascanu, Mikolov and Bengio, 2013",
            title="clip by norm", forward=forward, operands=("g", "clipped"))
