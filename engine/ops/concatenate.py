"""Two tensors side by side: the columns of the first, then those of the second.

x (..., A), y (..., B) -> z (..., A + B), with the same axes before
backward  dx += the first A columns of dz, dy += the others
"""
from ..jit import begin, flat, helper, kernel, wanted
from ..registry import Op


@helper
def table(m, row, rows):
    """An operand as so many rows."""
    numbers = flat(m, row)
    return numbers.reshape(rows, numbers.size // rows)


@helper
def row_count(z):
    """Rows of the result, all axes but the last; with two columns at least its last axis is never 1."""
    return z[2] if z[4] == 1 else z[2] * z[3]


@kernel
def forward(m, t):
    rows = row_count(t[2])
    x, y, z = table(m, t[0], rows), table(m, t[1], rows), table(m, t[2], rows)
    first = x.shape[1]
    for n in range(z.shape[0]):
        left, right, out = x[n], y[n], z[n]
        for j in range(first):
            out[j] = left[j]
        for j in range(right.size):
            out[first + j] = right[j]


@kernel
def backward(m, t):
    rows = row_count(t[2])
    first, dz = table(m, t[0], rows).shape[1], table(m, t[5], rows)
    if wanted(t[3]):
        begin(m, t[3])
        dx = table(m, t[3], rows)
        for n in range(dz.shape[0]):
            slope, come = dx[n], dz[n]
            for j in range(first):
                slope[j] += come[j]
    if wanted(t[4]):
        begin(m, t[4])
        dy = table(m, t[4], rows)
        for n in range(dz.shape[0]):
            slope, come = dy[n], dz[n]
            for j in range(slope.size):
                slope[j] += come[first + j]


RECORD = Op("concatenate", "Two tensors side by side.", r"z = [x, y]", "a building block; for two directions: Schuster and Paliwal, 1997", forward=forward, backward=backward,
            operands=("x", "y", "z"), torch="(lambda x, y: torch.cat([x, y], -1))")
