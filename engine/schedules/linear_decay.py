"""Linear decay: the learning rate falls along a straight line, then stays at its end.

Shapes: rate is (1,).  With base rate η, end factor b and T steps: rate = η (1 + (b - 1) min(step, T)/T).
"""
from ..jit import flat, kernel, knob, step
from ..registry import Schedule
from ._knobs import factor, steps


@kernel
def rate(m, t):
    base, end, length = knob(t, 0), knob(t, 1), knob(t, 2)
    done = min(step(t) / length, 1.0)
    flat(m, t[0])[0] = base * (1.0 + (end - 1.0) * done)


RECORD = Schedule(
    "linear_decay", title="Linear decay",
    sentence="The learning rate falls evenly to its end, so that the last steps only settle.",
    formula=r"\eta_t = \eta \left(1 + (b - 1) \min(t/T, 1)\right)", source="J. Devlin and others, 2018",
    knobs={"end_factor": factor(0.0, "b", "end factor", "The share of the learning rate that is left at the end; 0 stops learning."),
           "steps": steps(2000, "How many steps the fall takes.")},
    rate=rate, torch="torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor={end_factor}, "
                     "total_iters={steps})")
