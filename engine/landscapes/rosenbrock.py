"""Rosenbrock's banana: a curved valley that is easy to find and slow to follow.

Shapes: x is (2,), value is (1,), g is (2,).  value = (1 − x)² + 100 (y − x²)²,
g = (−2 (1 − x) − 400 x (y − x²), 200 (y − x²)).
"""
from ..jit import flat, kernel, like
from ..registry import Landscape


@kernel
def value(m, t):
    x, out, one = flat(m, t[0]), flat(m, t[1]), like(m, 1)
    rise, side = x[1] - x[0] * x[0], one - x[0]
    out[0] = side * side + like(m, 100) * rise * rise


@kernel
def gradient(m, t):
    x, g, one = flat(m, t[0]), flat(m, t[1]), like(m, 1)
    rise = x[1] - x[0] * x[0]
    g[0] = like(m, -2) * (one - x[0]) - like(m, 400) * x[0] * rise
    g[1] = like(m, 200) * rise


RECORD = Landscape(
    "rosenbrock", title="Rosenbrock's banana",
    sentence="A curved valley with steep walls: its floor is found at once, and then the way along it is long.",
    formula=r"f(x, y) = (1 - x)^2 + 100 (y - x^2)^2", source="H. H. Rosenbrock, 1960",
    value=value, gradient=gradient, domain=((-2.0, 2.0), (-1.0, 3.0)), start=(-1.2, 1.0), rate=0.001, steps=1500, minima=lambda settings: ((1.0, 1.0),))
