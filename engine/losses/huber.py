"""Huber loss: half the squared error where it is small, a straight line where it is large.

Shapes: z and target are (N, C), loss is (1,).  With e = z - target and δ knob 0:
loss = 1/(NC) Σ ½ e² where |e| ≤ δ, δ (|e| - ½ δ) elsewhere; dz += 1/(NC) times e cut to the range from -δ to δ.
"""
from ..jit import begin, flat, kernel, knob, like
from ..knob import Knob
from ..registry import Loss
from ._targets import one_hot, signs, values


@kernel
def forward(m, t):
    z, target, loss = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    delta, half = like(m, knob(t, 0)), like(m, 0.5)
    total = like(m, 0.0)
    for i in range(z.size):
        e = abs(z[i] - target[i])
        total += half * e * e if e <= delta else delta * (e - half * delta)
    loss[0] = total / like(m, z.size)


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = flat(m, t[0]), flat(m, t[1]), flat(m, t[3])
    delta = like(m, knob(t, 0))
    share = like(m, 1.0) / like(m, z.size)
    for i in range(z.size):
        e = z[i] - target[i]
        e = delta if e > delta else e
        e = -delta if e < -delta else e
        dz[i] += share * e


def outputs(task, n):
    """Two classes need one output, aimed at -1 and +1; more classes one each, aimed at 0 and 1."""
    return 1 if task == "binary" else n


def target(task, y, n):
    return signs(y) if task == "binary" else one_hot(y, n) if task == "classes" else values(y)


RECORD = Loss(
    "huber", title="Huber",
    sentence="Half the squared error for small errors, but only proportional for large ones, so that outliers pull less.",
    formula=r"L = \frac{1}{NC} \sum \begin{cases} \frac12 e^2 & |e| \le \delta \\"
            r" \delta (|e| - \frac12 \delta) & |e| > \delta \end{cases}, \quad e = z - y",
    source="P. J. Huber, 1964",
    knobs={"delta": Knob(1.0, 1e-3, 100.0, scale="log", symbol="δ",
                         help="Errors up to δ count as squares, larger ones in proportion.")},
    forward=forward, backward=backward, tasks=("binary", "classes", "regression"), outputs=outputs, target=target,
    torch="nn.HuberLoss(delta={delta})")
