"""A bowl: the simplest valley there is, with a curvature of its own along each axis.

Shapes: x is (2,), value is (1,), g is (2,).  With curvatures a knob 0 and b knob 1:
value = ½ (a x² + b y²), g = (a x, b y).
Plain gradient descent multiplies x by 1 − η a and y by 1 − η b in each step, which shrinks both only where η < 2 / max(a, b).
"""
from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Landscape


@kernel
def value(m, t):
    x, out = flat(m, t[0]), flat(m, t[1])
    out[0] = like(m, 0.5) * (like(m, knob(t, 0)) * x[0] * x[0] + like(m, knob(t, 1)) * x[1] * x[1])


@kernel
def gradient(m, t):
    x, g = flat(m, t[0]), flat(m, t[1])
    g[0] = like(m, knob(t, 0)) * x[0]
    g[1] = like(m, knob(t, 1)) * x[1]


RECORD = Landscape(
    "bowl", title="Bowl",
    sentence="A round or oval valley: steep along one axis, flat along the other.",
    formula=r"f(x, y) = \tfrac12 (a x^2 + b y^2)", source="the quadratic of every textbook; A.-L. Cauchy, 1847",
    knobs={"a": Knob(1.0, 0.01, 100.0, scale="log", title="curvature along x", symbol="a", help="How sharply the valley bends along x."),
           "b": Knob(4.0, 0.01, 100.0, scale="log", title="curvature along y", symbol="b", help="How sharply the valley bends along y.")},
    value=value, gradient=gradient, domain=((-3.0, 3.0), (-3.0, 3.0)), start=(-2.5, 1.5), rate=0.2, steps=100, minima=lambda settings: ((0.0, 0.0),))
