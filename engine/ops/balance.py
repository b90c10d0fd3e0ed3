"""The load-balance loss: what it costs that some experts get more rows than others.

p (N, E) shares of the router, chosen (N, k) the experts chosen -> y (1,)
forward   y = strength · E Σ_e f_e P_e,   f_e: share of all choices that went to e,   P_e: mean of p over the rows
          strength where all have the same load, strength · E where one has all
backward  dp_ne += dy · strength · E f_e / N.   f_e counts and has no slope; the slope through P_e lowers the shares of the
          overloaded most.
It is added to what training minimises (Graph.penalties), not to the loss that is shown.
Source: Fedus, Zoph and Shazeer, 2021; after Shazeer and others, 2017.
"""
from ..jit import begin, flat, helper, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op


@helper
def load_of(chosen, e):
    """The share of all choices that went to expert e."""
    count = 0
    for i in range(chosen.size):
        count += int(chosen[i]) == e
    return like(chosen, count) / like(chosen, chosen.size)


@kernel
def forward(m, t):
    p, chosen, y = matrix(m, t[0]), flat(m, t[1]), flat(m, t[2])
    total = like(m, 0)
    for e in range(p.shape[1]):
        mass = like(m, 0)
        for n in range(p.shape[0]):
            mass += p[n, e]
        total += load_of(chosen, e) * mass
    y[0] = like(m, knob(t, 0) * p.shape[1]) * total / like(m, p.shape[0])


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        chosen, dp, dy = flat(m, t[1]), matrix(m, t[3]), flat(m, t[5])
        share = dy[0] * like(m, knob(t, 0) * dp.shape[1]) / like(m, dp.shape[0])
        for e in range(dp.shape[1]):
            pull = share * load_of(chosen, e)
            for n in range(dp.shape[0]):
                dp[n, e] += pull


RECORD = Op("balance", "What it costs that some experts get more to do than others.", r"L_{\mathrm{balance}} = \alpha E \sum_e f_e P_e",
            "Fedus, Zoph and Shazeer, 2021", title="Load-balance loss", forward=forward, backward=backward,
            operands=("p", "chosen", "y"), saved=("chosen",),
            knobs={"strength": Knob(0.01, 0.0, 100.0, symbol="α", help="How much it counts beside the loss.")},
            torch="strength * E * (f * p.mean(0)).sum()")
