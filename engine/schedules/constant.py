"""Constant: every step uses the same learning rate.

Shapes: rate is (1,).  rate = η.
"""
from ..jit import flat, kernel, knob
from ..registry import Schedule


@kernel
def rate(m, t):
    flat(m, t[0])[0] = knob(t, 0)


RECORD = Schedule(
    "constant", title="Constant",
    sentence="Every step uses the same learning rate.",
    formula=r"\eta_t = \eta", source="no schedule",
    rate=rate, torch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)")
