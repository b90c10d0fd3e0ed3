"""Matrix products as the dense ops need them: plain loops for tiny ones, the BLAS library for all others.

A library call costs about as much as a few hundred multiplications, so only below FEW of them loops win.  Up to
DIRECT multiplications OpenBLAS works on the matrices as they lie; beyond, it first copies them in pieces, which pays
for large ones only.  Many rows times a small matrix, as in a network over all positions of all sequences, are therefore
taken in bands that stay below: that is 1.4 times as fast.
"""
import numpy as np

from ..jit import begin, helper, like

FEW = 300                                # multiplications
DIRECT = 1_000_000
SMALL = 16_384                           # numbers of a weight that is quickly written the other way round


@helper
def band(rows, each):
    """How many of `rows` rows to take at once, where each needs so many multiplications."""
    return rows if rows * each <= DIRECT or 32 * each > DIRECT else max(32, min(128, DIRECT // each // 32 * 32))


@helper
def product(x, w, z):
    """z = x w, for x (N, I), w (I, O), z (N, O)."""
    if z.size * w.shape[0] >= FEW:
        rows = band(x.shape[0], w.size)
        for first in range(0, x.shape[0], rows):
            np.dot(x[first:first + rows], w, z[first:first + rows])
    else:
        for n in range(z.shape[0]):
            for o in range(z.shape[1]):
                total = like(z, 0)       # summed in a register: memory would have to be read again each time
                for i in range(w.shape[0]):
                    total += x[n, i] * w[i, o]
                z[n, o] = total


@helper
def add_left_product(m, row, x, dz, dw):
    """dw += xᵀ dz, for x (N, I), dz (N, O), dw (I, O); `row` is the operand row of dw."""
    if dz.size * dw.shape[0] >= FEW:
        rows, first = band(x.shape[0], dw.size), 0
        if row[1] == 1:                  # nobody wrote here before: the library may write directly
            np.dot(x[:rows].T, dz[:rows], dw)
            first = rows
        for n in range(first, x.shape[0], rows):
            dw += np.dot(x[n:n + rows].T, dz[n:n + rows])
    else:
        begin(m, row)
        for i in range(dw.shape[0]):
            for o in range(dw.shape[1]):
                total = like(dw, 0)
                for n in range(dz.shape[0]):
                    total += x[n, i] * dz[n, o]
                dw[i, o] += total


@helper
def add_right_product(m, row, dz, w, dx):
    """dx += dz wᵀ, for dz (N, O), w (I, O), dx (N, I); `row` is the operand row of dx."""
    if dz.size * w.shape[0] >= FEW:
        if row[1] != 1:
            dx += np.dot(dz, w.T)
        elif dz.shape[0] < 256 or w.size > SMALL:
            np.dot(dz, w.T, dx)
        else:
            turned = np.empty((w.shape[1], w.shape[0]), w.dtype)
            for i in range(w.shape[0]):
                for o in range(w.shape[1]):
                    turned[o, i] = w[i, o]
            product(dz, turned, dx)
    else:
        begin(m, row)
        for n in range(dz.shape[0]):
            for i in range(w.shape[0]):
                total = like(dx, 0)
                for o in range(dz.shape[1]):
                    total += dz[n, o] * w[i, o]
                dx[n, i] += total


@helper
def add_columns(dz, db):
    """db += the sum of every column of dz, for dz (N, O), db (O,)."""
    if dz.shape[1] < 16:
        for o in range(dz.shape[1]):     # few columns: each sum stays in a register
            total = like(db, 0)
            for n in range(dz.shape[0]):
                total += dz[n, o]
            db[o] += total
    else:
        for n in range(dz.shape[0]):     # many: go along the rows, as they lie in memory
            for o in range(dz.shape[1]):
                db[o] += dz[n, o]
