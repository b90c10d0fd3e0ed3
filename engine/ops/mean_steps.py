"""The mean of all steps of a sequence: one vector for the whole.

x (N, T, D), present (N, T) or left out -> y (N, D);  y = Σ_t present_t x_t / Σ_t present_t, and 0 where no step is there
backward  dx_t = present_t dy / Σ present
"""
from ..jit import begin, cube, kernel, like, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, y = cube(m, t[0]), matrix(m, t[2])
    for n in range(y.shape[0]):
        y[n, :] = 0
        count = like(m, 0)
        for step in range(x.shape[1]):
            there = matrix(m, t[1])[n, step] if wanted(t[1]) else like(m, 1)
            count += there
            for d in range(y.shape[1]):
                y[n, d] += there * x[n, step, d]
        share = like(m, 1) / count if count > like(m, 0) else like(m, 0)
        for d in range(y.shape[1]):
            y[n, d] *= share


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        dx, dy = cube(m, t[3]), matrix(m, t[5])
        for n in range(dy.shape[0]):
            count = like(m, 0)
            for step in range(dx.shape[1]):
                count += matrix(m, t[1])[n, step] if wanted(t[1]) else like(m, 1)
            share = like(m, 1) / count if count > like(m, 0) else like(m, 0)
            for step in range(dx.shape[1]):
                part = share * (matrix(m, t[1])[n, step] if wanted(t[1]) else like(m, 1))
                for d in range(dy.shape[1]):
                    dx[n, step, d] += part * dy[n, d]


RECORD = Op("mean_steps", "The mean of all steps of a sequence.", r"y = \frac{1}{T} \sum_t x_t", "a building block", title="Mean of all steps",
            forward=forward, backward=backward, operands=("x", "present", "y"), saved=("present",), torch="x.mean(1)")
