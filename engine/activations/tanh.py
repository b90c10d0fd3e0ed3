"""Tanh: squeezes any number into the range from -1 to 1, with 0 staying 0.

Shapes: x and y are (N, width).  y = tanh x, dx += dy (1 - y²).
"""
from ..elementary import tanh
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = tanh(x[i])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        y, dx, dy = flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
        for i in range(dx.size):
            dx[i] += dy[i] * (like(m, 1.0) - y[i] * y[i])


RECORD = Activation(
    "tanh", title="Tanh",
    sentence="Squeezes any number into the range from -1 to 1, centered at 0, with flat ends.",
    formula=r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}", source="Y. LeCun and others, Efficient BackProp, 1998",
    forward=forward, backward=backward, saturates=True, torch="nn.Tanh()")
