"""Cosine: the learning rate glides from the top of a wave to its bottom.

Shapes: rate is (1,).  With base rate η, lowest rate η_min and T steps:
rate = η_min + (η - η_min) (1 + cos(π step/T)) / 2.
After T steps it climbs the next wave, as PyTorch's does, so that a long run alternates between both.
"""
import math

from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule
from ._knobs import steps


@kernel
def rate(m, t):
    base, length, lowest = knob(t, 0), knob(t, 1), knob(t, 2)
    wave = 0.5 * (1.0 + math.cos(math.pi * step(t) / length))
    flat(m, t[0])[0] = lowest + (base - lowest) * wave


RECORD = Schedule(
    "cosine", title="Cosine",
    sentence="Glides from the full learning rate to the lowest along a cosine, slowly at both ends, and back if the run goes on.",
    formula=r"\eta_t = \eta_{min} + \tfrac12 (\eta - \eta_{min}) \left(1 + \cos(\pi t / T)\right)",
    source="I. Loshchilov and F. Hutter, 2017",
    knobs={"steps": steps(2000, "How many steps it takes from the highest to the lowest rate."),
           "eta_min": Knob(0.0, 0.0, 10.0, symbol="η_min", title="lowest rate", help="The learning rate at the bottom of the wave.")},
    rate=rate, torch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={steps}, eta_min={eta_min})")
