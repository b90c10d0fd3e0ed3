"""Dropout: while training, every number is left out with probability p, so that no neuron can rely on another.

x, mask, y: any one shape; mask holds 0 or 1 / (1 − p)
forward    y = x · mask      the factor 1 / (1 − p) keeps the mean, so that inference needs no change ("inverted")
inference  y = x
backward   dx = dy · mask
The mask depends on seed, step and the name of the layer alone (counter-based), so a step can be made again.
Source: Hinton, Srivastava and others, 2012.
"""
from ..jit import begin, flat, kernel, knob, like, put, seed, step, stream, wanted
from ..knob import Knob
from ..random import uniforms
from ..registry import Op


@kernel
def forward(m, t):
    x, mask, y = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    p = knob(t, 0)
    out, kept, zero = like(m, p), like(m, 1 / (1 - p) if p < 1 else 0), like(m, 0)
    uniforms(mask, seed(t), stream(t), step(t))
    for i in range(x.size):
        mask[i] = zero if mask[i] < out else kept
        y[i] = x[i] * mask[i]


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[2]))


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        mask, dx, dy = flat(m, t[1]), flat(m, t[3]), flat(m, t[5])
        for i in range(dx.size):
            dx[i] += dy[i] * mask[i]


RECORD = Op(
    "dropout", "Leaves out a random share of the numbers while training, and none of them in use.",
    r"y = \frac{b \odot x}{1 - p},\quad b \sim \mathrm{Bernoulli}(1 - p)", "Hinton, Srivastava and others, 2012",
    title="Dropout", forward=forward, backward=backward, inference=inference,
    operands=("x", "mask", "y"), saved=("mask",),
    knobs={"p": Knob(0.5, 0.0, 1.0, title="dropout", help="The share of numbers that is left out at each step.")},
    torch="nn.Dropout({p})")
