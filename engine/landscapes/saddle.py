"""A saddle: level in the middle, uphill along x, downhill along y into one of two valleys.

Shapes: x is (2,), value is (1,), g is (2,).  value = ½ x² + ¼ (y² − 1)², g = (x, y (y² − 1)).
At (0, 0) the gradient is zero and the curvature is +1 along x, −1 along y: no minimum, and yet nothing pulls.
"""
from ..jit import flat, kernel, like
from ..registry import Landscape


@kernel
def value(m, t):
    x, out, one = flat(m, t[0]), flat(m, t[1]), like(m, 1)
    well = x[1] * x[1] - one
    out[0] = like(m, 0.5) * x[0] * x[0] + like(m, 0.25) * well * well


@kernel
def gradient(m, t):
    x, g, one = flat(m, t[0]), flat(m, t[1]), like(m, 1)
    g[0] = x[0]
    g[1] = x[1] * (x[1] * x[1] - one)


RECORD = Landscape(
    "saddle", title="Saddle",
    sentence="Flat in the middle and no minimum there: the way down begins with almost no slope.",
    formula=r"f(x, y) = \tfrac12 x^2 + \tfrac14 (y^2 - 1)^2", source="Y. Dauphin et al., 2014, on why saddles matter; the formula is the double well",
    value=value, gradient=gradient, domain=((-2.0, 2.0), (-1.8, 1.8)), start=(1.6, 0.001), rate=0.2, steps=150, minima=lambda settings: ((0.0, -1.0), (0.0, 1.0)))
