"""Convolution: one small set of weights is laid on every place of a picture, so that a shape is found wherever it is.

x (N, C, H, W), weight (O, C, kh, kw), bias (O,) or none -> y (N, O, Ho, Wo);  s stride, p padding, d dilation
forward    y[n, o, i, j] = b[o] + Σ_c,a,b  weight[o, c, a, b] · x[n, c, i s + a d − p, j s + b d − p]     (0 outside)
           Ho = ⌊(H + 2p − d (kh − 1) − 1) / s⌋ + 1,  Wo likewise
backward   dweight = Σ_n dy · columnsᵀ,   dcolumns = weightᵀ · dy,   and every column is added back to its pixel
As everywhere in the field the kernel is not flipped: strictly this is a correlation.
padded, columns, lines, share: room to work in, for a few pictures at a time (engine/ops/_patches.py says how).
Source: Fukushima, 1980; LeCun and others, 1989.
"""
import numpy as np

from ..jit import begin, flat, kernel, knob, matrix, volume, wanted
from ..knob import Knob
from ..registry import Op
from ._patches import first, fold, frame, pitch_of, unfold
from ._product import multiply, multiply_turned, turned


@kernel
def forward(m, t):
    x, w, y, padded = volume(m, t[0]), volume(m, t[1]), volume(m, t[7]), volume(m, t[3])
    stride, border, dilation = int(knob(t, 0)), int(knob(t, 1)), int(knob(t, 2))
    outputs, depth = w.shape[0], w.shape[1] * w.shape[2] * w.shape[3]
    rows, width, pitch = y.shape[2], y.shape[3], pitch_of(padded, y, stride)
    places = (rows - 1) * pitch + width
    bias = flat(m, t[2])
    for start in range(0, x.shape[0], padded.shape[0]):
        count = min(padded.shape[0], x.shape[0] - start)
        columns, lines = first(flat(m, t[4]), depth, count * places), first(flat(m, t[5]), outputs, count * places)
        frame(x, start, count, border, padded)
        unfold(padded, count, w.shape[2], w.shape[3], dilation, stride, rows, width, pitch, columns)
        multiply(w.reshape(outputs, depth), columns, lines, False)
        for e in range(count):
            for o in range(outputs):
                line, b = lines[o, e * places:], bias[o] if wanted(t[2]) else lines.dtype.type(0)
                for r in range(rows):
                    for q in range(width):
                        y[start + e, o, r, q] = line[r * pitch + q] + b


@kernel
def backward(m, t):
    x, w, dy, padded = volume(m, t[0]), volume(m, t[1]), volume(m, t[15]), volume(m, t[3])
    stride, border, dilation = int(knob(t, 0)), int(knob(t, 1)), int(knob(t, 2))
    outputs, depth = w.shape[0], w.shape[1] * w.shape[2] * w.shape[3]
    rows, width, pitch = dy.shape[2], dy.shape[3], pitch_of(padded, dy, stride)
    places = (rows - 1) * pitch + width
    begin(m, t[9])
    total, upright = matrix(m, t[6]), np.empty(flat(m, t[5]).size, m.dtype)
    if wanted(t[8]):
        begin(m, t[8])
    for start in range(0, x.shape[0], padded.shape[0]):
        count = min(padded.shape[0], x.shape[0] - start)
        columns, lines = first(flat(m, t[4]), depth, count * places), first(flat(m, t[5]), outputs, count * places)
        lines[:] = 0                     # the places that are thrown away have no gradient
        for e in range(count):
            for o in range(outputs):
                line = lines[o, e * places:]
                for r in range(rows):
                    for q in range(width):
                        line[r * pitch + q] = dy[start + e, o, r, q]
        frame(x, start, count, border, padded)
        unfold(padded, count, w.shape[2], w.shape[3], dilation, stride, rows, width, pitch, columns)
        across = first(upright, count * places, outputs)
        turned(lines, across)
        multiply(columns, across, total, start > 0)      # dweightᵀ
        if wanted(t[8]):
            dx = volume(m, t[8])
            multiply_turned(w.reshape(outputs, depth), lines, columns, False)
            fold(columns, count, w.shape[2], w.shape[3], dilation, stride, rows, width, pitch, padded)
            for e in range(count):
                for c in range(x.shape[1]):
                    for i in range(x.shape[2]):
                        for j in range(x.shape[3]):
                            dx[start + e, c, i, j] += padded[e, c, i + border, j + border]
    dw = flat(m, t[9]).reshape(outputs, depth)
    for o in range(outputs):
        for k in range(depth):
            dw[o, k] += total[k, o]
    if wanted(t[10]):
        begin(m, t[10])
        dbias = flat(m, t[10])
        for n in range(dy.shape[0]):
            for o in range(outputs):
                dbias[o] += dy[n, o].sum()


RECORD = Op(
    "conv2d", "Lays one small set of weights on every place of a picture.",
    r"y_{o,i,j} = b_o + \sum_{c,a,b} w_{o,c,a,b}\, x_{c,\,is+ad-p,\,js+bd-p}", "Fukushima, 1980; LeCun and others, 1989",
    title="Convolution", forward=forward, backward=backward,
    operands=("x", "weight", "bias", "padded", "columns", "lines", "share", "y"),
    saved=("padded", "columns", "lines", "share"),
    knobs={"stride": Knob(1, 1, 16, kind="integer", effect="rebuild", symbol="s", help="How far the kernel moves from one place to the next."),
           "padding": Knob(0, 0, 64, kind="integer", effect="rebuild", symbol="p", help="How wide the border of zeros around the picture is."),
           "dilation": Knob(1, 1, 16, kind="integer", effect="rebuild", symbol="d", help="How far apart the kernel's own pixels lie.")},
    torch="nn.Conv2d({inputs}, {outputs}, {kernel}, stride={stride}, padding={padding}, dilation={dilation})")
