"""A dense layer whose weights are whole numbers from −127 to 127, one byte each:  z_o = s_o Σ_i x_i q_io + b_o.

x (N, I);  packed: the I · O bytes of q, four (float32) or eight (float64) to a number of the arena;  scale s (O,) or (1,) for all;
bias (O,) or left out -> z (N, O).  For use only: rounding has no slope, so nothing flows back (engine/quantize.py).
Source: Vanhoucke, Senior and Mao, 2011; Jacob and others, 2018.
"""
import numpy as np

from ..jit import flat, kernel, like, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, scale, z = matrix(m, t[0]), flat(m, t[2]), matrix(m, t[4])
    q = flat(m, t[1]).view(np.int8)
    outputs = z.shape[1]
    for n in range(z.shape[0]):
        row = z[n]
        row[:] = 0
        for i in range(x.shape[1]):
            weights, value = q[i * outputs:(i + 1) * outputs], x[n, i]
            for o in range(outputs):
                row[o] += value * like(m, weights[o])
        for o in range(outputs):
            row[o] *= scale[o if scale.size > 1 else 0]
            if wanted(t[3]):
                row[o] += flat(m, t[3])[o]


RECORD = Op("dense_int8", "A dense layer whose weights are whole numbers of one byte, times a scale.", r"z_o = s_o \sum_i x_i q_{io} + b_o",
            "Vanhoucke, Senior and Mao, 2011; Jacob and others, 2018", title="Dense layer in int8", forward=forward,
            operands=("x", "packed", "scale", "bias", "z"), saved=("packed", "scale"), torch="x @ (q * scale) + bias")
