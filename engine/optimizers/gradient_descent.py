"""Gradient descent: a step downhill on the exact gradient of the whole training set.

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
    "gradient_descent", title="Gradient descent (whole set)", aliases=("batch_gradient_descent",),
    sentence="Looks at every training example before each step, which is smooth and sure but slow for much data.",
    formula=r"w \leftarrow w - \eta \, \nabla L(w)", source="A.-L. Cauchy, 1847",
    knobs={"learning_rate": learning_rate(1e-3)},
    update=update, whole=True, torch="torch.optim.SGD(parameters, lr={learning_rate})")
