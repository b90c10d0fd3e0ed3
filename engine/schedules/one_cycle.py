"""One cycle: up to a large learning rate and down to a tiny one, once.

Shapes: rate is (1,).  The base rate η is the peak; the first rate is η/D, the last η/(D F), T steps in all.
The peak is at step P = s T - 1, the last rate at step T - 1 and after it.  Both ways follow half a cosine wave:
glide(a, b, x) = b + (a - b) (1 + cos(π x)) / 2.
"""
import math

from ..jit import flat, kernel, knob, step
from ..knob import Knob
from ..registry import Schedule
from ._knobs import steps


@kernel
def rate(m, t):
    peak, length, share, first, last = knob(t, 0), knob(t, 1), knob(t, 2), knob(t, 3), knob(t, 4)
    top = share * length - 1.0
    if step(t) <= top:
        start, end, done = peak / first, peak, step(t) / max(top, 1e-9)
    else:
        start, end, done = peak, peak / first / last, min((step(t) - top) / (length - 1.0 - top), 1.0)
    flat(m, t[0])[0] = end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * done))


RECORD = Schedule(
    "one_cycle", title="One cycle",
    sentence="Rises once to a large learning rate that explores, and falls to a tiny one that settles.",
    formula=r"\eta_t = \begin{cases} \mathrm{glide}(\eta/D,\ \eta,\ t/P) & t \le P \\"
            r" \mathrm{glide}\left(\eta,\ \eta/(DF),\ \frac{t - P}{T - 1 - P}\right) & t > P \end{cases},"
            r"\quad P = sT - 1",
    source="L. N. Smith and N. Topin, 2018",
    knobs={"steps": steps(2000, "How many steps the whole cycle takes; after it the rate stays at its lowest."),
           "pct_start": Knob(0.3, 0.0, 0.99, symbol="s", title="rising share", help="The share of the steps spent rising."),
           "div_factor": Knob(25.0, 1.0, 1e6, scale="log", symbol="D", title="start divisor",
                              help="The first rate is the peak divided by this."),
           "final_div_factor": Knob(1e4, 1.0, 1e9, scale="log", symbol="F", title="final divisor",
                                    help="The last rate is the first one divided by this.")},
    rate=rate,
    # PyTorch's own OneCycleLR is the same curve, but raises an error when a run goes on after the cycle.
    torch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step, top={pct_start} * {steps} - 1: "
          "1 + (1 / {div_factor} - 1) * 0.5 * (1 + np.cos(np.pi * step / max(top, 1e-9))) if step <= top else "
          "1 / {div_factor} / {final_div_factor} + (1 - 1 / {div_factor} / {final_div_factor}) * 0.5 * "
          "(1 + np.cos(np.pi * min((step - top) / ({steps} - 1 - top), 1))))")
