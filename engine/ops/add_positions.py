"""Positions: a vector for every place is added, so that the order of a sequence can be seen at all.

x, y (N, T, D), table (T, D), learned or a constant table of sines      y[n, t] = x[n, t] + table[t]
backward  dx = dy,   dtable[t] = Σ_n dy[n, t]
Source: Gehring and others, 2017 (learned); Vaswani and others, 2017 (sines: engine/layers/positions.py).
"""
from ..jit import begin, cube, kernel, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, table, y = cube(m, t[0]), matrix(m, t[1]), cube(m, t[2])
    for n in range(y.shape[0]):
        for step in range(y.shape[1]):
            for d in range(y.shape[2]):
                y[n, step, d] = x[n, step, d] + table[step, d]


@kernel
def backward(m, t):
    dy = cube(m, t[5])
    if wanted(t[3]):
        begin(m, t[3])
        dx = cube(m, t[3])
        for n in range(dy.shape[0]):
            for step in range(dy.shape[1]):
                for d in range(dy.shape[2]):
                    dx[n, step, d] += dy[n, step, d]
    if wanted(t[4]):
        begin(m, t[4])
        dtable = matrix(m, t[4])
        for n in range(dy.shape[0]):
            for step in range(dy.shape[1]):
                for d in range(dy.shape[2]):
                    dtable[step, d] += dy[n, step, d]


RECORD = Op("add_positions", "Adds to every position a vector that says where it is.", "y_t = x_t + p_t",
            "Vaswani and others, 2017", title="Positions", forward=forward, backward=backward,
            operands=("x", "table", "y"), torch="x + table")
