"""Stochastic gradient descent: a step downhill on the gradient of a small batch.

Shapes: p and g are flat vectors of one length.  p ← p - η g.
"""
from ..jit import flat, kernel
from ..registry import Optimizer
from ._knobs import learning_rate


@kernel
def update(m, t):
    p, g, rate = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0]
    for i in range(p.size):
        p[i] -= rate * g[i]


RECORD = Optimizer(
    "sgd", title="SGD", aliases=("stochastic_gradient_descent",),
    sentence="Steps downhill on the gradient of a small batch, which is quick to get and a little noisy.",
    formula=r"w \leftarrow w - \eta \, g", source="H. Robbins and S. Monro, 1951",
    knobs={"learning_rate": learning_rate(1e-3)},
    update=update, torch="torch.optim.SGD(parameters, lr={learning_rate})")
