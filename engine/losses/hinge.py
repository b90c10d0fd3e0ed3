"""Hinge loss: no cost as soon as the right answer leads by a margin of 1, a straight line before.

Shapes: z is (N, C), target (N, 1), loss is (1,).
C = 1, target y = ±1:         loss = 1/N Σ max(0, 1 - y z), dz += -y/N where 1 - y z > 0.
C > 1, target a class number: loss = 1/(NC) Σ over the wrong classes c of max(0, 1 - z[right] + z[c]);
each of them that is positive adds 1/(NC) to dz[c] and takes it from dz[right].
"""
from ..jit import begin, flat, kernel, like, matrix
from ..registry import Loss
from ._targets import class_numbers, signs


@kernel
def forward(m, t):
    z, target, loss = matrix(m, t[0]), flat(m, t[1]), flat(m, t[2])
    rows, classes = z.shape
    one, zero = like(m, 1.0), like(m, 0.0)
    total = zero
    for r in range(rows):
        if classes == 1:
            short = one - target[r] * z[r, 0]
            total += zero if short <= zero else short
        else:
            right = int(target[r])
            for c in range(classes):
                if c != right:
                    short = one - z[r, right] + z[r, c]
                    total += zero if short <= zero else short
    loss[0] = total / like(m, z.size)


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = matrix(m, t[0]), flat(m, t[1]), matrix(m, t[3])
    rows, classes = z.shape
    one, zero = like(m, 1.0), like(m, 0.0)
    share = one / like(m, z.size)
    for r in range(rows):
        if classes == 1:
            if one - target[r] * z[r, 0] > zero:
                dz[r, 0] -= share * target[r]
        else:
            right = int(target[r])
            for c in range(classes):
                if c != right and one - z[r, right] + z[r, c] > zero:
                    dz[r, c] += share
                    dz[r, right] -= share


def outputs(task, n):
    """One signed score for two classes, one score a class for more."""
    return 1 if task == "binary" else n


def target(task, y, n):
    return signs(y) if task == "binary" else class_numbers(y, n)


RECORD = Loss(
    "hinge", title="Hinge",
    sentence="Asks the right answer to lead by a margin of 1 and costs nothing from there on.",
    formula=r"L = \frac{1}{N} \sum_n \max(0, 1 - y_n z_n)", source="C. Cortes and V. Vapnik, 1995",
    forward=forward, backward=backward, tasks=("binary", "classes"), outputs=outputs, target=target,
    torch="(lambda z, y: torch.clamp(1 - y * z, min=0).mean() if z.shape[1] == 1 else nn.MultiMarginLoss()(z, y))")
