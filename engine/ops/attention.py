"""Attention: every position asks all others a question and takes a weighted mean of what they have to say.

q (N·Tq, ·), k, v (N·Tk, ·): queries, keys and values, one row a position; they may be columns of one packed matrix,
    and the knobs say at which column each begins.  present (N, Tk) is 1 where there is a key, 0 where it is padding.
weights (N, heads, Tq, Tk) is kept to be looked at; y (N·Tq, heads·d)
forward    for each head:   S = q kᵀ / √d,   P = softmax of each row of S,   y = P v
backward   dv = Pᵀ dy,   dP = dy vᵀ,   dS = P (dP − Σ_j P dP),   dq = dS k / √d,   dk = dSᵀ q / √d
Source: Vaswani and others, 2017; as a way to look back at a source sentence: Bahdanau, Cho and Bengio, 2014.

A query that may look nowhere, since all its keys are padding, gets zeros.
"""
import numpy as np

from ..jit import begin, flat, kernel, knob, like, matrix, volume, wanted
from ..registry import Op
from ._attention import add_head, allow, gather_head, gather_turned, knobs, piece, softmax_rows, softmax_slope


@kernel
def forward(m, t):
    q, k, v, weights, room, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), flat(m, t[5]), matrix(m, t[6])
    n_examples, heads, tq, tk = weights.shape
    d, causal = y.shape[1] // heads, knob(t, 1) > 0
    scale, one = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 1)
    q_at, k_at, v_at = int(knob(t, 3)), int(knob(t, 4)), int(knob(t, 5))
    qh, kh, vh = piece(room, 0, tq, d), piece(room, tq * d, d, tk), piece(room, (tq + tk) * d, tk, d)
    yh, rest = piece(room, (tq + 2 * tk) * d, tq, d), (2 * tq + 2 * tk) * d
    seen, everywhere = piece(room, rest, tq, tk), room[rest + tq * tk:rest + tq * tk + tk]
    everywhere[:] = 1
    allow(seen, everywhere, causal)
    for n in range(n_examples):
        if wanted(t[3]):
            allow(seen, matrix(m, t[3])[n], causal)
        for h in range(heads):
            gather_head(q, n * tq, q_at + h * d, scale, qh)
            gather_turned(k, n * tk, k_at + h * d, kh)
            gather_head(v, n * tk, v_at + h * d, one, vh)
            np.dot(qh, kh, weights[n, h])
            softmax_rows(weights[n, h], seen)
            np.dot(weights[n, h], vh, yh)
            for i in range(tq):
                for c in range(d):
                    y[n * tq + i, h * d + c] = yh[i, c]


@kernel
def backward(m, t):
    q, k, v, weights, room, dy = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), flat(m, t[5]), matrix(m, t[13])
    n_examples, heads, tq, tk = weights.shape
    d = dy.shape[1] // heads
    scale, one = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 1)
    q_at, k_at, v_at = int(knob(t, 3)), int(knob(t, 4)), int(knob(t, 5))
    qh, kh, vh = piece(room, 0, tq, d), piece(room, tq * d, tk, d), piece(room, (tq + tk) * d, d, tk)
    dvh = piece(room, (tq + tk) * d, tk, d)              # the place of the values, once they are not needed any more
    dyh, slope = piece(room, (tq + 2 * tk) * d, tq, d), piece(room, (2 * tq + 2 * tk) * d, tq, tk)
    for j in range(7, 10):               # first all three are cleared, since they may be one matrix
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(n_examples):
        for h in range(heads):
            gather_head(q, n * tq, q_at + h * d, scale, qh)
            gather_head(k, n * tk, k_at + h * d, one, kh)
            gather_turned(v, n * tk, v_at + h * d, vh)
            gather_head(dy, n * tq, h * d, one, dyh)
            np.dot(dyh, vh, slope)
            if wanted(t[9]):
                np.dot(weights[n, h].T, dyh, dvh)
                add_head(matrix(m, t[9]), n * tk, v_at + h * d, one, dvh)
            softmax_slope(weights[n, h], slope)
            if wanted(t[7]):
                np.dot(slope, kh, dyh)
                add_head(matrix(m, t[7]), n * tq, q_at + h * d, scale, dyh)
            if wanted(t[8]):
                np.dot(slope.T, qh, kh)                  # qh holds q / √d already
                add_head(matrix(m, t[8]), n * tk, k_at + h * d, one, kh)


RECORD = Op(
    "attention", "Every position takes a weighted mean of all others, weighted by how well they answer its question.",
    r"\mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt d}\right) V", "Vaswani and others, 2017", title="Attention",
    forward=forward, backward=backward, operands=("q", "k", "v", "present", "weights", "room", "y"),
    saved=("present", "weights", "room"), knobs=knobs(),
    torch="nn.functional.scaled_dot_product_attention(q, k, v, is_causal={causal})")
