"""Step decay: the learning rate drops by the same factor every so many steps.

Shapes: rate is (1,).  With base rate η, K steps a stair and factor γ: rate = η γ**⌊step / K⌋.
"""
import math

from ..jit import flat, kernel, knob, step
from ..registry import Schedule
from ._knobs import factor, steps


@kernel
def rate(m, t):
    base, every, gamma = knob(t, 0), knob(t, 1), knob(t, 2)
    flat(m, t[0])[0] = base * gamma ** math.floor(step(t) / every)


RECORD = Schedule(
    "step_decay", title="Step decay",
    sentence="The learning rate drops by the same factor every so many steps, like a stair.",
    formula=r"\eta_t = \eta \, \gamma^{\lfloor t / K \rfloor}", source="A. Krizhevsky, I. Sutskever and G. Hinton, 2012",
    knobs={"every": steps(1000, "The number of steps from one drop to the next."),
           "gamma": factor(0.1, "γ", "factor", "What is left of the learning rate after each drop.")},
    rate=rate, torch="torch.optim.lr_scheduler.StepLR(optimizer, step_size={every}, gamma={gamma})")
