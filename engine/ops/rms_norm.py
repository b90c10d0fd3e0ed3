"""Root-mean-square normalisation: every example is brought to length √W; its mean is left alone.

x, y (N, ...) with W numbers a row; weight γ (W,); saved (N, 1) keeps r = 1/√(mean x² + ε) of each row
forward    y = γ x r
backward   with g = γ dy:   dx = r (g − x r² mean(g x)),   dγ = Σ_rows dy x r
Source: Zhang and Sennrich, 2019.
"""
import numpy as np

from ..jit import begin, flat, kernel, knob, like, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    weight, saved = flat(m, t[1]), flat(m, t[2])
    width, eps = weight.size, like(m, knob(t, 0))
    x, y = flat(m, t[0]).reshape(-1, width), flat(m, t[3]).reshape(-1, width)
    for n in range(x.shape[0]):
        square = like(m, 0)
        for i in range(width):
            square += x[n, i] * x[n, i]
        r = like(m, 1) / np.sqrt(square / like(m, width) + eps)
        for i in range(width):
            y[n, i] = x[n, i] * r * weight[i]
        saved[n] = r


@kernel
def backward(m, t):
    weight, saved = flat(m, t[1]), flat(m, t[2])
    width = weight.size
    x, dy = flat(m, t[0]).reshape(-1, width), flat(m, t[7]).reshape(-1, width)
    begin(m, t[5])
    dweight = flat(m, t[5])
    for n in range(x.shape[0]):
        r = saved[n]
        for i in range(width):
            dweight[i] += dy[n, i] * x[n, i] * r
    if not wanted(t[4]):
        return
    begin(m, t[4])
    dx = flat(m, t[4]).reshape(-1, width)
    for n in range(x.shape[0]):
        r, product = saved[n], like(m, 0)
        for i in range(width):
            product += weight[i] * dy[n, i] * x[n, i]
        product *= r * r / like(m, width)
        for i in range(width):
            dx[n, i] += r * (weight[i] * dy[n, i] - x[n, i] * product)


RECORD = Op(
    "rms_norm", "Brings every example to the same length, leaving its mean alone, then scales each place anew.",
    r"y = \gamma \frac{x}{\sqrt{\overline{x^2} + \varepsilon}}", "Zhang and Sennrich, 2019",
    title="Root-mean-square normalisation",
    forward=forward, backward=backward, operands=("x", "weight", "saved", "y"), saved=("saved",),
    knobs={"eps": Knob(1e-5, 1e-12, 1.0, scale="log", symbol="ε", help="Keeps the division safe where all is 0.")},
    torch="nn.RMSNorm({width}, eps={eps})")
