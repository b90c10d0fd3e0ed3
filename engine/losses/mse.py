"""Mean squared error: the average of the squared distances between output and target.

Shapes: z and target are (N, C), loss is (1,).
loss = 1/(NC) Σ (z - target)², dz += 2/(NC) (z - target).
"""
from ..jit import begin, flat, kernel, like
from ..registry import Loss
from ._targets import one_hot, signs, values


@kernel
def forward(m, t):
    z, target, loss = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])
    total = like(m, 0.0)
    for i in range(z.size):
        error = z[i] - target[i]
        total += error * error
    loss[0] = total / like(m, z.size)


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = flat(m, t[0]), flat(m, t[1]), flat(m, t[3])
    share = like(m, 2.0) / like(m, z.size)
    for i in range(z.size):
        dz[i] += share * (z[i] - target[i])


def outputs(task, n):
    """Two classes need one output, aimed at -1 and +1; more classes one each, aimed at 0 and 1."""
    return 1 if task == "binary" else n


def target(task, y, n):
    return signs(y) if task == "binary" else one_hot(y, n) if task == "classes" else values(y)


RECORD = Loss(
    "mse", title="Mean squared error", aliases=("mean_squared_error", "squared_error"),
    sentence="The average of the squared distances between output and target: large errors count most.",
    formula=r"L = \frac{1}{NC} \sum_{n,c} (z_{nc} - y_{nc})^2", source="A.-M. Legendre, 1805; C. F. Gauss, 1809",
    forward=forward, backward=backward, tasks=("binary", "classes", "regression"), outputs=outputs, target=target,
    torch="nn.MSELoss()")
