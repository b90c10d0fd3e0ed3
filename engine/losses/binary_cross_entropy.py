"""Binary cross-entropy on logits: how surprised one is by the right one of two classes.

Shapes: z and target are (N, 1), target 0 or 1, loss is (1,).  With p = sigmoid(z):
loss = -1/N Σ (target ln p + (1 - target) ln(1 - p)), dz += 1/N (p - target).

p is never formed in the loss, since ln 0 would come of it: -ln p = softplus(-z) and
-ln(1 - p) = softplus(z) = z + softplus(-z), which together are softplus(z) - target z.
"""
from ..elementary import sigmoid, softplus
from ..jit import begin, flat, kernel, like, seed, step, stream
from ..random import philox, uniform
from ..registry import Loss
from ._targets import class_numbers


@kernel
def forward(m, t):
    z, target, loss = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    total = like(m, 0.0)
    for i in range(z.size):
        total += softplus(z[i]) - target[i] * z[i]
    loss[0] = total / like(m, z.size)


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = flat(m, t[0]), flat(m, t[1]), flat(m, t[3])
    share = like(m, 1.0) / like(m, z.size)
    for i in range(z.size):
        dz[i] += share * (sigmoid(z[i]) - target[i])


@kernel
def sample(m, t):
    """Answers drawn from the network's own probabilities, for curvature (engine/optimizers/sophia.py): drawn (N, 1)."""
    z, drawn = flat(m, t[0]), flat(m, t[2])
    for i in range(z.size):
        drawn[i] = like(m, uniform(z, philox(seed(t), stream(t), step(t), i)[0]) < sigmoid(z[i]))


def outputs(task, n):
    """One logit for two classes."""
    return 1


def target(task, y, n):
    return class_numbers(y, n)


RECORD = Loss(
    "binary_cross_entropy", title="Binary cross-entropy", aliases=("bce", "log_loss"),
    sentence="How surprised the network is by the right one of two classes; its slope is simply p - y.",
    formula=r"L = -\frac{1}{N} \sum_n y_n \ln \sigma(z_n) + (1 - y_n) \ln(1 - \sigma(z_n))",
    source="D. R. Cox, 1958",
    forward=forward, backward=backward, sample=sample, tasks=("binary",), outputs=outputs, target=target,
    torch="nn.BCEWithLogitsLoss()")
