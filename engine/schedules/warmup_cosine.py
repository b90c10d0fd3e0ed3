"""Warm-up and cosine: the learning rate grows along a straight line, then glides down a cosine.

Shapes: rate is (1,).  With base rate η, W steps of warm-up, T steps in all and end factor b:
    step < W     rate = η (step + 1)/(W + 1)
    later        rate = η (b + (1 - b) (1 + cos(π min((step - W)/(T - W), 1))) / 2)
Step W uses exactly η; from step T on the rate stays at b η.
"""
import math

from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule
from ._knobs import factor, steps


@kernel
def rate(m, t):
    base, warmup, length, end = knob(t, 0), knob(t, 1), knob(t, 2), knob(t, 3)
    done = min((step(t) - warmup) / max(length - warmup, 1.0), 1.0)
    if step(t) < warmup:
        share = (step(t) + 1) / (warmup + 1)
    else:
        share = end + (1.0 - end) * 0.5 * (1.0 + math.cos(math.pi * done))
    flat(m, t[0])[0] = base * share


RECORD = Schedule(
    "warmup_cosine", title="Warm-up and cosine",
    sentence="Starts with small steps, reaches the full learning rate and then glides down: the usual recipe for Transformers.",
    formula=r"\eta_t = \eta \begin{cases} \frac{t + 1}{W + 1} & t < W \\"
            r" b + \frac{1 - b}{2} \left(1 + \cos \pi \frac{t - W}{T - W}\right) & t \ge W \end{cases}",
    source="A. Radford and others, 2018",
    knobs={"warmup": Knob(100, 0, 1_000_000, kind="integer", unit="steps", symbol="W", help="How many steps the growth takes."),
           "steps": steps(2000, "How many steps until the end, the warm-up among them."),
           "end_factor": factor(0.0, "b", "end factor", "The share of the learning rate that is left at the end; 0 stops learning.")},
    rate=rate,
    torch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (step + 1) / ({warmup} + 1) if step < {warmup} else "
          "{end_factor} + (1 - {end_factor}) * 0.5 * (1 + np.cos(np.pi * min((step - {warmup}) / "
          "max({steps} - {warmup}, 1), 1))))")
