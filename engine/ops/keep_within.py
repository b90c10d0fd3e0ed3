"""Keeping numbers within limits: what has gone too far is put back onto the edge (a projection onto a box).

x, low, high (P,)     x ← min(max(x, low), high)
Source: projected gradient methods, A. A. Goldstein, 1964; E. S. Levitin and B. T. Polyak, 1966.
"""
from ..jit import flat, kernel
from ..registry import Op


@kernel
def forward(m, t):
    x, low, high = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    for i in range(x.size):
        x[i] = low[i] if x[i] < low[i] else high[i] if x[i] > high[i] else x[i]      # NaN stays and is seen


RECORD = Op("keep_within", "Puts what has gone beyond a limit back onto it.",
            r"x \leftarrow \min(\max(x, a), b)", "A. A. Goldstein, 1964; E. S. Levitin and B. T. Polyak, 1966",
            title="keep within", forward=forward, operands=("x", "low", "high"))
