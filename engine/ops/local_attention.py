"""Local attention: every position looks only at its neighbours, so work grows with the length, not with its square.

q, k, v: columns of rows as in attention.py, N·T rows;  present (N, T);  weights (N, heads, T, W);  y (N·T, heads·d)
weights[n, h, i, o] is the weight that position i gives to position j = i − before + o, and 0 where j is outside;
W = before + 1 + after, where after = 0 if causal.
forward    s_io = q_i · k_j / √d,   p = softmax over o,   y_i = Σ_o p_io v_j
backward   as in attention.py, over the window only
Source: Luong, Pham and Manning, 2015 (local attention); Beltagy, Peters and Cohan, 2020 (sliding windows).
"""
import numpy as np

from ..elementary import exp
from ..jit import begin, kernel, knob, like, matrix, volume, wanted
from ..knob import Knob
from ..registry import Op
from ._attention import knobs


@kernel
def forward(m, t):
    q, k, v, weights, y = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), matrix(m, t[5])
    n_examples, heads, steps, window = weights.shape
    d, before = y.shape[1] // heads, int(knob(t, 6))
    scale, zero = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 0)
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i in range(steps):
                p, out = weights[n, h, i], y[n * steps + i, h * d:(h + 1) * d]
                asked, high = q[n * steps + i, q_at:q_at + d], like(m, -np.inf)
                for o in range(window):
                    p[o] = like(m, -np.inf)
                first, last = max(0, before - i), min(window, steps + before - i)
                for o in range(first, last):
                    j = i - before + o
                    if not wanted(t[3]) or matrix(m, t[3])[n, j] > zero:
                        key, score = k[n * steps + j, k_at:k_at + d], zero
                        for c in range(d):
                            score += asked[c] * key[c]
                        p[o] = score * scale
                        high = high if high > p[o] else p[o]
                mass = zero
                for o in range(window):
                    p[o] = exp(p[o] - high) if p[o] != like(m, -np.inf) else zero
                    mass += p[o]
                share = zero if mass == zero else like(m, 1) / mass
                out[:] = 0
                for o in range(first, last):
                    value, part = v[n * steps + i - before + o, v_at:v_at + d], p[o] * share
                    p[o] = part
                    for c in range(d):
                        out[c] += part * value[c]


@kernel
def backward(m, t):
    q, k, v, weights, dy = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), volume(m, t[4]), matrix(m, t[11])
    n_examples, heads, steps, window = weights.shape
    d, before = dy.shape[1] // heads, int(knob(t, 6))
    scale, zero = like(m, 1 / np.sqrt(d) if knob(t, 2) > 0 else 1.0), like(m, 0)
    for j in range(6, 9):                # first all three are cleared, since they may be one matrix
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(n_examples):
        for h in range(heads):
            q_at, k_at, v_at = int(knob(t, 3)) + h * d, int(knob(t, 4)) + h * d, int(knob(t, 5)) + h * d
            for i in range(steps):
                p, slope, row = weights[n, h, i], dy[n * steps + i, h * d:(h + 1) * d], n * steps + i
                first, last = max(0, before - i), min(window, steps + before - i)
                total = zero                                     # Σ p dp, which is y · dy
                for o in range(first, last):
                    for c in range(d):
                        total += p[o] * slope[c] * v[row - before + o, v_at + c]
                for o in range(first, last):
                    other, dp = row - before + o, zero
                    for c in range(d):
                        dp += slope[c] * v[other, v_at + c]
                    ds = scale * p[o] * (dp - total)
                    if wanted(t[6]):
                        dq = matrix(m, t[6])[row, q_at:q_at + d]
                        for c in range(d):
                            dq[c] += ds * k[other, k_at + c]
                    if wanted(t[7]):
                        dk = matrix(m, t[7])[other, k_at:k_at + d]
                        for c in range(d):
                            dk[c] += ds * q[row, q_at + c]
                    if wanted(t[8]):
                        dv = matrix(m, t[8])[other, v_at:v_at + d]
                        for c in range(d):
                            dv[c] += p[o] * slope[c]


RECORD = Op(
    "local_attention", "Every position takes a weighted mean of its neighbours only, so work grows with the length alone.",
    r"\sum_{|i - j| \le w} \mathrm{softmax}_j\!\left(\frac{q_i \cdot k_j}{\sqrt d}\right) v_j", "Luong, Pham and Manning, 2015",
    title="Local attention", forward=forward, backward=backward, operands=("q", "k", "v", "present", "weights", "y"),
    saved=("present", "weights"),
    knobs=knobs() | {"before": Knob(8, 0, kind="integer", help="How many positions back are looked at.")},
    torch="nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=band)")
