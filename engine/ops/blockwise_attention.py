"""Blockwise attention: the same result as attention.py, without ever holding the whole table of weights.

q, k, v: columns of rows as in attention.py;  present (N, Tk);  saved (N, heads, Tq) keeps ln Σ_j e^(s_ij);
room: the places of a few blocks of BLOCK positions;  y (N·Tq, heads·d)

forward    a softmax can be computed in one pass: keep the largest score m so far, the mass l = Σ e^(s − m) and the sum
           o = Σ e^(s − m) v.  When a block brings a larger score m', all three are scaled by e^(m − m').
           In the end y = o / l and saved = m + ln l.
backward   the weights are computed again block by block, p_ij = e^(s_ij − saved_i), and then as in attention.py, where
           Σ_j p dp = y · dy
Memory grows with the length, not its square; the work stays the same.
Source: Milakov and Gimelshein, 2018 (the softmax in one pass); Dao, Fu, Ermon, Rudra and Ré, 2022 (FlashAttention).
"""
import numpy as np

from ..elementary import exp, log
from ..jit import begin, cube, flat, kernel, knob, like, matrix, wanted
from ..registry import Op
from ._attention import knobs, largest, piece
from ._product import multiply, multiply_turned, turned

BLOCK = 32                               # positions: a block of weights, 4 KB in float32, stays in the nearest cache


@kernel
def forward(m, t):
    q, k, v, saved, room, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), cube(m, t[4]), flat(m, t[5]), matrix(m, t[6])
    n_examples, heads, tq = saved.shape
    tk, d, causal = k.shape[0] // n_examples, y.shape[1] // heads, knob(t, 1) > 0
    scale, one, zero, lowest = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 1), like(m, 0), like(m, -np.inf)
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i0 in range(0, tq, BLOCK):
                bq = min(BLOCK, tq - i0)
                asked, out = q[n * tq + i0:n * tq + i0 + bq, q_at:q_at + d], piece(room, 0, bq, d)
                high, mass = room[BLOCK * d:BLOCK * d + bq], room[BLOCK * (d + 1):BLOCK * (d + 1) + bq]
                out[:], high[:], mass[:] = 0, -np.inf, 0
                for j0 in range(0, i0 + bq if causal else tk, BLOCK):
                    bk = min(BLOCK, tk - j0)
                    keys = slice(n * tk + j0, n * tk + j0 + bk)
                    across, p = piece(room, BLOCK * (d + 2), d, bk), piece(room, BLOCK * (2 * d + 2), bq, bk)
                    turned(k[keys, k_at:k_at + d], across)
                    multiply(asked, across, p, False)
                    for i in range(bq):
                        for j in range(bk):
                            hidden = causal and j0 + j > i0 + i or wanted(t[3]) and matrix(m, t[3])[n, j0 + j] == zero
                            p[i, j] = lowest if hidden else scale * p[i, j]
                        top = largest(p[i])
                        top = high[i] if high[i] > top else top
                        base = zero if top == lowest else top                # a row that has seen nothing so far
                        shrink = exp(high[i] - base)
                        mass[i] *= shrink
                        for j in range(bk):
                            p[i, j] = exp(p[i, j] - base) if p[i, j] != lowest else zero
                            mass[i] += p[i, j]
                        for c in range(d):
                            out[i, c] *= shrink
                        high[i] = top
                    multiply(p, v[keys, v_at:v_at + d], out, True)
                for i in range(bq):
                    share = zero if mass[i] == zero else one / mass[i]
                    saved[n, h, i0 + i] = zero if mass[i] == zero else high[i] + log(mass[i])
                    for c in range(d):
                        y[n * tq + i0 + i, h * d + c] = out[i, c] * share


@kernel
def backward(m, t):
    q, k, v, saved, room = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), cube(m, t[4]), flat(m, t[5])
    y, dy = matrix(m, t[6]), matrix(m, t[13])
    n_examples, heads, tq = saved.shape
    tk, d, causal = k.shape[0] // n_examples, y.shape[1] // heads, knob(t, 1) > 0
    scale, zero = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 0)
    for j in range(7, 10):
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i0 in range(0, tq, BLOCK):
                bq = min(BLOCK, tq - i0)
                queries, both = slice(n * tq + i0, n * tq + i0 + bq), room[:bq]
                asked, told, said = q[queries, q_at:q_at + d], dy[queries, h * d:(h + 1) * d], y[queries, h * d:(h + 1) * d]
                for i in range(bq):
                    both[i] = 0
                    for c in range(d):
                        both[i] += told[i, c] * said[i, c]
                for j0 in range(0, i0 + bq if causal else tk, BLOCK):
                    bk = min(BLOCK, tk - j0)
                    keys = slice(n * tk + j0, n * tk + j0 + bk)
                    across, p = piece(room, BLOCK, d, bk), piece(room, BLOCK * (d + 1), bq, bk)
                    slope = piece(room, BLOCK * (d + 1 + BLOCK), bq, bk)
                    turned(k[keys, k_at:k_at + d], across)
                    multiply(asked, across, p, False)
                    for i in range(bq):
                        for j in range(bk):
                            hidden = causal and j0 + j > i0 + i or wanted(t[3]) and matrix(m, t[3])[n, j0 + j] == zero
                            p[i, j] = zero if hidden else exp(scale * p[i, j] - saved[n, h, i0 + i])
                    turned(v[keys, v_at:v_at + d], across)
                    multiply(told, across, slope, False)
                    if wanted(t[9]):
                        multiply_turned(p, told, matrix(m, t[9])[keys, v_at:v_at + d], True)
                    for i in range(bq):
                        for j in range(bk):
                            slope[i, j] = scale * p[i, j] * (slope[i, j] - both[i])
                    if wanted(t[7]):
                        multiply(slope, k[keys, k_at:k_at + d], matrix(m, t[7])[queries, q_at:q_at + d], True)
                    if wanted(t[8]):
                        multiply_turned(slope, asked, matrix(m, t[8])[keys, k_at:k_at + d], True)


RECORD = Op(
    "blockwise_attention", "Attention in blocks: the same result, while the whole table of weights is never held.",
    r"\mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt d}\right) V", "Dao, Fu, Ermon, Rudra and Ré, 2022",
    title="Blockwise attention", forward=forward, backward=backward,
    operands=("q", "k", "v", "present", "saved", "room", "y"), saved=("present", "saved", "room"), knobs=knobs(),
    torch="nn.functional.scaled_dot_product_attention(q, k, v, is_causal={causal})")
