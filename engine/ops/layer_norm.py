"""Layer normalisation: every example is brought to mean 0 and spread 1 over its own numbers, whoever else is in the batch.

x, y (N, ...) with W numbers a row; weight γ, bias β (W,); saved (N, 2) keeps μ and 1/√(v + ε) of each row
forward    μ = mean x,   v = mean (x − μ)²,   x̂ = (x − μ) / √(v + ε),   y = γ x̂ + β
backward   with g = γ dy:   dx = (g − mean g − x̂ mean(g x̂)) / √(v + ε),   dγ = Σ_rows dy x̂,   dβ = Σ_rows dy
Source: Ba, Kiros and Hinton, 2016.
"""
import numpy as np

from ..jit import begin, flat, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    weight, bias, saved = flat(m, t[1]), flat(m, t[2]), matrix(m, t[3])
    width, eps = weight.size, like(m, knob(t, 0))
    x, y = flat(m, t[0]).reshape(-1, width), flat(m, t[4]).reshape(-1, width)
    for n in range(x.shape[0]):
        total, square = like(m, 0), like(m, 0)
        for i in range(width):
            total += x[n, i]
        mean = total / like(m, width)
        for i in range(width):
            square += (x[n, i] - mean) * (x[n, i] - mean)
        spread = like(m, 1) / np.sqrt(square / like(m, width) + eps)
        for i in range(width):
            y[n, i] = (x[n, i] - mean) * spread * weight[i] + bias[i]
        saved[n, 0], saved[n, 1] = mean, spread


@kernel
def backward(m, t):
    weight, saved = flat(m, t[1]), matrix(m, t[3])
    width = weight.size
    x, dy = flat(m, t[0]).reshape(-1, width), flat(m, t[9]).reshape(-1, width)
    begin(m, t[6])
    begin(m, t[7])
    dweight, dbias = flat(m, t[6]), flat(m, t[7])
    for n in range(x.shape[0]):
        mean, spread = saved[n, 0], saved[n, 1]
        for i in range(width):
            dweight[i] += dy[n, i] * ((x[n, i] - mean) * spread)
            dbias[i] += dy[n, i]
    if not wanted(t[5]):
        return
    begin(m, t[5])
    dx, share = flat(m, t[5]).reshape(-1, width), like(m, 1) / like(m, width)
    for n in range(x.shape[0]):
        mean, spread = saved[n, 0], saved[n, 1]
        total, product = like(m, 0), like(m, 0)
        for i in range(width):
            g = weight[i] * dy[n, i]
            total += g
            product += g * (x[n, i] - mean)
        total, product = total * share, product * share * spread * spread
        for i in range(width):
            dx[n, i] += spread * (weight[i] * dy[n, i] - total - (x[n, i] - mean) * product)


RECORD = Op(
    "layer_norm", "Brings the numbers of every example to mean 0 and spread 1, then scales and shifts each place anew.",
    r"y = \gamma \frac{x - \mu}{\sqrt{v + \varepsilon}} + \beta", "Ba, Kiros and Hinton, 2016", title="Layer normalisation",
    forward=forward, backward=backward, operands=("x", "weight", "bias", "saved", "y"), saved=("saved",),
    knobs={"eps": Knob(1e-5, 1e-12, 1.0, scale="log", symbol="ε", help="Keeps the division safe where nothing varies.")},
    torch="nn.LayerNorm({width}, eps={eps})")
