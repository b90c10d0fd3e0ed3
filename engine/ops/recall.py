"""What was found in a store, weighed: the sum of the neighbours' values, each as much as attention says.

weights (N, k), neighbours (N, k) rows of the store, values (M, D) -> y (N, D);  y[n] = Σ_i weights[n, i] values[neighbours[n, i]]
backward  dweights[n, i] += dy[n] · values[neighbours[n, i]],   dvalues[neighbours[n, i]] += weights[n, i] dy[n]
Source: Sukhbaatar, Szlam, Weston and Fergus, 2015; over nearest neighbours: Khandelwal and others, 2020.
"""
from ..jit import begin, kernel, like, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    weights, neighbours, values, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    for n in range(y.shape[0]):
        y[n, :] = 0
        for i in range(weights.shape[1]):
            row = int(neighbours[n, i])
            for d in range(y.shape[1]):
                y[n, d] += weights[n, i] * values[row, d]


@kernel
def backward(m, t):
    weights, neighbours, values, dy = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[7])
    if wanted(t[4]):
        begin(m, t[4])
        dweights = matrix(m, t[4])
        for n in range(dy.shape[0]):
            for i in range(weights.shape[1]):
                row, total = int(neighbours[n, i]), like(m, 0)
                for d in range(dy.shape[1]):
                    total += dy[n, d] * values[row, d]
                dweights[n, i] += total
    if wanted(t[6]):
        begin(m, t[6])
        dvalues = matrix(m, t[6])
        for n in range(dy.shape[0]):
            for i in range(weights.shape[1]):
                row = int(neighbours[n, i])
                for d in range(dy.shape[1]):
                    dvalues[row, d] += weights[n, i] * dy[n, d]


RECORD = Op("recall", "Adds up the values that were found in a store, each as much as attention says.", r"y = \sum_i a_i\, v_{j_i}",
            "Sukhbaatar, Szlam, Weston and Fergus, 2015; Khandelwal and others, 2020", forward=forward, backward=backward,
            operands=("weights", "neighbours", "values", "y"), saved=("neighbours",), torch="(weights[..., None] * values[neighbours]).sum(1)")
