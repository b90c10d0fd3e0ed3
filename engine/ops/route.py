"""Sends every row to a few of many experts: the k with the largest shares, until an expert has no room left.

p (N, E) shares of a softmax over E experts -> chosen (N, k) their numbers, largest share first;  gates (N, k) how much each
counts;  slot (N, k) the row's place in a table sorted by expert, -1 where it found no room;  begins (E + 1,) the place at
which each expert's part of that table begins, the last being how many places are taken.

forward    k = 1: gate = p of the chosen one, so that a slope reaches the router (Switch);
           k > 1: gate_j = p_j / Σ_chosen p, which is the softmax over the chosen logits alone (Shazeer)
room       an expert takes at most ⌈capacity · k N / E⌉ rows, first choices before second ones; capacity 0 means any number
inference  the same with room for all, so that an answer does not depend on which rows come with it
backward   k = 1: dp += dgate;   k > 1: dp_j += (dgate_j − Σ gate dgate) / Σ_chosen p.   Which ones are chosen has no slope.
Source: Shazeer and others, 2017 (top-k); Fedus, Zoph and Shazeer, 2021 (top-1, capacity).
"""
import math

from ..jit import begin, flat, helper, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op


@helper
def choose(p, chosen, gates):
    """Fill `chosen` and `gates` from the shares."""
    zero, one = like(p, 0), like(p, 1)
    for n in range(p.shape[0]):
        total = zero
        for j in range(chosen.shape[1]):
            best = -1
            for e in range(p.shape[1]):
                free = True
                for i in range(j):
                    free = free and int(chosen[n, i]) != e
                if free and (best < 0 or p[n, e] > p[n, best]):
                    best = e
            chosen[n, j] = best
            gates[n, j] = p[n, best]
            total += p[n, best]
        if chosen.shape[1] > 1:
            for j in range(chosen.shape[1]):
                gates[n, j] *= one / total


@helper
def seat(chosen, slot, begins, limit):
    """Fill `slot` and `begins`: experts side by side, each with at most `limit` rows."""
    begins[:] = 0
    for j in range(chosen.shape[1]):
        for n in range(chosen.shape[0]):
            e = int(chosen[n, j])
            slot[n, j] = -1
            if begins[e + 1] < limit:
                slot[n, j] = begins[e + 1]
                begins[e + 1] += like(begins, 1)
    for e in range(1, begins.size):
        begins[e] += begins[e - 1]
    for n in range(chosen.shape[0]):
        for j in range(chosen.shape[1]):
            if slot[n, j] >= like(slot, 0):
                slot[n, j] += begins[int(chosen[n, j])]


@kernel
def forward(m, t):
    p, chosen, slot, begins, gates = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), flat(m, t[3]), matrix(m, t[4])
    choose(p, chosen, gates)
    capacity = knob(t, 0)
    seat(chosen, slot, begins, like(m, math.ceil(capacity * chosen.size / p.shape[1]) if capacity > 0 else chosen.size))


@kernel
def inference(m, t):
    p, chosen, slot, begins, gates = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), flat(m, t[3]), matrix(m, t[4])
    choose(p, chosen, gates)
    seat(chosen, slot, begins, like(m, chosen.size))


@kernel
def backward(m, t):
    if wanted(t[5]):
        begin(m, t[5])
        p, chosen, gates = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[4])
        dp, dgates = matrix(m, t[5]), matrix(m, t[9])
        for n in range(p.shape[0]):
            if chosen.shape[1] == 1:
                dp[n, int(chosen[n, 0])] += dgates[n, 0]
                continue
            total, mean = like(m, 0), like(m, 0)
            for j in range(chosen.shape[1]):
                total += p[n, int(chosen[n, j])]
                mean += gates[n, j] * dgates[n, j]
            for j in range(chosen.shape[1]):
                dp[n, int(chosen[n, j])] += (dgates[n, j] - mean) / total


RECORD = Op(
    "route", "Sends every row to the few experts that the router gives the largest shares, until one is full.",
    r"g_j = p_j \Big/ \sum_{i \in \mathrm{top}_k(p)} p_i \quad (k = 1:\ g = p)",
    "Shazeer and others, 2017; Fedus, Zoph and Shazeer, 2021", title="Router", forward=forward, backward=backward, inference=inference,
    operands=("p", "chosen", "slot", "begins", "gates"), saved=("chosen", "slot", "begins"),
    knobs={"capacity": Knob(0.0, 0.0, 100.0, symbol="c",
                            help="How many times its even share of the rows an expert takes at most; 0 takes all that come.")},
    torch="torch.topk(p, k)")
