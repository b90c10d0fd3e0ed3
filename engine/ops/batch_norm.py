"""Batch normalisation: every channel is brought to mean 0 and spread 1 over the batch, then scaled and shifted anew.

x, y (N, C) or (N, C, H, W); weight γ, bias β, running_mean, running_var (C,); saved (4, C); M = numbers of a channel
forward    μ = mean x,   v = mean (x − μ)²,   x̂ = (x − μ) / √(v + ε),   y = γ x̂ + β
           running_mean ← running_mean + a (μ − running_mean),   running_var likewise with the unbiased v M / (M − 1)
inference  the running mean and variance stand in for μ and v: an answer does not depend on who else is asked
backward   dβ = Σ dy,   dγ = Σ dy x̂,   dx = γ / √(v + ε) · (dy − dβ / M − x̂ dγ / M)
The last two terms are there because μ and v move with x as well.  `saved` keeps μ, 1/√(v + ε), dβ and dγ of this op.
A channel of a single number has no spread: then y = β, and running_var stays.
Source: Ioffe and Szegedy, 2015.
"""
import numpy as np

from ..jit import begin, flat, kernel, knob, like, matrix, planes, wanted
from ..knob import Knob
from ..registry import Op
from ._channels import add_products, add_sums, standardise


@kernel
def forward(m, t):
    x, y, weight, bias = planes(m, t[0]), planes(m, t[6]), flat(m, t[1]), flat(m, t[2])
    running_mean, running_var, saved = flat(m, t[3]), flat(m, t[4]), matrix(m, t[5])
    eps, share = like(m, knob(t, 0)), like(m, knob(t, 1))
    mean, spread, variance = saved[0], saved[1], saved[2]
    count = like(m, x.shape[0] * x.shape[2])
    saved[:] = 0
    add_sums(x, mean)
    for c in range(mean.size):
        mean[c] /= count
        spread[c] = like(m, 1)
    rows, channels, places = x.shape
    if places == 1:                      # Σ (x − μ)²: a second pass, since mean x² − μ² would lose small spreads
        value = x.reshape(rows, channels)
        for n in range(rows):
            for c in range(channels):
                variance[c] += (value[n, c] - mean[c]) * (value[n, c] - mean[c])
    else:
        for n in range(rows):
            for c in range(channels):
                here = like(m, 0)
                for s in range(places):
                    here += (x[n, c, s] - mean[c]) * (x[n, c, s] - mean[c])
                variance[c] += here
    for c in range(channels):
        if count > like(m, 1):
            running_var[c] += share * (variance[c] / (count - like(m, 1)) - running_var[c])
        running_mean[c] += share * (mean[c] - running_mean[c])
        spread[c] = like(m, 1) / np.sqrt(variance[c] / count + eps)
    standardise(x, mean, spread, weight, bias, y)


@kernel
def inference(m, t):
    x, y, weight, bias = planes(m, t[0]), planes(m, t[6]), flat(m, t[1]), flat(m, t[2])
    running_mean, running_var, saved = flat(m, t[3]), flat(m, t[4]), matrix(m, t[5])
    eps = like(m, knob(t, 0))
    for c in range(running_var.size):
        saved[1, c] = like(m, 1) / np.sqrt(running_var[c] + eps)
    standardise(x, running_mean, saved[1], weight, bias, y)


@kernel
def backward(m, t):
    x, weight, dy, saved = planes(m, t[0]), flat(m, t[1]), planes(m, t[13]), matrix(m, t[5])
    mean, spread, total, product = saved[0], saved[1], saved[2], saved[3]
    total[:] = 0
    product[:] = 0
    add_sums(dy, total)
    add_products(x, mean, spread, dy, product)
    begin(m, t[8])
    begin(m, t[9])
    dweight, dbias = flat(m, t[8]), flat(m, t[9])
    for c in range(weight.size):
        dweight[c] += product[c]
        dbias[c] += total[c]
    if not wanted(t[7]):
        return
    begin(m, t[7])
    dx = planes(m, t[7])
    rows, channels, places = x.shape
    share = like(m, 1) / like(m, rows * places)
    if places == 1:
        value, slope, out = x.reshape(rows, channels), dy.reshape(rows, channels), dx.reshape(rows, channels)
        for n in range(rows):
            for c in range(channels):
                hat = (value[n, c] - mean[c]) * spread[c]
                out[n, c] += weight[c] * spread[c] * (slope[n, c] - share * (total[c] + hat * product[c]))
    else:
        for n in range(rows):
            for c in range(channels):
                factor, level, tilt = weight[c] * spread[c], share * total[c], share * product[c] * spread[c]
                for s in range(places):
                    dx[n, c, s] += factor * (dy[n, c, s] - level - (x[n, c, s] - mean[c]) * tilt)


RECORD = Op(
    "batch_norm", "Brings every channel to mean 0 and spread 1 over the batch, then scales and shifts it anew.",
    r"y = \gamma \frac{x - \mu}{\sqrt{v + \varepsilon}} + \beta", "Ioffe and Szegedy, 2015", title="Batch normalisation",
    forward=forward, backward=backward, inference=inference,
    operands=("x", "weight", "bias", "running_mean", "running_var", "saved", "y"),
    saved=("running_mean", "running_var", "saved"),
    knobs={"eps": Knob(1e-5, 1e-12, 1.0, scale="log", symbol="ε", help="Keeps the division safe where nothing varies."),
           "momentum": Knob(0.1, 0.0, 1.0, symbol="a", help="How far the running statistics move towards those of a batch.")},
    torch="nn.BatchNorm{axes}d({channels}, eps={eps}, momentum={momentum})")
