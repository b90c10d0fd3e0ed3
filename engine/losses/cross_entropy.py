"""Cross-entropy on logits: how surprised one is by the right one of several classes.

Shapes: z is (N, C), target (N, 1) holds the number of the right class, loss is (1,).  With p = softmax(z):
loss = -1/N Σ q ln p, dz += 1/N (p - q), where q is what the answer should have been:
    q = 1 at the right class, 0 elsewhere;  with label smoothing ε:  q = (1 - ε) that + ε / C;
    target (N, C), where augmentation mixes answers, gives each class's share itself in place of "that".
For sequences z is (N·L, C) and target (N, L); a target of -1 is not scored, and N counts the scored ones.

The largest logit of the row is taken off first: it changes nothing in p, and exp cannot overflow.
Source of label smoothing: Szegedy and others, 2016.
"""
import numpy as np

from ..elementary import exp, log
from ..jit import begin, flat, helper, kernel, knob, like, matrix, seed, step, stream
from ..knob import Knob
from ..random import philox, uniform
from ..registry import Loss
from ._targets import class_numbers


@helper
def count_scored(target, shares, rows):
    """How many rows have an answer."""
    scored = 0
    for r in range(rows):
        scored += shares or target[r] >= 0
    return max(scored, 1)


@helper
def highest_of(z, r):
    """The largest logit of a row."""
    highest = z[r, 0]
    for c in range(1, z.shape[1]):
        highest = z[r, c] if z[r, c] > highest else highest
    return highest


@kernel
def forward(m, t):
    z, target, loss = matrix(m, t[0]), flat(m, t[1]), flat(m, t[2])
    rows, classes = z.shape
    shares = t[1, 2] == rows and t[1, 3] > 1         # a share for each class instead of a class number
    smooth, total = knob(t, 0), like(m, 0.0)
    kept, spread = like(m, 1 - smooth), like(m, smooth / classes)
    for r in range(rows):
        if not shares and target[r] < 0:
            continue
        highest, mass, sum_of_all, right = highest_of(z, r), like(m, 0.0), like(m, 0.0), like(m, 0.0)
        for c in range(classes):
            mass += exp(z[r, c] - highest)
            sum_of_all += z[r, c] - highest
        if shares:
            for c in range(classes):
                right += target[r * classes + c] * (z[r, c] - highest)
        else:
            right = z[r, int(target[r])] - highest
        total += log(mass) - kept * right
        if smooth > 0:
            total -= spread * sum_of_all
    loss[0] = total / like(m, count_scored(target, shares, rows))


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = matrix(m, t[0]), flat(m, t[1]), matrix(m, t[3])
    rows, classes = z.shape
    shares = t[1, 2] == rows and t[1, 3] > 1
    share = like(m, 1.0) / like(m, count_scored(target, shares, rows))
    kept, spread = share * like(m, 1 - knob(t, 0)), share * like(m, knob(t, 0) / classes)
    for r in range(rows):
        if not shares and target[r] < 0:
            continue
        highest, mass = highest_of(z, r), like(m, 0.0)
        for c in range(classes):
            mass += exp(z[r, c] - highest)
        for c in range(classes):
            dz[r, c] += share * (exp(z[r, c] - highest) / mass) - spread
        if shares:
            for c in range(classes):
                dz[r, c] -= kept * target[r * classes + c]
        else:
            dz[r, int(target[r])] -= kept


@kernel
def sample(m, t):
    """Answers drawn from the network's own probabilities, for curvature (engine/optimizers/sophia.py): drawn (N, L)."""
    z, target, drawn = matrix(m, t[0]), flat(m, t[1]), flat(m, t[2])
    rows, classes = z.shape
    for r in range(rows):
        highest, mass = highest_of(z, r), like(m, 0.0)
        for c in range(classes):
            mass += exp(z[r, c] - highest)
        left = uniform(z, philox(seed(t), stream(t), step(t), r)[0]) * mass
        chosen = 0
        while chosen < classes - 1 and left >= exp(z[r, chosen] - highest):
            left -= exp(z[r, chosen] - highest)
            chosen += 1
        # a place that is not scored stays so
        drawn[r] = like(m, chosen) if t[1, 2] * t[1, 3] != rows or target[r] >= 0 else target[r]


def outputs(task, n):
    """One logit a class."""
    return n


def target(task, y, n):
    return np.asarray(y, np.float64) if task == "sequence" else class_numbers(y, n)


RECORD = Loss(
    "cross_entropy", title="Cross-entropy", aliases=("categorical_cross_entropy",),
    sentence="How surprised the network is by the right one of several classes; its slope is simply p - y.",
    formula=r"L = -\frac{1}{N} \sum_n \ln \frac{e^{z_{n y_n}}}{\sum_c e^{z_{nc}}}",
    source="J. S. Bridle, 1990",
    knobs={"label_smoothing": Knob(0.0, 0.0, 0.99, symbol="ε", title="label smoothing",
                                   help="This share of every answer is spread evenly over all classes, so that the network "
                                        "need not be endlessly sure.")},
    forward=forward, backward=backward, sample=sample, tasks=("binary", "classes", "sequence"), outputs=outputs, target=target,
    torch="nn.CrossEntropyLoss(label_smoothing={label_smoothing})")
