"""AdamW: Adam that also shrinks every parameter a little each step, apart from the gradient.

Shapes: p, g, mean and square are flat vectors of one length.  In step number s = 1, 2, … with decay λ:
    p      ← p - η λ p
    mean   ← mean + (1 - β1)(g - mean)
    square ← β2 square + (1 - β2) g²
    p      ← p - η mean/(1 - β1**s) / (√(square/(1 - β2**s)) + ε)
Adam with an L2 penalty would send the decay through the division by √square, where it fades for
parameters with large gradients; here it is the same share for all.
"""
import numpy as np

from ..jit import age, flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import decay_everywhere, learning_rate, weight_decay


@kernel
def update(m, t):
    p, g, rate = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0]
    mean, square = flat(m, t[3]), flat(m, t[4])
    beta1, beta2, s = knob(t, 0), knob(t, 1), age(t) + 1.0
    length = like(m, rate / (1.0 - beta1**s))
    root = like(m, np.sqrt(1.0 - beta2**s))
    rest1, kept2, rest2 = like(m, 1.0 - beta1), like(m, beta2), like(m, 1.0 - beta2)
    eps, kept = like(m, knob(t, 2)), like(m, 1.0 - rate * knob(t, 3))
    for i in range(p.size):
        mean[i] += rest1 * (g[i] - mean[i])
        square[i] = kept2 * square[i] + rest2 * g[i] * g[i]
        p[i] = kept * p[i] - length * mean[i] / (np.sqrt(square[i]) / root + eps)


RECORD = Optimizer(
    "adamw", title="AdamW",
    sentence="Adam that also shrinks every parameter by the same small share each step.",
    formula=r"w \leftarrow (1 - \eta\lambda) w - \eta \, \frac{\hat m}{\sqrt{\hat v} + \varepsilon},\quad "
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2",
    source="I. Loshchilov and F. Hutter, 2019",
    knobs={"learning_rate": learning_rate(1e-3),
           "beta1": Knob(0.9, 0.0, 0.9999, symbol="β₁", help="How long the average gradient remembers: 0.9 is about ten steps."),
           "beta2": Knob(0.999, 0.0, 0.99999, symbol="β₂",
                         help="How long the average squared gradient remembers: 0.999 is about a thousand steps."),
           "eps": Knob(1e-8, 1e-16, 1.0, scale="log", symbol="ε", help="Keeps the division safe where the gradient is almost 0."),
           "weight_decay": weight_decay(1e-2), "decay_everywhere": decay_everywhere()},
    update=update, slots=("mean", "square"),
    torch="torch.optim.AdamW(parameters, lr={learning_rate}, betas=({beta1}, {beta2}), eps={eps}, "
          "weight_decay={weight_decay})")
