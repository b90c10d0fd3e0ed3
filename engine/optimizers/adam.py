"""Adam: momentum, and for every parameter a step length of its own.

Shapes: p, g, mean and square are flat vectors of one length.  In step number s = 1, 2, …
    mean   ← mean + (1 - β1)(g - mean)          the average gradient
    square ← β2 square + (1 - β2) g²            the average squared gradient
    p      ← p - η mean/(1 - β1**s) / (√(square/(1 - β2**s)) + ε)
The divisions by 1 - β**s make up for both averages starting at 0.
"""
import numpy as np

from ..jit import age, flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import learning_rate


@kernel
def update(m, t):
    p, g, rate = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0]
    mean, square = flat(m, t[3]), flat(m, t[4])
    beta1, beta2, s = knob(t, 0), knob(t, 1), age(t) + 1.0
    length = like(m, rate / (1.0 - beta1**s))
    root = like(m, np.sqrt(1.0 - beta2**s))
    rest1, kept2, rest2 = like(m, 1.0 - beta1), like(m, beta2), like(m, 1.0 - beta2)
    eps = like(m, knob(t, 2))
    for i in range(p.size):
        mean[i] += rest1 * (g[i] - mean[i])
        square[i] = kept2 * square[i] + rest2 * g[i] * g[i]
        p[i] -= length * mean[i] / (np.sqrt(square[i]) / root + eps)


RECORD = Optimizer(
    "adam", title="Adam",
    sentence="Combines momentum with a step length of its own for every parameter, from the recent size of its gradient.",
    formula=r"w \leftarrow w - \eta \, \frac{\hat m}{\sqrt{\hat v} + \varepsilon},\quad "
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2",
    source="D. P. Kingma and J. Ba, 2015",
    knobs={"learning_rate": learning_rate(1e-3),
           "beta1": Knob(0.9, 0.0, 0.9999, symbol="β₁", help="How long the average gradient remembers: 0.9 is about ten steps."),
           "beta2": Knob(0.999, 0.0, 0.99999, symbol="β₂",
                         help="How long the average squared gradient remembers: 0.999 is about a thousand steps."),
           "eps": Knob(1e-8, 1e-16, 1.0, scale="log", symbol="ε", help="Keeps the division safe where the gradient is almost 0.")},
    update=update, slots=("mean", "square"),
    torch="torch.optim.Adam(parameters, lr={learning_rate}, betas=({beta1}, {beta2}), eps={eps})")
