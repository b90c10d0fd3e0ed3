"""A dense layer whose weight is read the other way round:  z = x Wᵀ.

x (N, D), weight (V, D) -> z (N, V).  With the table of an embedding as W, a token's logit is how well its vector fits x.
backward  dW = dzᵀ x,   dx = dz W
Source: Press and Wolf, 2016 (tied embeddings).
"""
import numpy as np

from ..jit import kernel, matrix, wanted
from ..registry import Op
from ._product import add_left_product, multiply, turned


@kernel
def forward(m, t):
    x, w, z = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2])
    upright = np.empty((w.shape[1], w.shape[0]), w.dtype)
    turned(w, upright)
    multiply(x, upright, z, False)


@kernel
def backward(m, t):
    x, w, dz = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[5])
    if wanted(t[4]):
        add_left_product(m, t[4], dz, x, matrix(m, t[4]))
    if wanted(t[3]):
        multiply(dz, w, matrix(m, t[3]), t[3, 1] != 1)


RECORD = Op("dense_transposed", "A dense layer that reads its weight the other way round, as tied embeddings do.",
            r"z = x W^\top", "Press and Wolf, 2016", title="Tied output", forward=forward, backward=backward,
            operands=("x", "weight", "z"), torch="x @ weight.T")
