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
from ._attention import add_head, gather_head, knobs, largest, piece

BLOCK = 32                               # positions: a block of weights, 4 KB in float32, stays in the nearest cache


@kernel
def forward(m, t):
    q, k, v, saved, room, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), cube(m, t[4]), flat(m, t[5]), matrix(m, t[6])
    n_examples, heads, tq = saved.shape
    tk, d, causal = k.shape[0] // n_examples, y.shape[1] // heads, knob(t, 1) > 0
    scale, one, zero = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 1), like(m, 0)
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i0 in range(0, tq, BLOCK):
                bq = min(BLOCK, tq - i0)
                qh, out = piece(room, 0, bq, d), piece(room, BLOCK * d, bq, d)
                high, mass = room[2 * BLOCK * d:2 * BLOCK * d + bq], room[(2 * d + 1) * BLOCK:(2 * d + 1) * BLOCK + bq]
                gather_head(q, n * tq + i0, q_at, scale, qh)
                out[:], high[:], mass[:] = 0, -np.inf, 0
                for j0 in range(0, i0 + bq if causal else tk, BLOCK):
                    bk, rest = min(BLOCK, tk - j0), (2 * d + 2) * BLOCK
                    kh, vh = piece(room, rest, bk, d), piece(room, rest + BLOCK * d, bk, d)
                    more, p = piece(room, rest + 2 * BLOCK * d, bq, d), piece(room, rest + 3 * BLOCK * d, bq, bk)
                    gather_head(k, n * tk + j0, k_at, one, kh)
                    gather_head(v, n * tk + j0, v_at, one, vh)
                    np.dot(qh, kh.T, p)
                    for i in range(bq):
                        for j in range(bk):
                            hidden = causal and j0 + j > i0 + i or wanted(t[3]) and matrix(m, t[3])[n, j0 + j] == zero
                            p[i, j] = like(m, -np.inf) if hidden else p[i, j]
                        top = largest(p[i])
                        top = high[i] if high[i] > top else top
                        base = zero if top == like(m, -np.inf) else top      # a row that has seen nothing so far
                        shrink = exp(high[i] - base)
                        mass[i] *= shrink
                        for j in range(bk):
                            p[i, j] = exp(p[i, j] - base) if p[i, j] != like(m, -np.inf) else zero
                            mass[i] += p[i, j]
                        for c in range(d):
                            out[i, c] *= shrink
                        high[i] = top
                    np.dot(p, vh, more)
                    for i in range(bq):
                        for c in range(d):
                            out[i, c] += more[i, c]
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
    scale, one, zero = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 1), like(m, 0)
    for j in range(7, 10):
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i0 in range(0, tq, BLOCK):
                bq = min(BLOCK, tq - i0)
                qh, dyh, both = piece(room, 0, bq, d), piece(room, BLOCK * d, bq, d), room[2 * BLOCK * d:2 * BLOCK * d + bq]
                gather_head(q, n * tq + i0, q_at, scale, qh)
                gather_head(dy, n * tq + i0, h * d, one, dyh)
                for i in range(bq):
                    both[i] = 0
                    for c in range(d):
                        both[i] += dyh[i, c] * y[n * tq + i0 + i, h * d + c]
                for j0 in range(0, i0 + bq if causal else tk, BLOCK):
                    bk, rest = min(BLOCK, tk - j0), (2 * d + 2) * BLOCK
                    kh, vh = piece(room, rest, bk, d), piece(room, rest + BLOCK * d, bk, d)
                    more, p = piece(room, rest + 2 * BLOCK * d, max(bq, bk), d), piece(room, rest + 3 * BLOCK * d, bq, bk)
                    slope = piece(room, rest + (3 * d + BLOCK) * BLOCK, bq, bk)
                    gather_head(k, n * tk + j0, k_at, one, kh)
                    gather_head(v, n * tk + j0, v_at, one, vh)
                    np.dot(qh, kh.T, p)
                    for i in range(bq):
                        for j in range(bk):
                            hidden = causal and j0 + j > i0 + i or wanted(t[3]) and matrix(m, t[3])[n, j0 + j] == zero
                            p[i, j] = zero if hidden else exp(p[i, j] - saved[n, h, i0 + i])
                    np.dot(dyh, vh.T, slope)
                    if wanted(t[9]):
                        np.dot(p.T, dyh, more[:bk])
                        add_head(matrix(m, t[9]), n * tk + j0, v_at, one, more[:bk])
                    for i in range(bq):
                        for j in range(bk):
                            slope[i, j] = p[i, j] * (slope[i, j] - both[i])
                    if wanted(t[7]):
                        np.dot(slope, kh, more[:bq])
                        add_head(matrix(m, t[7]), n * tq + i0, q_at, scale, more[:bq])
                    if wanted(t[8]):
                        np.dot(slope.T, qh, more[:bk])
                        add_head(matrix(m, t[8]), n * tk + j0, k_at, one, more[:bk])


RECORD = Op(
    "blockwise_attention", "Attention in blocks: the same result, while the whole table of weights is never held.",
    r"\mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt d}\right) V", "Dao, Fu, Ermon, Rudra and Ré, 2022",
    title="Blockwise attention", forward=forward, backward=backward,
    operands=("q", "k", "v", "present", "saved", "room", "y"), saved=("present", "saved", "room"), knobs=knobs(),
    torch="nn.functional.scaled_dot_product_attention(q, k, v, is_causal={causal})")
