"""Brings the rows to their experts: a table in which each expert's rows lie side by side.

x (N, D), slot (N, k) places of a row in the table, -1 for none (engine/ops/route.py) -> y (N·k, D);  y[slot[n, j]] = x[n]
Places are taken from the first on; those left over, where rows were dropped, are 0.
backward  dx[n] += Σ_j dy[slot[n, j]]
Source: Shazeer and others, 2017; without empty places between experts: Gale, Narayanan, Young and Zaharia, 2022.
"""
from ..jit import begin, kernel, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, slot, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2])
    taken = 0
    for n in range(slot.shape[0]):
        for j in range(slot.shape[1]):
            place = int(slot[n, j])
            if place >= 0:
                taken += 1
                for d in range(x.shape[1]):
                    y[place, d] = x[n, d]
    y[taken:] = 0


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        slot, dx, dy = matrix(m, t[1]), matrix(m, t[3]), matrix(m, t[5])
        for n in range(slot.shape[0]):
            for j in range(slot.shape[1]):
                place = int(slot[n, j])
                if place >= 0:
                    for d in range(dx.shape[1]):
                        dx[n, d] += dy[place, d]


RECORD = Op("dispatch", "Brings every row to the experts that were chosen for it.", r"y_{\mathrm{slot}(n, j)} = x_n",
            "Shazeer and others, 2017", forward=forward, backward=backward, operands=("x", "slot", "y"), saved=("slot",),
            torch="x[order]")
