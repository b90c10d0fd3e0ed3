"""Linear warm-up: the learning rate grows along a straight line, then stays.

Shapes: rate is (1,).  With base rate η, start factor a and T steps: rate = η (a + (1 - a) min(step, T)/T).
"""
from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule
from ._knobs import steps


@kernel
def rate(m, t):
    base, start, length = knob(t, 0), knob(t, 1), knob(t, 2)
    done = min(step(t) / length, 1.0)
    flat(m, t[0])[0] = base * (start + (1.0 - start) * done)


RECORD = Schedule(
    "linear_warmup", title="Linear warm-up",
    sentence="Starts with small steps while the network is still raw, grows to the full learning rate and stays there.",
    formula=r"\eta_t = \eta \left(a + (1 - a) \min(t/T, 1)\right)", source="P. Goyal and others, 2017",
    knobs={"start_factor": Knob(1 / 3, 1e-3, 1.0, scale="log", symbol="a", title="start factor",
                                help="The share of the learning rate that the first step uses."),
           "steps": steps(100, "How many steps the growth takes.")},
    rate=rate, torch="torch.optim.lr_scheduler.LinearLR(optimizer, start_factor={start_factor}, end_factor=1.0, "
                     "total_iters={steps})")
