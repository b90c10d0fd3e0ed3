"""Group normalisation: the channels of an example are taken in groups, each brought to mean 0 and spread 1.

x, y (N, C) or (N, C, H, W); weight γ, bias β (C,); saved (N, G, 2) keeps μ and 1/√(v + ε) of every group
forward    over the numbers of a group: μ = mean x, v = mean (x − μ)²,   x̂ = (x − μ) / √(v + ε),   y = γ x̂ + β
backward   with g = γ dy:   dx = (g − mean g − x̂ mean(g x̂)) / √(v + ε),   dγ = Σ dy x̂,   dβ = Σ dy  by channel
One group is layer normalisation with a scale a channel; as many groups as channels is instance normalisation.
Source: Wu and He, 2018.
"""
import numpy as np

from ..jit import begin, cube, flat, kernel, knob, like, planes, wanted
from ..knob import Knob
from ..registry import Op


@kernel
def forward(m, t):
    x, y, weight, bias, saved = planes(m, t[0]), planes(m, t[4]), flat(m, t[1]), flat(m, t[2]), cube(m, t[3])
    rows, channels, places = x.shape
    groups = saved.shape[1]
    each, eps = channels // groups, like(m, knob(t, 0))
    count = like(m, each * places)
    whole = flat(m, t[0]).reshape(rows, groups, each * places)       # the numbers of a group lie side by side
    for n in range(rows):
        for q in range(groups):
            total, square = like(m, 0), like(m, 0)
            for i in range(whole.shape[2]):
                total += whole[n, q, i]
            mean = total / count
            for i in range(whole.shape[2]):
                square += (whole[n, q, i] - mean) * (whole[n, q, i] - mean)
            spread = like(m, 1) / np.sqrt(square / count + eps)
            for c in range(q * each, (q + 1) * each):
                factor = spread * weight[c]
                for s in range(places):
                    y[n, c, s] = (x[n, c, s] - mean) * factor + bias[c]
            saved[n, q, 0], saved[n, q, 1] = mean, spread


@kernel
def backward(m, t):
    x, dy, weight, saved = planes(m, t[0]), planes(m, t[9]), flat(m, t[1]), cube(m, t[3])
    rows, channels, places = x.shape
    groups = saved.shape[1]
    each = channels // groups
    share = like(m, 1) / like(m, each * places)
    begin(m, t[6])
    begin(m, t[7])
    if wanted(t[5]):
        begin(m, t[5])
    dweight, dbias = flat(m, t[6]), flat(m, t[7])
    for n in range(rows):
        for q in range(groups):
            mean, spread = saved[n, q, 0], saved[n, q, 1]
            level, tilt = like(m, 0), like(m, 0)         # Σ g and Σ g x̂ of the group
            for c in range(q * each, (q + 1) * each):
                total, product = like(m, 0), like(m, 0)
                for s in range(places):
                    total += dy[n, c, s]
                    product += dy[n, c, s] * (x[n, c, s] - mean)
                dbias[c] += total
                dweight[c] += product * spread
                level += weight[c] * total
                tilt += weight[c] * product * spread
            if wanted(t[5]):
                dx = planes(m, t[5])
                level, tilt = level * share, tilt * share * spread
                for c in range(q * each, (q + 1) * each):
                    for s in range(places):
                        dx[n, c, s] += spread * (weight[c] * dy[n, c, s] - level - (x[n, c, s] - mean) * tilt)


RECORD = Op(
    "group_norm", "Brings every group of an example's channels to mean 0 and spread 1, then scales and shifts each channel.",
    r"y = \gamma \frac{x - \mu_g}{\sqrt{v_g + \varepsilon}} + \beta", "Wu and He, 2018", title="Group normalisation",
    forward=forward, backward=backward, operands=("x", "weight", "bias", "saved", "y"), saved=("saved",),
    knobs={"eps": Knob(1e-5, 1e-12, 1.0, scale="log", symbol="ε", help="Keeps the division safe where nothing varies.")},
    torch="nn.GroupNorm({groups}, {channels}, eps={eps})")
