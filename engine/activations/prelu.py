"""PReLU: leaky ReLU whose slope on the left is learned, one slope for the whole layer.

Shapes: x and y are (N, width), slope a is (1,).
y = x where x > 0, a x elsewhere; dx += dy where x > 0, a dy elsewhere; da += Σ x dy where x ≤ 0.
"""
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, slope, y = flat(m, t[0]), flat(m, t[1])[0], flat(m, t[2])
    zero = like(m, 0.0)
    for i in range(x.size):
        y[i] = x[i] if x[i] > zero else slope * x[i]


@kernel
def backward(m, t):
    x, slope, dy = flat(m, t[0]), flat(m, t[1])[0], flat(m, t[5])
    zero = like(m, 0.0)
    if wanted(t[3]):
        begin(m, t[3])
        dx = flat(m, t[3])
        for i in range(dx.size):
            dx[i] += dy[i] if x[i] > zero else slope * dy[i]
    if wanted(t[4]):
        begin(m, t[4])
        total = zero
        for i in range(x.size):
            total += zero if x[i] > zero else x[i] * dy[i]
        flat(m, t[4])[0] += total


RECORD = Activation(
    "prelu", title="PReLU",
    sentence="Leaky ReLU that learns how much of the negative it lets through, one slope for each layer.",
    formula=r"f(x) = \max(0, x) + a \min(0, x),\quad a \text{ learned}", source="K. He, X. Zhang, S. Ren and J. Sun, 2015",
    forward=forward, backward=backward, parameters={"slope": 0.25}, kinks=(0.0,), torch="nn.PReLU()")
