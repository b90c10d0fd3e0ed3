"""ELU: a straight line right of zero, a curve that levels off at -α left of it.

Shapes: x and y are (N, width).  With α knob 0:
y = x where x > 0, α (e**x - 1) elsewhere; dx += dy where x > 0, dy α e**x elsewhere.
"""
from ..elementary import exp, expm1
from ..jit import begin, flat, kernel, knob, like, wanted
from ..knob import Knob
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    alpha, zero = like(m, knob(t, 0)), like(m, 0.0)
    for i in range(x.size):
        y[i] = x[i] if x[i] > zero else alpha * expm1(x[i])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, dx, dy = flat(m, t[0]), flat(m, t[2]), flat(m, t[3])
        alpha, zero = like(m, knob(t, 0)), like(m, 0.0)
        for i in range(dx.size):
            dx[i] += dy[i] if x[i] > zero else dy[i] * (alpha * exp(x[i]))


RECORD = Activation(
    "elu", title="ELU",
    sentence="Keeps what is positive and levels off smoothly at -α for what is negative.",
    formula=r"f(x) = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
    source="D.-A. Clevert, T. Unterthiner and S. Hochreiter, 2016",
    knobs={"alpha": Knob(1.0, 0.0, 10.0, symbol="α", help="The level it approaches on the left is -α.")},
    # smooth at 0 for α = 1 only
    forward=forward, backward=backward, kinks=(0.0,), saturates=True, torch="nn.ELU({alpha})")
