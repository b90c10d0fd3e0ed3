"""Teacher forcing: at every step a decoder is shown the right answer of the step before, at the first a start token.

target (N, L) class numbers, -1 where nothing is asked -> tokens (N, L);  tokens[:, 0] = start, tokens[:, k] = target[:, k-1]
Where nothing was asked before, the start token is shown too.  Nothing of it can be learned, so there is no gradient.
In prediction the rows of `target` hold the network's own answers so far (engine/measure.py).
Source: R. Williams and D. Zipser, 1989.
"""
from ..jit import kernel, knob, like, matrix
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    target, tokens, start = matrix(m, t[0]), matrix(m, t[1]), like(m, knob(t, 0))
    for n in range(tokens.shape[0]):
        tokens[n, 0] = start
        for k in range(1, tokens.shape[1]):
            tokens[n, k] = start if target[n, k - 1] < 0 else target[n, k - 1]


RECORD = Op("shift_right", "Shows a decoder the right answer of the step before.", r"u_k = y_{k-1}",
            "R. Williams and D. Zipser, 1989", forward=forward, operands=("target", "tokens"),
            saved=("target", "tokens"), torch="(lambda y: nn.functional.pad(y, (1, 0))[:, :-1])",
            knobs={"start": Knob(0, 0, kind="integer", help="The number of the start token.")})
