"""SiLU, also called swish: x times its own sigmoid.

Shapes: x and y are (N, width).  With s = sigmoid(x): y = x s, dx += dy s (1 + x (1 - s)).
"""
from ..elementary import sigmoid
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = x[i] * sigmoid(x[i])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, dx, dy = flat(m, t[0]), flat(m, t[2]), flat(m, t[3])
        one = like(m, 1.0)
        for i in range(dx.size):
            s = sigmoid(x[i])
            dx[i] += dy[i] * (s * (one + x[i] * (one - s)))


RECORD = Activation(
    "silu", title="SiLU (swish)", aliases=("swish",),
    sentence="A smooth ReLU that multiplies its input by its own sigmoid and dips a little below zero.",
    formula=r"f(x) = x \, \sigma(x) = \frac{x}{1 + e^{-x}}",
    source="S. Elfwing, E. Uchibe and K. Doya, 2017; P. Ramachandran, B. Zoph and Q. Le, 2017",
    forward=forward, backward=backward, saturates=True, torch="nn.SiLU()")
