"""RMSProp: divides every gradient by its own recent size.

Shapes: p, g and square are flat vectors of one length.  With α knob 0 and ε knob 1:
square ← α square + (1 - α) g², p ← p - η g / (√square + ε).
"""
import numpy as np

from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import learning_rate


@kernel
def update(m, t):
    p, g, rate, square = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0], flat(m, t[3])
    kept, rest, eps = like(m, knob(t, 0)), like(m, 1.0 - knob(t, 0)), like(m, knob(t, 1))
    for i in range(p.size):
        square[i] = kept * square[i] + rest * g[i] * g[i]
        p[i] -= rate * g[i] / (np.sqrt(square[i]) + eps)


RECORD = Optimizer(
    "rmsprop", title="RMSProp",
    sentence="Divides every gradient by its own recent size, so that all parameters move about equally fast.",
    formula=r"s \leftarrow \alpha s + (1 - \alpha) g^2,\quad w \leftarrow w - \eta \, \frac{g}{\sqrt s + \varepsilon}",
    source="T. Tieleman and G. Hinton, 2012",
    knobs={"learning_rate": learning_rate(1e-2),
           "alpha": Knob(0.99, 0.0, 0.9999, symbol="α",
                         help="How long the average squared gradient remembers: 0.99 is about a hundred steps."),
           "eps": Knob(1e-8, 1e-16, 1.0, scale="log", symbol="ε", help="Keeps the division safe where the gradient is almost 0.")},
    update=update, slots=("square",),
    torch="torch.optim.RMSprop(parameters, lr={learning_rate}, alpha={alpha}, eps={eps})")
