"""A vector for every token: the row of a table with the token's number, learned like any weight.

tokens (N, T) token numbers, weight (tokens, E) -> y (N, T, E);  y[n, t] = weight[tokens[n, t]]
backward  dweight[tokens[n, t]] += dy[n, t]: only the rows of tokens that occurred move.

It is the product of a one-hot row with a weight matrix, without the multiplications by zero.
"""
from ..jit import begin, cube, kernel, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    tokens, w, y = matrix(m, t[0]), matrix(m, t[1]), cube(m, t[2])
    for n in range(y.shape[0]):
        for step in range(y.shape[1]):
            row, out = w[int(tokens[n, step])], y[n, step]
            for e in range(out.size):
                out[e] = row[e]


@kernel
def backward(m, t):
    if wanted(t[4]):
        begin(m, t[4])
        tokens, dw, dy = matrix(m, t[0]), matrix(m, t[4]), cube(m, t[5])
        for n in range(dy.shape[0]):
            for step in range(dy.shape[1]):
                row, slope = dw[int(tokens[n, step])], dy[n, step]
                for e in range(slope.size):
                    row[e] += slope[e]


RECORD = Op("embedding", "A learned vector for every token.", r"y_t = W_{x_t}",
            "Bengio, Ducharme, Vincent and Jauvin, 2003", forward=forward, backward=backward,
            operands=("tokens", "weight", "y"), torch="nn.Embedding(tokens, width)")
