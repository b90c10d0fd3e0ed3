"""AdaGrad: parameters that have had large gradients take smaller steps.

Shapes: p, g and square are flat vectors of one length.  With ε knob 0:
square ← square + g², p ← p - η g / (√square + ε).
"""
import numpy as np

from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import learning_rate


@kernel
def update(m, t):
    p, g, rate, square = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0], flat(m, t[3])
    eps = like(m, knob(t, 0))
    for i in range(p.size):
        square[i] += g[i] * g[i]
        p[i] -= rate * g[i] / (np.sqrt(square[i]) + eps)


RECORD = Optimizer(
    "adagrad", title="AdaGrad",
    sentence="Gives every parameter its own step length, which shrinks with all the gradients it has ever had.",
    formula=r"s \leftarrow s + g^2,\quad w \leftarrow w - \eta \, \frac{g}{\sqrt s + \varepsilon}",
    source="J. Duchi, E. Hazan and Y. Singer, 2011",
    knobs={"learning_rate": learning_rate(1e-2),
           "eps": Knob(1e-10, 1e-16, 1.0, scale="log", symbol="ε", help="Keeps the division safe where the gradient is almost 0.")},
    update=update, slots=("square",), torch="torch.optim.Adagrad(parameters, lr={learning_rate}, eps={eps})")
