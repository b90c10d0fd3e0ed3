"""Additive attention: a small network with one hidden layer says how well each key answers a question.

query (N·Tq, A), keys (N·Tk, A), v (A,), values (N·Tk, V);  present (N, Tk) is 1 where there is a key, 0 where it is padding
weights (N, 1, L, Tk) is kept to be looked at, in rows `at` to `at` + Tq: a decoder that asks step by step fills one row a step
y (N·Tq, V)
forward    e_ij = Σ_a v_a tanh(query_ia + keys_ja),   p_i = softmax of e_i,   y_i = Σ_j p_ij values_j
backward   dvalues_j += p_ij dy_i,   dp_ij = dy_i · values_j,   de_ij = p_ij (dp_ij − Σ_j p_ij dp_ij),
           with h = tanh(...):   dv += de h,   s = de v (1 − h²),   dquery_i += Σ_j s,   dkeys_j += Σ_i s
A query that may look nowhere, since all its keys are padding, gets zeros.
Source: D. Bahdanau, K. Cho and Y. Bengio, 2015.
"""
import numpy as np

from ..elementary import exp, tanh
from ..jit import begin, flat, kernel, knob, like, matrix, volume, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    query, keys, v, values = matrix(m, t[0]), matrix(m, t[1]), flat(m, t[2]), matrix(m, t[3])
    weights, y, at = volume(m, t[5]), matrix(m, t[6]), int(knob(t, 0))
    n_examples, tk, zero, nowhere = weights.shape[0], weights.shape[3], like(m, 0), like(m, -np.inf)
    tq = query.shape[0] // n_examples
    for n in range(n_examples):
        for i in range(tq):
            p, asked, out = weights[n, 0, at + i], query[n * tq + i], y[n * tq + i]
            high, mass = nowhere, zero
            for j in range(tk):
                p[j] = nowhere
                if not wanted(t[4]) or matrix(m, t[4])[n, j] > zero:
                    key, score = keys[n * tk + j], zero
                    for a in range(v.size):
                        score += v[a] * tanh(asked[a] + key[a])
                    p[j] = score
                    high = high if high > score else score
            for j in range(tk):
                p[j] = exp(p[j] - high) if p[j] != nowhere else zero
                mass += p[j]
            share = zero if mass == zero else like(m, 1) / mass
            out[:] = 0
            for j in range(tk):
                p[j] *= share
                value = values[n * tk + j]
                for c in range(out.size):
                    out[c] += p[j] * value[c]


@kernel
def backward(m, t):
    query, keys, v, values = matrix(m, t[0]), matrix(m, t[1]), flat(m, t[2]), matrix(m, t[3])
    weights, dy, at = volume(m, t[5]), matrix(m, t[13]), int(knob(t, 0))
    n_examples, tk, zero, one = weights.shape[0], weights.shape[3], like(m, 0), like(m, 1)
    tq = query.shape[0] // n_examples
    for j in range(7, 11):
        if wanted(t[j]):
            begin(m, t[j])
    # where a gradient is not wanted its value stands in for it, and nothing is written
    to_query, to_keys, to_v, to_values = wanted(t[7]), wanted(t[8]), wanted(t[9]), wanted(t[10])
    dquery, dkeys = matrix(m, t[7] if to_query else t[0]), matrix(m, t[8] if to_keys else t[1])
    dv, dvalues = flat(m, t[9] if to_v else t[2]), matrix(m, t[10] if to_values else t[3])
    for n in range(n_examples):
        for i in range(tq):
            p, asked, slope, back = weights[n, 0, at + i], query[n * tq + i], dy[n * tq + i], dquery[n * tq + i]
            total = zero                                     # Σ p dp, which is y · dy
            for j in range(tk):
                value, part = values[n * tk + j], zero
                for c in range(slope.size):
                    part += slope[c] * value[c]
                total += p[j] * part
            for j in range(tk):
                key, value, dkey, dvalue, dp = keys[n * tk + j], values[n * tk + j], dkeys[n * tk + j], dvalues[n * tk + j], zero
                for c in range(slope.size):
                    dp += slope[c] * value[c]
                if to_values:
                    for c in range(slope.size):
                        dvalue[c] += p[j] * slope[c]
                de = p[j] * (dp - total)
                for a in range(v.size):
                    h = tanh(asked[a] + key[a])
                    s = de * v[a] * (one - h * h)
                    if to_query:
                        back[a] += s
                    if to_keys:
                        dkey[a] += s
                    if to_v:
                        dv[a] += de * h


RECORD = Op(
    "additive_attention", "A small network says how well each key answers a question; the answer is a mean weighted by that.",
    r"\sum_j \mathrm{softmax}_j\!\left(v^\top \tanh(q_i + k_j)\right) v_j", "D. Bahdanau, K. Cho and Y. Bengio, 2015",
    title="Additive attention", forward=forward, backward=backward,
    operands=("query", "keys", "v", "values", "present", "weights", "y"), saved=("present", "weights"),
    knobs={"at": Knob(0, 0, kind="integer", help="The row of the weights that belongs to the first question.")},
    torch="torch.softmax((torch.tanh(query[:, :, None] + keys[:, None]) * v).sum(-1), -1) @ values")
