"""Softmax: turns the numbers of a row into shares that are positive and sum to 1.

Shapes: x and y are (N, width); unlike the other activations it couples all columns of a row.
y[c] = e**x[c] / Σ e**x, dx[c] += y[c] (dy[c] - Σ dy y), which is the whole Jacobian y[c] (1{c=k} - y[k]) applied to dy.

The largest number of the row is taken off first: it changes no share, and exp cannot overflow.
"""
from ..elementary import exp
from ..jit import begin, kernel, like, matrix, wanted
from ..registry import Activation


@kernel
def forward(m, t):
    x, y = matrix(m, t[0]), matrix(m, t[1])
    rows, width = x.shape
    for r in range(rows):
        highest = x[r, 0]
        for c in range(1, width):
            highest = x[r, c] if x[r, c] > highest else highest
        mass = like(m, 0.0)
        for c in range(width):
            y[r, c] = exp(x[r, c] - highest)
            mass += y[r, c]
        for c in range(width):
            y[r, c] /= mass


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        y, dx, dy = matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
        rows, width = y.shape
        for r in range(rows):
            mean = like(m, 0.0)
            for c in range(width):
                mean += dy[r, c] * y[r, c]
            for c in range(width):
                dx[r, c] += y[r, c] * (dy[r, c] - mean)


RECORD = Activation(
    "softmax", title="Softmax",
    sentence="Turns the numbers of a row into shares that are positive and sum to 1, the largest winning most.",
    formula=r"f(x)_c = \frac{e^{x_c}}{\sum_k e^{x_k}}", source="L. Boltzmann, 1868; J. S. Bridle, 1990",
    # its tails are flat too, but no single unit has a slope of its own to compare
    forward=forward, backward=backward, elementwise=False, torch="nn.Softmax(dim=-1)")
