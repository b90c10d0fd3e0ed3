"""Rotary positions: queries and keys are turned by an angle that grows with the position.

x, y (N·T, C): packed rows whose first `turned` columns hold heads of width d; the other columns are copied
table (T, d): for each position the cosine and the sine of d/2 angles, side by side
forward    each pair (a, b) of neighbouring columns of a head:  (a cos θ − b sin θ,  a sin θ + b cos θ),  θ = t · 10000^(−2i/d)
backward   the same turn backwards
A turned query times a turned key depends on how far apart they are, not on where they are.
Source: Su, Lu, Pan and others, 2021.
"""
from ..jit import begin, kernel, knob, matrix, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    x, table, y, turned = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), int(knob(t, 0))
    steps, d = table.shape
    for r in range(y.shape[0]):
        angle = table[r % steps]
        for column in range(0, turned, d):
            for i in range(column, column + d, 2):
                cosine, sine = angle[i - column], angle[i - column + 1]
                y[r, i] = x[r, i] * cosine - x[r, i + 1] * sine
                y[r, i + 1] = x[r, i] * sine + x[r, i + 1] * cosine
        for i in range(turned, y.shape[1]):
            y[r, i] = x[r, i]


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        table, dx, dy, turned = matrix(m, t[1]), matrix(m, t[3]), matrix(m, t[5]), int(knob(t, 0))
        steps, d = table.shape
        for r in range(dy.shape[0]):
            angle = table[r % steps]
            for column in range(0, turned, d):
                for i in range(column, column + d, 2):
                    cosine, sine = angle[i - column], angle[i - column + 1]
                    dx[r, i] += dy[r, i] * cosine + dy[r, i + 1] * sine
                    dx[r, i + 1] += dy[r, i + 1] * cosine - dy[r, i] * sine
            for i in range(turned, dy.shape[1]):
                dx[r, i] += dy[r, i]


RECORD = Op("rotary", "Turns queries and keys by an angle that grows with the position, so that only distances count.",
            r"(a \cos t\theta_i - b \sin t\theta_i,\; a \sin t\theta_i + b \cos t\theta_i)", "Su, Lu, Pan and others, 2021",
            title="Rotary positions", forward=forward, backward=backward, operands=("x", "table", "y"), saved=("table",),
            knobs={"turned": Knob(2, 2, kind="integer", help="How many columns, from the first, are turned.")},
            torch="torch.view_as_real(torch.view_as_complex(x) * torch.polar(one, angle))")
