"""One step of a sequence, by default the last: what a network says after it has read everything.

x (N, T, H) -> y (N, H);  y = x at step k, counted from the end where k is negative
backward  dx at step k += dy
"""
from ..jit import begin, cube, kernel, knob, matrix, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    x, y = cube(m, t[0]), matrix(m, t[1])
    k = int(knob(t, 0))
    k = k + x.shape[1] if k < 0 else k
    for n in range(y.shape[0]):
        source, out = x[n, k], y[n]
        for j in range(out.size):
            out[j] = source[j]


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        dx, dy = cube(m, t[2]), matrix(m, t[3])
        k = int(knob(t, 0))
        k = k + dx.shape[1] if k < 0 else k
        for n in range(dy.shape[0]):
            slope, come = dx[n, k], dy[n]
            for j in range(come.size):
                slope[j] += come[j]


RECORD = Op("last_step", "One step of a sequence, by default the last.", r"y = x_T", "a building block", title="One step", forward=forward,
            backward=backward, operands=("x", "y"), torch="(lambda x: x[:, -1])",
            knobs={"step": Knob(-1, None, kind="integer", help="Which step; negative ones count from the end.")})
