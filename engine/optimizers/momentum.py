"""Momentum: steps like a heavy ball that keeps rolling the way it went.

Shapes: p, g and velocity are flat vectors of one length.  With μ knob 0:
velocity ← μ velocity + g, p ← p - η velocity.
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
        p[i] -= rate * velocity[i]


RECORD = Optimizer(
    "momentum", title="Momentum",
    sentence="Rolls on like a heavy ball: steps in a steady direction grow, steps to and fro cancel out.",
    formula=r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta \, v", source="B. T. Polyak, 1964",
    knobs={"learning_rate": learning_rate(1e-3),
           "momentum": Knob(0.9, 0.0, 0.999, symbol="μ", help="The share of its velocity that the ball keeps from step to step.")},
    update=update, slots=("velocity",), torch="torch.optim.SGD(parameters, lr={learning_rate}, momentum={momentum})")
