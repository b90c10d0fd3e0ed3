"""Sigmoid: squeezes any number into the range from 0 to 1.

Shapes: x and y are (N, width).  y = 1 / (1 + e**-x), dx += dy y (1 - y): the slope is at most 1/4, at x = 0.
"""
from ..elementary import sigmoid
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = sigmoid(x[i])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        y, dx, dy = flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
        for i in range(dx.size):
            dx[i] += dy[i] * y[i] * (like(m, 1.0) - y[i])


RECORD = Activation(
    "sigmoid", title="Sigmoid", aliases=("logistic",),
    sentence="Squeezes any number into the range from 0 to 1, with flat ends where learning is slow.",
    formula=r"\sigma(x) = \frac{1}{1 + e^{-x}}", source="P.-F. Verhulst, 1845",
    forward=forward, backward=backward, saturates=True, torch="nn.Sigmoid()")
