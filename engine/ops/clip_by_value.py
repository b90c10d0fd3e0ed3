"""Clipping by value: every number of the gradient is kept between −c and c.

g, clipped (P,)     clipped = min(c, max(−c, g))
Source: Mikolov, 2012.
"""
from ..jit import flat, kernel, knob, like
from ..registry import Op


@kernel
def forward(m, t):
    g, clipped, limit = flat(m, t[0]), flat(m, t[1]), like(m, knob(t, 0))
    for i in range(g.size):
        value = g[i]                     # two comparisons that are both false for NaN, so NaN stays visible
        if value > limit:
            value = limit
        elif value < -limit:
            value = -limit
        clipped[i] = value


RECORD = Op("clip_by_value", "Keeps every number of the gradient between minus a limit and the limit.",
            r"\min(c, \max(-c, g))", "Mikolov, 2012", title="clip by value", forward=forward,
            operands=("g", "clipped"))
