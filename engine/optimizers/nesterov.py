"""Nesterov momentum: a heavy ball that looks where it is about to be.

Shapes: p, g and velocity are flat vectors of one length.  With μ knob 0:
velocity ← μ velocity + g, p ← p - η (g + μ velocity).
The parameters kept here are those already looked ahead to, so the gradient is taken in the usual place.
"""
from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import learning_rate


@kernel
def update(m, t):
    p, g, rate, velocity = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0], flat(m, t[3])
    kept = like(m, knob(t, 0))
    for i in range(p.size):
        velocity[i] = kept * velocity[i] + g[i]
        p[i] -= rate * (g[i] + kept * velocity[i])


RECORD = Optimizer(
    "nesterov", title="Nesterov momentum",
    sentence="Momentum that measures the slope where it is about to be, and so brakes earlier.",
    formula=r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta \, (g + \mu v)",
    source="Y. Nesterov, 1983; I. Sutskever and others, 2013",
    knobs={"learning_rate": learning_rate(1e-3),
           "momentum": Knob(0.9, 0.001, 0.999, symbol="μ", help="The share of its velocity that the ball keeps from step to step.")},
    update=update, slots=("velocity",),
    torch="torch.optim.SGD(parameters, lr={learning_rate}, momentum={momentum}, nesterov=True)")
