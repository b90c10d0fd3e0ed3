"""ReLU: keeps what is positive, turns the rest to 0.

Shapes: x and y are (N, width).  y = max(0, x), dx += dy where x > 0.

The comparison is written `x <= 0`, which is false for NaN: so NaN goes through and is seen.
"""
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    zero = like(m, 0.0)
    for i in range(x.size):
        y[i] = zero if x[i] <= zero else x[i]


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, dx, dy = flat(m, t[0]), flat(m, t[2]), flat(m, t[3])
        zero = like(m, 0.0)
        for i in range(dx.size):
            dx[i] += zero if x[i] <= zero else dy[i]


RECORD = Activation(
    "relu", title="ReLU",
    sentence="Keeps what is positive and turns the rest to zero; a unit that is never positive stops learning.",
    formula=r"f(x) = \max(0, x)", source="V. Nair and G. Hinton, 2010",
    forward=forward, backward=backward, kinks=(0.0,), dies=True, torch="nn.ReLU()")
