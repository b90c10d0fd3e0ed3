"""Beale's function: a wide plain with a sharp cross of walls and one hole.

Shapes: x is (2,), value is (1,), g is (2,).  With r₁ = 1.5 − x + xy, r₂ = 2.25 − x + xy², r₃ = 2.625 − x + xy³:
value = r₁² + r₂² + r₃²,  ∂/∂x = 2 Σ rᵢ (yⁱ − 1),  ∂/∂y = 2 Σ rᵢ i x yⁱ⁻¹.
"""
from ..jit import flat, kernel, like
from ..registry import Landscape

GOALS = (1.5, 2.25, 2.625)


@kernel
def value(m, t):
    x, out = flat(m, t[0]), flat(m, t[1])
    total, power = like(m, 0), like(m, 1)
    for goal in GOALS:
        power *= x[1]
        rest = like(m, goal) - x[0] + x[0] * power
        total += rest * rest
    out[0] = total


@kernel
def gradient(m, t):
    x, g, one, two = flat(m, t[0]), flat(m, t[1]), like(m, 1), like(m, 2)
    power, order = one, like(m, 0)               # y to the power i − 1, and i
    along, up = like(m, 0), like(m, 0)
    for goal in GOALS:
        order += one
        rest = like(m, goal) - x[0] + x[0] * power * x[1]
        along += two * rest * (power * x[1] - one)
        up += two * rest * order * x[0] * power
        power *= x[1]
    g[0], g[1] = along, up


RECORD = Landscape(
    "beale", title="Beale's function",
    sentence="A plain that is almost flat, walls that are almost upright, and one hole to be found.",
    formula=r"f = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2", source="E. M. L. Beale, 1958",
    value=value, gradient=gradient, domain=((-4.5, 4.5), (-4.5, 4.5)), start=(1.0, 1.5), rate=0.01, steps=500, minima=lambda settings: ((3.0, 0.5),))
