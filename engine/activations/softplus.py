"""Softplus: ReLU with its corner rounded.

Shapes: x and y are (N, width).  y = ln(1 + e**x), dx += dy sigmoid(x).
Beyond x = 20 the curve is the line y = x to eight digits and is taken to be it, as PyTorch does.
"""
from ..elementary import sigmoid, softplus
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation

STRAIGHT = 20.0


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    straight = like(m, STRAIGHT)
    for i in range(x.size):
        y[i] = x[i] if x[i] > straight else softplus(x[i])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, dx, dy = flat(m, t[0]), flat(m, t[2]), flat(m, t[3])
        straight = like(m, STRAIGHT)
        for i in range(dx.size):
            dx[i] += dy[i] if x[i] > straight else dy[i] * sigmoid(x[i])


RECORD = Activation(
    "softplus", title="Softplus",
    sentence="ReLU with its corner rounded: always positive, and its slope is the sigmoid.",
    formula=r"f(x) = \ln(1 + e^x)", source="C. Dugas and others, 2001",
    forward=forward, backward=backward, saturates=True, torch="nn.Softplus()")
