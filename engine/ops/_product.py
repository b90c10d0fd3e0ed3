"""Matrix products as the ops need them: plain loops for tiny ones, tiles in registers (engine/tile.py) for all others.

Starting a tile costs about as much as a few hundred multiplications, so only below FEW of them loops win.
"""
import numpy as np

from ..jit import begin, helper, like, part, shared
from ..tile import (
    ROWS,
    add_outer,
    add_outer_turned,
    blank,
    columns_of,
    keep,
    read,
    repeated,
    turn,
)

FEW = 300                                # multiplications
DEPTH = 128                              # of so many products is a tile summed at once: what it reads stays in the nearest cache


# ---------------------------------------------------------------- the product of two matrices, in tiles

@part
def summed(tile, outer, a, b, c, start, n, o, first, last, above, skip, count, begun, add):
    """The tile of c from row n and column o on, without its rows `above` and `skip` columns: the products k = first … last − 1."""
    if add:
        sums = read(tile, c, n, o, count)
    elif begun:
        sums = read(tile, start, n, o, count)
    else:
        sums = tile
    for k in range(first, last):
        sums = outer(sums, a, n, k, b, o, count)
    keep(sums, c, n, o, above, skip if add else 0, count)    # else what is to be skipped holds the same sums already


@part
def strip(wide, narrow, outer, a, b, c, start, n, first, last, above, begun, add):
    """All columns of a strip of rows.  What is left over at the right is done by a tile that lies partly over the one before."""
    full, half, columns, o = columns_of(wide), columns_of(narrow), c.shape[1], 0
    while o + full <= columns:
        summed(wide, outer, a, b, c, start, n, o, first, last, above, 0, None, begun, add)
        o += full
    if columns < half:
        summed(narrow, outer, a, b, c, start, n, 0, first, last, above, 0, columns, begun, add)
    else:
        while o < columns:
            at = min(o, columns - half)
            summed(narrow, outer, a, b, c, start, n, at, first, last, above, o - at, None, begun, add)
            o += half


@helper
def rows_alone(a, b, c, start, begun, add, turned):
    """The same for a few rows, fewer than a tile has, in plain loops."""
    for n in range(c.shape[0]):
        row = c[n]
        if not add:
            for o in range(row.size):
                row[o] = start[0, o] if begun else like(c, 0)
        for k in range(b.shape[0]):
            number, line = a[k, n] if turned else a[n, k], b[k]
            for o in range(row.size):
                row[o] += number * line[o]


@helper
def tiles(outer, a, b, c, start, begun, add, turned):
    """c = a b, with `begun` from the row of sums in `start` on, or c += a b; `outer` and `turned` say how a lies.

    The last rows, too, are done by a tile that lies partly over the one before.
    """
    if c.shape[0] < ROWS:
        rows_alone(a, b, c, start, begun, add, turned)
        return
    for first in range(0, b.shape[0], DEPTH):
        last = min(first + DEPTH, b.shape[0])
        for n in range(0, c.shape[0], ROWS):
            begin = min(n, c.shape[0] - ROWS)
            strip(blank(c, ROWS, 2), blank(c, ROWS, 1), outer, a, b, c, start, begin, first, last, n - begin, begun, add)
        add = True


@shared(2, 2, 2, 2, bool, bool)
def tiles_as_they_lie(a, b, c, start, begun, add):
    """Tiles for an a (N, K) as it lies."""
    tiles(add_outer, a, b, c, start, begun, add, False)


@shared(2, 2, 2, bool)
def tiles_turned(a, b, c, add):
    """Tiles for the turned of an a (K, N)."""
    tiles(add_outer_turned, a, b, c, c, False, add, True)


@shared(2, 2)
def turned(w, out):
    """out = wᵀ, in squares."""
    square = blank(w, 1, 1)
    size = columns_of(square)
    rows, columns = w.shape[0] // size * size, w.shape[1] // size * size
    for n in range(0, rows, size):
        for o in range(0, columns, size):
            turn(square, w, n, o, out)
    for n in range(w.shape[0]):
        for o in range(columns if n < rows else 0, w.shape[1]):
            out[o, n] = w[n, o]


@helper
def multiply(a, b, c, add):
    """c = a b, or c += a b, for a (N, K), b (K, O), c (N, O)."""
    tiles_as_they_lie(a, b, c, c, False, add)


@helper
def multiply_turned(a, b, c, add):
    """c = aᵀ b, or c += aᵀ b, for a (K, N), b (K, O), c (N, O)."""
    tiles_turned(a, b, c, add)


# ---------------------------------------------------------------- the products of a dense layer

@helper
def product(x, w, z):
    """z = x w, for x (N, I), w (I, O), z (N, O)."""
    if z.size * w.shape[0] >= FEW:
        multiply(x, w, z, False)
    else:
        for n in range(z.shape[0]):
            for o in range(z.shape[1]):
                total = like(z, 0)       # summed in a register: memory would have to be read again each time
                for i in range(w.shape[0]):
                    total += x[n, i] * w[i, o]
                z[n, o] = total


@helper
def product_and_bias(x, w, b, z):
    """z = x w + b, for x (N, I), w (I, O), b (O,), z (N, O)."""
    if z.size * w.shape[0] >= FEW:
        tiles_as_they_lie(x, w, z, repeated(b), True, False)
    else:
        for n in range(z.shape[0]):
            for o in range(z.shape[1]):
                total = b[o]
                for i in range(w.shape[0]):
                    total += x[n, i] * w[i, o]
                z[n, o] = total


@helper
def add_left_product(m, row, x, dz, dw):
    """dw += xᵀ dz, for x (N, I), dz (N, O), dw (I, O); `row` is the operand row of dw."""
    if dz.size * dw.shape[0] >= FEW:
        multiply_turned(x, dz, dw, row[1] != 1)           # where nobody wrote before there is nothing to add to
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
        back = np.empty((w.shape[1], w.shape[0]), w.dtype)
        turned(w, back)
        multiply(dz, back, dx, row[1] != 1)
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
