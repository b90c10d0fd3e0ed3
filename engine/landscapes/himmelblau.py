"""Himmelblau's function: four equally deep valleys; where one ends depends on where and how one starts.

Shapes: x is (2,), value is (1,), g is (2,).  With p = x² + y − 11 and q = x + y² − 7:
value = p² + q²,  g = (4 x p + 2 q, 2 p + 4 y q).
"""
from ..jit import flat, kernel, like
from ..registry import Landscape

MINIMA = ((3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
          (3.584428340330492, -1.848126526964404))


@kernel
def value(m, t):
    x, out = flat(m, t[0]), flat(m, t[1])
    p, q = x[0] * x[0] + x[1] - like(m, 11), x[0] + x[1] * x[1] - like(m, 7)
    out[0] = p * p + q * q


@kernel
def gradient(m, t):
    x, g, two, four = flat(m, t[0]), flat(m, t[1]), like(m, 2), like(m, 4)
    p, q = x[0] * x[0] + x[1] - like(m, 11), x[0] + x[1] * x[1] - like(m, 7)
    g[0] = four * x[0] * p + two * q
    g[1] = two * p + four * x[1] * q


RECORD = Landscape(
    "himmelblau", title="Himmelblau's function",
    sentence="Four valleys of the same depth: where a path ends depends on where and how it starts.",
    formula=r"f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2", source="D. M. Himmelblau, 1972",
    value=value, gradient=gradient, domain=((-5.0, 5.0), (-5.0, 5.0)), start=(-0.5, -0.5), rate=0.008, steps=100, minima=lambda settings: MINIMA)
