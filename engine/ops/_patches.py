"""Pictures unfolded into columns, so that a convolution is one matrix product:  y = W · columns  ("im2col").

A few pictures at a time are laid out with their border of zeros, `padded` (G, C, Hp, Wp); then row k = (channel,
kernel row, kernel column) of `columns` (K, G · P) holds, for every place where the kernel may lie, the pixel under it.

    stride 1   the rows of a padded picture lie end to end, so all places of one k are one unbroken piece of it, begun
               at that pixel of the kernel: a plain copy.  Places at a row's end, where the kernel would reach into the
               next row, are computed too and thrown away: the pitch, the step from row to row, is Wp.
    else       every pixel is fetched by itself, and the pitch is the output's width.

P = (Ho − 1) · pitch + Wo places a picture.  Unfolding costs a copy of K numbers a place, but the matrix product that it
makes possible is five to ten times as fast as six loops.
Source: Chellapilla, Puri and Simard, 2006.
"""
from ..jit import helper


@helper
def pitch_of(padded, y, stride):
    """The step from one row of places to the next."""
    return padded.shape[3] if stride == 1 else y.shape[3]


@helper
def frame(x, start, count, border, padded):
    """padded ← pictures start … start + count − 1 of x (N, C, H, W) within a border of zeros."""
    padded[:count] = 0
    for e in range(count):
        for c in range(x.shape[1]):
            for i in range(x.shape[2]):
                for j in range(x.shape[3]):
                    padded[e, c, i + border, j + border] = x[start + e, c, i, j]


@helper
def unfold(padded, count, high, wide, dilation, stride, rows, width, pitch, columns):
    """columns (K, count · P) ← the pixels under a kernel of high × wide, for rows × width places."""
    places = (rows - 1) * pitch + width
    line = padded.shape[3]
    for c in range(padded.shape[1]):
        for i in range(high):
            for j in range(wide):
                k = (c * high + i) * wide + j
                shift = i * dilation * line + j * dilation
                for e in range(count):
                    source, target = padded[e, c].reshape(-1)[shift:], columns[k, e * places:(e + 1) * places]
                    if stride == 1:
                        for p in range(places):
                            target[p] = source[p]
                    else:
                        for r in range(rows):
                            for q in range(width):
                                target[r * pitch + q] = source[(r * line + q) * stride]


@helper
def fold(columns, count, high, wide, dilation, stride, rows, width, pitch, padded):
    """The way back: every number of columns is added to the pixel that it came from."""
    places = (rows - 1) * pitch + width
    line = padded.shape[3]
    padded[:count] = 0
    for c in range(padded.shape[1]):
        for i in range(high):
            for j in range(wide):
                k = (c * high + i) * wide + j
                shift = i * dilation * line + j * dilation
                for e in range(count):
                    target, source = padded[e, c].reshape(-1)[shift:], columns[k, e * places:(e + 1) * places]
                    if stride == 1:
                        for p in range(places):
                            target[p] += source[p]
                    else:
                        for r in range(rows):
                            for q in range(width):
                                target[(r * line + q) * stride] += source[r * pitch + q]


@helper
def first(buffer, rows, columns):
    """The beginning of a buffer as a matrix of so many rows and columns."""
    return buffer.reshape(-1)[:rows * columns].reshape(rows, columns)
