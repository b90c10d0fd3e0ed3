"""The sum of two tensors: the road that lets a block be skipped.

a, b, y: one shape      y = a + b      backward  da = dy,  db = dy
Both sides get the whole gradient, so that it comes through any number of blocks undiminished.
Source: He, Zhang, Ren and Sun, 2015 (residual learning).
"""
from ..jit import flat, kernel, put, wanted
from ..registry import Op


@kernel
def forward(m, t):
    a, b, y = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    for i in range(y.size):
        y[i] = a[i] + b[i]


@kernel
def backward(m, t):
    dy = flat(m, t[5])
    for j in (3, 4):
        if wanted(t[j]):
            slope = flat(m, t[j])
            if t[j, 1] == 1:             # nobody wrote here before: a copy instead of clearing and adding
                put(dy, slope)
            else:
                for i in range(dy.size):
                    slope[i] += dy[i]


RECORD = Op("add", "Adds two tensors; the gradient goes to both.", "y = a + b", "He, Zhang, Ren and Sun, 2015",
            forward=forward, backward=backward, operands=("a", "b", "y"))
