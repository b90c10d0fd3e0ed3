"""Sets every number to one value: the slope of what is minimised with respect to a penalty that is a part of it is 1.

y (any shape) = value.  Nothing flows through it.
"""
from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    flat(m, t[0])[:] = like(m, knob(t, 0))


RECORD = Op("fill", "Sets every number to one value.", r"y = c", "the chain rule: ∂L/∂L = 1", forward=forward, operands=("y",),
            knobs={"value": Knob(1.0, help="The value.")})
