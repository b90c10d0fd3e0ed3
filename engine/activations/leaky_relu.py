"""Leaky ReLU: keeps what is positive and lets a little of the rest through, so that no unit dies.

Shapes: x and y are (N, width).  With a the slope on the left (knob 0):
y = x where x > 0, a x elsewhere; dx += dy where x > 0, a dy elsewhere.
"""
from ..jit import begin, flat, kernel, knob, like, wanted
from ..knob import Knob
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    slope, zero = like(m, knob(t, 0)), like(m, 0.0)
    for i in range(x.size):
        y[i] = x[i] if x[i] > zero else slope * x[i]


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, dx, dy = flat(m, t[0]), flat(m, t[2]), flat(m, t[3])
        slope, zero = like(m, knob(t, 0)), like(m, 0.0)
        for i in range(dx.size):
            dx[i] += dy[i] if x[i] > zero else slope * dy[i]


RECORD = Activation(
    "leaky_relu", title="Leaky ReLU",
    sentence="Like ReLU, but lets a little of what is negative through, so that a unit can always learn again.",
    formula=r"f(x) = \max(0, x) + a \min(0, x)", source="A. Maas, A. Hannun and A. Ng, 2013",
    knobs={"negative_slope": Knob(0.01, 0.0, 1.0, symbol="a", title="negative slope",
                                  help="The slope left of zero: 0 is ReLU, 1 is linear.")},
    forward=forward, backward=backward, kinks=(0.0,), torch="nn.LeakyReLU({negative_slope})")
