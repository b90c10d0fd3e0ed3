"""Brings the experts' answers back to the rows they are for, each counting as much as its gate says.

x (N·k, O) sorted by expert, slot (N, k), gates (N, k) (engine/ops/route.py) -> y (N, O);  y[n] = Σ_j gates[n, j] x[slot[n, j]]
A choice that found no room (slot -1) adds nothing.
backward  dx[slot[n, j]] += gates[n, j] dy[n],   dgates[n, j] += dy[n] · x[slot[n, j]]
Source: Jacobs, Jordan, Nowlan and Hinton, 1991; Shazeer and others, 2017.
"""
from ..jit import begin, kernel, like, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, slot, gates, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    for n in range(y.shape[0]):
        y[n, :] = 0
        for j in range(slot.shape[1]):
            place, gate = int(slot[n, j]), gates[n, j]
            if place >= 0:
                for o in range(y.shape[1]):
                    y[n, o] += gate * x[place, o]


@kernel
def backward(m, t):
    x, slot, gates, dy = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[7])
    if wanted(t[4]):
        begin(m, t[4])
        dx = matrix(m, t[4])
        for n in range(slot.shape[0]):
            for j in range(slot.shape[1]):
                place = int(slot[n, j])
                if place >= 0:
                    for o in range(dy.shape[1]):
                        dx[place, o] += gates[n, j] * dy[n, o]
    if wanted(t[6]):
        begin(m, t[6])
        dgates = matrix(m, t[6])
        for n in range(slot.shape[0]):
            for j in range(slot.shape[1]):
                place, total = int(slot[n, j]), like(m, 0)
                if place >= 0:
                    for o in range(dy.shape[1]):
                        total += dy[n, o] * x[place, o]
                dgates[n, j] += total


RECORD = Op("combine", "Adds up the experts' answers to each row, each weighed by its gate.", r"y_n = \sum_j g_{nj}\, E_{c_{nj}}(x_n)",
            "Jacobs, Jordan, Nowlan and Hinton, 1991; Shazeer and others, 2017", forward=forward, backward=backward,
            operands=("x", "slot", "gates", "y"), saved=("slot",), torch="(gates[..., None] * x[slot]).sum(1)")
