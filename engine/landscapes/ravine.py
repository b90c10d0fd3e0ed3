"""A ravine: a bowl many times as steep across as along, turned by an angle.

Shapes: x is (2,), value is (1,), g is (2,).  With κ knob 0 and the angle φ knob 1, along and across the ravine:
u = x cos φ + y sin φ,  v = y cos φ − x sin φ,  value = ½ (u² + κ v²),
g = (u cos φ − κ v sin φ, u sin φ + κ v cos φ).
At φ = 0 each number has its own curvature, which suits optimizers with a step length for every number; turned, it does not.
"""
import math

from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Landscape


@kernel
def value(m, t):
    x, out, turn = flat(m, t[0]), flat(m, t[1]), knob(t, 1) * math.pi / 180.0
    c, s = like(m, math.cos(turn)), like(m, math.sin(turn))
    u, v = x[0] * c + x[1] * s, x[1] * c - x[0] * s
    out[0] = like(m, 0.5) * (u * u + like(m, knob(t, 0)) * v * v)


@kernel
def gradient(m, t):
    x, g, turn = flat(m, t[0]), flat(m, t[1]), knob(t, 1) * math.pi / 180.0
    c, s = like(m, math.cos(turn)), like(m, math.sin(turn))
    u, v = x[0] * c + x[1] * s, like(m, knob(t, 0)) * (x[1] * c - x[0] * s)
    g[0] = u * c - v * s
    g[1] = u * s + v * c


RECORD = Landscape(
    "ravine", title="Ravine",
    sentence="Steep walls and a floor that hardly falls: what helps across does not help along.",
    formula=r"f = \tfrac12 (u^2 + \kappa v^2),\quad u = x \cos\varphi + y \sin\varphi,\quad v = y \cos\varphi - x \sin\varphi",
    source="B. T. Polyak, 1964, and every textbook since",
    knobs={"condition": Knob(50.0, 1.0, 1000.0, scale="log", symbol="κ", title="condition number",
                             help="How many times as steep it is across as along."),
           "angle": Knob(0.0, 0.0, 90.0, symbol="φ", unit="°", help="How far the ravine is turned from the x axis.")},
    value=value, gradient=gradient, domain=((-3.0, 3.0), (-3.0, 3.0)), start=(-2.6, 0.6), rate=0.03, steps=200, minima=lambda settings: ((0.0, 0.0),))
