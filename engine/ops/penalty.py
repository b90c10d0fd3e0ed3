"""L1 and L2 penalties: they pull every weight towards zero by adding their slope to its gradient.

penalty  λ₁ Σ|w| + ½ λ₂ Σ w²     slope  λ₁ sign(w) + λ₂ w     (weights only, not biases)
Source: Hoerl and Kennard, 1970 (L2); Tibshirani, 1996 (L1).
"""
from ..jit import flat, kernel, knob, like
from ..registry import Op


@kernel
def forward(m, t):
    w, dw = flat(m, t[0]), flat(m, t[1])
    l1, l2, zero = like(m, knob(t, 0)), like(m, knob(t, 1)), like(m, 0)
    for i in range(w.size):
        pull = l2 * w[i]
        if w[i] > zero:
            pull += l1
        elif w[i] < zero:
            pull -= l1
        dw[i] += pull


RECORD = Op("penalty", "Adds the slope of the L1 and L2 penalties to the gradient of every weight.",
            r"\lambda_1 \sum|w| + \tfrac12 \lambda_2 \sum w^2",
            "Hoerl and Kennard, 1970; Tibshirani, 1996", title="L1 and L2 penalty", forward=forward,
            operands=("w", "dw"))
