"""Which steps of a sequence are there: 1 for a step with any number that is not 0, 0 for padding.

x (N, T) tokens, or (N, T, C) -> present (N, T).  Nothing flows back through it.
So sequences of several lengths fit into one batch: the short ones are filled up with zeros, at which nobody looks.
"""
from ..jit import cube, kernel, like, matrix
from ..registry import Op


@kernel
def forward(m, t):
    x, present = cube(m, t[0]), matrix(m, t[1])
    for n in range(present.shape[0]):
        for step in range(present.shape[1]):
            present[n, step] = 0
            for c in range(x.shape[2]):
                if x[n, step, c] != like(m, 0):
                    present[n, step] = 1


RECORD = Op("present", "Tells the steps of a sequence from the zeros that fill it up.", r"[x_t \neq 0]",
            "a building block", title="Padding mask", forward=forward, operands=("x", "present"), saved=("present",), torch="(x != 0).any(-1)")
