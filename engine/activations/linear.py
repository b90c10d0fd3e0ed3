"""Linear: the output is the input.

Shapes: x and y are (N, width).  y = x, dx += dy.
"""
from ..jit import begin, flat, kernel, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = x[i]


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        dx, dy = flat(m, t[2]), flat(m, t[3])
        for i in range(dx.size):
            dx[i] += dy[i]


RECORD = Activation(
    "linear", title="Linear", aliases=("identity",),
    sentence="Passes its input on unchanged, so that stacked layers stay one straight-line layer.",
    formula=r"f(x) = x", source="the identity function",
    forward=forward, backward=backward, torch="nn.Identity()")
