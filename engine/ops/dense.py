"""A weighted sum of all inputs, plus a bias, for each output:  z = x W + b.

x (N, I), weight (I, O), bias (O,) -> z (N, O)
backward  dW = xᵀ dz,   db = Σ_rows dz,   dx = dz Wᵀ
"""
from ..jit import begin, flat, kernel, matrix, wanted
from ..registry import Op
from ._product import add_columns, add_left_product, add_right_product, product_and_bias


@kernel
def forward(m, t):
    product_and_bias(matrix(m, t[0]), matrix(m, t[1]), flat(m, t[2]), matrix(m, t[3]))


@kernel
def backward(m, t):
    x, w, dz = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[7])
    add_left_product(m, t[5], x, dz, matrix(m, t[5]))
    begin(m, t[6])
    add_columns(dz, flat(m, t[6]))
    if wanted(t[4]):
        add_right_product(m, t[4], dz, w, matrix(m, t[4]))


RECORD = Op("dense", "Every output is a weighted sum of all inputs, plus a bias.",
            r"z = x W + b", "Rosenblatt, 1958", forward=forward, backward=backward,
            operands=("x", "weight", "bias", "z"))
