"""One step of a sequence put in its place: the other way round of last_step.

x (N, H) -> y (N, T, H);  y at step k = x, the other steps are left as they are
backward  dx += dy at step k

A decoder that must be asked step by step collects its states with it; together the steps fill y.
"""
from ..jit import begin, cube, kernel, knob, matrix, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    x, y, k = matrix(m, t[0]), cube(m, t[1]), int(knob(t, 0))
    for n in range(x.shape[0]):
        source, out = x[n], y[n, k]
        for j in range(out.size):
            out[j] = source[j]


@kernel
def backward(m, t):
    begin(m, t[3])                       # nobody may have looked at y
    if wanted(t[2]):
        begin(m, t[2])
        dx, dy, k = matrix(m, t[2]), cube(m, t[3]), int(knob(t, 0))
        for n in range(dx.shape[0]):
            slope, come = dx[n], dy[n, k]
            for j in range(slope.size):
                slope[j] += come[j]


RECORD = Op("put_step", "Puts one step of a sequence in its place.", r"y_k = x", "J. Elman, 1990", title="One step of many",
            forward=forward, backward=backward, operands=("x", "y"), torch="(lambda y, x, k: y.index_copy(1, torch.tensor([k]), x[:, None]))",
            knobs={"step": Knob(0, 0, kind="integer", help="Which step.")})
