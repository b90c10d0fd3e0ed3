"""A dense layer for each expert, over the rows that came to it and no others.

x (R, I) sorted by expert;  begins (E + 1,): expert e has the rows begins[e] … begins[e + 1] − 1
weight (E, I, O), bias (E, O) -> z (R, O);   z_r = x_r W_e + b_e for the rows of expert e, and 0 for rows that belong to none
backward  dW_e = xᵀ dz,  db_e = Σ dz,  dx = dz W_eᵀ, each over the rows of e: an expert to which nobody came is not touched.
Source: Shazeer and others, 2017.
"""
import numpy as np

from ..jit import begin, cube, flat, kernel, matrix, wanted
from ..registry import Op
from ._product import add_columns, multiply, multiply_turned, product_and_bias, turned


@kernel
def forward(m, t):
    x, begins, w, b, z = matrix(m, t[0]), flat(m, t[1]), cube(m, t[2]), matrix(m, t[3]), matrix(m, t[4])
    for e in range(w.shape[0]):
        first, last = int(begins[e]), int(begins[e + 1])
        if last > first:
            product_and_bias(x[first:last], w[e], b[e], z[first:last])
    z[int(begins[w.shape[0]]):] = 0


@kernel
def backward(m, t):
    x, begins, w, dz = matrix(m, t[0]), flat(m, t[1]), cube(m, t[2]), matrix(m, t[9])
    begin(m, t[7])
    begin(m, t[8])
    dw, db = cube(m, t[7]), matrix(m, t[8])
    if wanted(t[5]):
        begin(m, t[5])
    back = np.empty((w.shape[2], w.shape[1]), w.dtype)
    for e in range(w.shape[0]):
        first, last = int(begins[e]), int(begins[e + 1])
        if last == first:
            continue
        slope = dz[first:last]
        add_columns(slope, db[e])
        multiply_turned(x[first:last], slope, dw[e], True)
        if wanted(t[5]):
            turned(w[e], back)
            multiply(slope, back, matrix(m, t[5])[first:last], True)


RECORD = Op("expert_dense", "A dense layer for each expert, over the rows that came to it and no others.",
            r"z_r = x_r W_{e(r)} + b_{e(r)}", "Shazeer and others, 2017", title="Dense layers of experts", forward=forward, backward=backward,
            operands=("x", "begins", "weight", "bias", "z"), saved=("begins",), torch="torch.baddbmm(bias[:, None], x, weight)")
