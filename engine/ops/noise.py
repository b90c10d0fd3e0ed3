"""Noisy inputs: to every number a little chance is added at each step, so that no example can be learned to the last digit.

x, y: any one shape      y = x + σ n,   n normal with mean 0 and spread 1.  In use: y = x.
Source: Sietsma and Dow, 1991; Bishop, 1995.
"""
from ..jit import flat, kernel, knob, like, put
from ..knob import Knob
from ..registry import Op
from ._chance import normals


@kernel
def forward(m, t):
    x, y, spread = flat(m, t[0]), flat(m, t[1]), like(m, knob(t, 0))
    normals(y, t)
    for i in range(x.size):
        y[i] = x[i] + spread * y[i]


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[1]))


RECORD = Op("noise", "Adds a little chance to every input at each step of training.",
            r"y = x + \sigma n,\quad n \sim \mathcal N(0, 1)", "Sietsma and Dow, 1991; Bishop, 1995",
            forward=forward, inference=inference, operands=("x", "y"),
            knobs={"spread": Knob(0.1, 0.0, 10.0, symbol="σ", help="How far the numbers are typically moved.")})
