"""A weighted sum of all inputs for each output, with no bias:  z = x W.

x (N, I), weight (I, O) -> z (N, O)
backward  dW = xᵀ dz,   dx = dz Wᵀ
"""
from ..jit import kernel, matrix, wanted
from ..registry import Op
from ._product import add_left_product, add_right_product, product


@kernel
def forward(m, t):
    product(matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]))


@kernel
def backward(m, t):
    x, w, dz = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[5])
    add_left_product(m, t[4], x, dz, matrix(m, t[4]))
    if wanted(t[3]):
        add_right_product(m, t[3], dz, w, matrix(m, t[3]))


RECORD = Op("dense_without_bias", "Every output is a weighted sum of all inputs; the sum passes through the origin.",
            r"z = x W", "Rosenblatt, 1958", forward=forward, backward=backward, operands=("x", "weight", "z"))
