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
from ._attention import allow, knobs, piece, softmax_rows, softmax_slope
from ._product import multiply, multiply_turned, turned


@kernel
def forward(m, t):
    q, k, v, weights, room, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), flat(m, t[5]), matrix(m, t[6])
    n_examples, heads, tq, tk = weights.shape
    d, causal = y.shape[1] // heads, knob(t, 1) > 0
    scale = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0)
    across, seen, everywhere = piece(room, 0, d, tk), piece(room, d * tk, tq, tk), room[(d + tq) * tk:(d + tq) * tk + tk]
    everywhere[:] = 1
    allow(seen, everywhere, causal)
    for n in range(n_examples):
        queries, keys = slice(n * tq, (n + 1) * tq), slice(n * tk, (n + 1) * tk)
        if wanted(t[3]):
            allow(seen, matrix(m, t[3])[n], causal)
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            turned(k[keys, k_at:k_at + d], across)
            multiply(q[queries, q_at:q_at + d], across, weights[n, h], False)
            softmax_rows(weights[n, h], seen, scale)
            multiply(weights[n, h], v[keys, v_at:v_at + d], y[queries, h * d:(h + 1) * d], False)


@kernel
def backward(m, t):
    q, k, v, weights, room, dy = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), flat(m, t[5]), matrix(m, t[13])
    n_examples, heads, tq, tk = weights.shape
    d = dy.shape[1] // heads
    scale = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0)
    across, slope = piece(room, 0, d, tk), piece(room, d * tk, tq, tk)
    for j in range(7, 10):               # first all three are cleared, since they may be one matrix
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(n_examples):
        queries, keys = slice(n * tq, (n + 1) * tq), slice(n * tk, (n + 1) * tk)
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            asked, told = weights[n, h], dy[queries, h * d:(h + 1) * d]
            turned(v[keys, v_at:v_at + d], across)
            multiply(told, across, slope, False)
            softmax_slope(asked, slope, scale)
            if wanted(t[9]):
                multiply_turned(asked, told, matrix(m, t[9])[keys, v_at:v_at + d], True)
            if wanted(t[7]):
                multiply(slope, k[keys, k_at:k_at + d], matrix(m, t[7])[queries, q_at:q_at + d], True)
            if wanted(t[8]):
                multiply_turned(slope, q[queries, q_at:q_at + d], matrix(m, t[8])[keys, k_at:k_at + d], True)


RECORD = Op(
    "attention", "Every position takes a weighted mean of all others, weighted by how well they answer its question.",
    r"\mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt d}\right) V", "Vaswani and others, 2017", title="Attention",
    forward=forward, backward=backward, operands=("q", "k", "v", "present", "weights", "room", "y"),
    saved=("present", "weights", "room"), knobs=knobs(),
    torch="nn.functional.scaled_dot_product_attention(q, k, v, is_causal={causal})")
