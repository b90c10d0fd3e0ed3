"""Exponential decay: every step keeps the same share of the learning rate.

Shapes: rate is (1,).  With base rate η and share γ: rate = η γ**step.
"""
from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule


@kernel
def rate(m, t):
    base, gamma = knob(t, 0), knob(t, 1)
    flat(m, t[0])[0] = base * gamma ** float(step(t))


RECORD = Schedule(
    "exponential", title="Exponential decay",
    sentence="Every step keeps the same share of the learning rate, so it halves again and again.",
    formula=r"\eta_t = \eta \, \gamma^{t}", source="W. Xu, 2011",
    knobs={"gamma": Knob(0.999, 0.9, 1.0, symbol="γ", title="share kept",
                         help="What each step keeps of the learning rate: 0.999 halves it in about 700 steps.")},
    rate=rate, torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma={gamma})")
