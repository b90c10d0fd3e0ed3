"""A few mixtures in the place of many steps: what makes low-rank attention cheap.

x (N·T, ·): `width` of its columns from column `at` on;  weight (T, R);  present (N, T): 0 for padding, which is left out
-> y (N·R, width)
forward    y_nr = Σ_t weight_tr x_nt
backward   dweight_tr += Σ_n x_nt · dy_nr,   dx_nt += Σ_r weight_tr dy_nr
With R mixtures of the keys and of the values, each query has R numbers to weigh instead of T.
Source: S. Wang, B. Li, M. Khabsa, H. Fang and H. Ma, 2020 (Linformer).
"""
from ..jit import begin, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    x, w, y, at = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[3]), int(knob(t, 0))
    steps, rank = w.shape
    y[:] = 0
    for n in range(y.shape[0] // rank):
        for step in range(steps):
            if wanted(t[2]) and matrix(m, t[2])[n, step] == like(m, 0):
                continue
            row = x[n * steps + step, at:at + y.shape[1]]
            for r in range(rank):
                part, out = w[step, r], y[n * rank + r]
                for c in range(out.size):
                    out[c] += part * row[c]


@kernel
def backward(m, t):
    x, w, dy, at = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[7]), int(knob(t, 0))
    steps, rank = w.shape
    for j in range(4, 6):
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(dy.shape[0] // rank):
        for step in range(steps):
            if wanted(t[2]) and matrix(m, t[2])[n, step] == like(m, 0):
                continue
            row = x[n * steps + step, at:at + dy.shape[1]]
            for r in range(rank):
                slope = dy[n * rank + r]
                if wanted(t[5]):
                    total = like(m, 0)
                    for c in range(slope.size):
                        total += row[c] * slope[c]
                    matrix(m, t[5])[step, r] += total
                if wanted(t[4]):
                    part, back = w[step, r], matrix(m, t[4])[n * steps + step, at:at + slope.size]
                    for c in range(slope.size):
                        back[c] += part * slope[c]


RECORD = Op(
    "mix_steps", "Puts a few learned mixtures of all steps in the place of the steps.", r"y_r = \sum_t W_{tr} x_t",
    "S. Wang, B. Li, M. Khabsa, H. Fang and H. Ma, 2020", title="Mixtures of steps", forward=forward, backward=backward,
    operands=("x", "weight", "present", "y"), saved=("present",),
    knobs={"at": Knob(0, 0, kind="integer", help="The column at which what is mixed begins.")},
    torch="torch.einsum('ntc,tr->nrc', x, weight)")
