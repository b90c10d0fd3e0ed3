"""Cyclic: the learning rate goes up and down in triangles between a lowest and a highest value.

Shapes: rate is (1,).  The base rate η is the peak; the lowest rate is a η, and K steps lead from one to the other:
rate = a η + (1 - a) η (1 - |1 - (step mod 2K)/K|).
"""
from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule
from ._knobs import steps


@kernel
def rate(m, t):
    peak, low, up = knob(t, 0), knob(t, 1), knob(t, 2)
    height = 1.0 - abs(1.0 - (step(t) % (2.0 * up)) / up)
    flat(m, t[0])[0] = low * peak + (1.0 - low) * peak * height


RECORD = Schedule(
    "cyclic", title="Cyclic (triangular)", aliases=("triangular",),
    sentence="Goes up and down in triangles: large steps leave bad valleys, small steps settle in good ones.",
    formula=r"\eta_t = \eta \left(a + (1 - a) \left(1 - \left|1 - \tfrac{t \bmod 2K}{K}\right|\right)\right)",
    source="L. N. Smith, 2017",
    knobs={"low_factor": Knob(0.1, 0.0, 1.0, symbol="a", title="lowest share",
                              help="The lowest rate as a share of the learning rate, which is the highest."),
           "steps_up": steps(500, "How many steps lead from the lowest rate to the highest, and as many back.")},
    rate=rate, torch="torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr={low_factor} * {learning_rate}, "
                     "max_lr={learning_rate}, step_size_up={steps_up}, cycle_momentum=False)")
