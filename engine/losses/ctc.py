r"""Connectionist temporal classification: a string of labels is asked, but not when each of them comes.

Shapes: z is (N·T, C + 1), target (N, L) holds label numbers 0 … C-1, -1 where the string has ended, loss is (1,).
At every step the network names a label or the blank, the last of its outputs.  A path of T such names is read by
dropping repetitions, then blanks: a a - a b b reads a a b.  The loss is -ln of the probability of all paths that
read as the target, divided by the target's length (at least 1), and averaged over the examples.

With l' the target with blanks before, between and after its labels (2L + 1 places) and p = softmax z:
    α_t(s) = (α_{t-1}(s) + α_{t-1}(s-1) + α_{t-1}(s-2) where l'_s is a label other than l'_{s-2}) p_t(l'_s)
β the same from the end, P = α_T(last) + α_T(last but one), and dz_t(k) = p_t(k) - Σ_{s: l'_s = k} α_t(s) β_t(s) / (P p_t(k)).
All in logarithms, since a product of T probabilities would soon be 0.
A target that needs more steps than there are has probability 0: the loss is infinite, or 0 where knob 0 says so.
Source: A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, 2006; reduction "mean" as in PyTorch.
"""
import math

import numpy as np

from ..jit import begin, flat, helper, kernel, knob, like, matrix
from ..knob import Knob
from ..registry import Loss

IMPOSSIBLE = -math.inf


@helper
def log_sum(a, b):
    """ln(eᵃ + eᵇ)."""
    high, low = max(a, b), min(a, b)
    return high if low == IMPOSSIBLE else high + math.log1p(math.exp(low - high))


@helper
def log_shares(z, out):
    """Logarithms of the softmax of every row, in float64 whatever the run's precision."""
    for r in range(z.shape[0]):
        highest = z[r, 0]
        for c in range(1, z.shape[1]):
            highest = z[r, c] if z[r, c] > highest else highest
        mass = 0.0
        for c in range(z.shape[1]):
            mass += math.exp(z[r, c] - highest)
        for c in range(z.shape[1]):
            out[r, c] = z[r, c] - highest - math.log(mass)


@helper
def spread(target, blank, places):
    """Write blanks and labels in turn into `places`, and give how many labels there are."""
    count = 0
    while count < target.size and target[count] >= 0:
        places[2 * count] = blank
        places[2 * count + 1] = int(target[count])
        count += 1
    places[2 * count] = blank
    return count


@helper
def ways_from_start(logs, places, size, alpha):
    """α: alpha[t, s] = ln of the probability of all beginnings that have come to place s at step t."""
    alpha[:] = IMPOSSIBLE
    alpha[0, 0] = logs[0, places[0]]
    if size > 1:
        alpha[0, 1] = logs[0, places[1]]
    for t in range(1, logs.shape[0]):
        for s in range(size):
            total = alpha[t - 1, s]
            if s > 0:
                total = log_sum(total, alpha[t - 1, s - 1])
            if s > 1 and s % 2 == 1 and places[s] != places[s - 2]:
                total = log_sum(total, alpha[t - 1, s - 2])
            alpha[t, s] = total + logs[t, places[s]]


@helper
def ways_to_end(logs, places, size, beta):
    """β: beta[t, s] = ln of the probability of all endings from place s at step t on, that step included."""
    last = logs.shape[0] - 1
    beta[:] = IMPOSSIBLE
    beta[last, size - 1] = logs[last, places[size - 1]]
    if size > 1:
        beta[last, size - 2] = logs[last, places[size - 2]]
    for t in range(last - 1, -1, -1):
        for s in range(size):
            total = beta[t + 1, s]
            if s + 1 < size:
                total = log_sum(total, beta[t + 1, s + 1])
            if s + 2 < size and s % 2 == 1 and places[s] != places[s + 2]:
                total = log_sum(total, beta[t + 1, s + 2])
            beta[t, s] = total + logs[t, places[s]]


@helper
def log_probability(alpha, size):
    """ln of the probability of the whole target."""
    last = alpha.shape[0] - 1
    return alpha[last, 0] if size == 1 else log_sum(alpha[last, size - 1], alpha[last, size - 2])


@kernel
def forward(m, t):
    z, target, loss = matrix(m, t[0]), matrix(m, t[1]), flat(m, t[2])
    rows, longest, blank, forgiving = target.shape[0], target.shape[1], z.shape[1] - 1, knob(t, 0) > 0
    steps = z.shape[0] // rows
    logs, alpha = np.empty((steps, blank + 1)), np.empty((steps, 2 * longest + 1))
    places, total = np.empty(2 * longest + 1, np.int64), 0.0
    for n in range(rows):
        log_shares(z[n * steps:(n + 1) * steps], logs)
        labels = spread(target[n], blank, places)
        ways_from_start(logs, places, 2 * labels + 1, alpha)
        found = log_probability(alpha, 2 * labels + 1)
        if not (forgiving and found == IMPOSSIBLE):
            total -= found / max(labels, 1)
    loss[0] = like(m, total / rows)


@kernel
def backward(m, t):
    begin(m, t[3])
    z, target, dz = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[3])
    rows, longest, blank, forgiving = target.shape[0], target.shape[1], z.shape[1] - 1, knob(t, 0) > 0
    steps = z.shape[0] // rows
    logs, alpha = np.empty((steps, blank + 1)), np.empty((steps, 2 * longest + 1))
    beta, places = np.empty((steps, 2 * longest + 1)), np.empty(2 * longest + 1, np.int64)
    for n in range(rows):
        log_shares(z[n * steps:(n + 1) * steps], logs)
        labels = spread(target[n], blank, places)
        size = 2 * labels + 1
        ways_from_start(logs, places, size, alpha)
        found = log_probability(alpha, size)
        if forgiving and found == IMPOSSIBLE:
            continue
        ways_to_end(logs, places, size, beta)
        share = 1.0 / (rows * max(labels, 1))
        for step in range(steps):
            slope = dz[n * steps + step]
            for c in range(blank + 1):
                slope[c] += like(m, share * math.exp(logs[step, c]))
            for s in range(size):
                through = alpha[step, s] + beta[step, s] - logs[step, places[s]] - found
                slope[places[s]] -= like(m, share * math.exp(through))


def outputs(task, n):
    """One logit a label, and one for the blank."""
    return n + 1


def target(task, y, n):
    """Label numbers in one row an example, -1 after the end."""
    return np.asarray(y, np.float64)


RECORD = Loss(
    "ctc", title="CTC",
    sentence="Asks for a string of labels, but leaves it to the network when each of them comes.",
    formula=r"L = -\frac{1}{N} \sum_n \frac{1}{|y_n|} \ln \sum_{\pi \to y_n} \prod_t p_t(\pi_t)",
    source="A. Graves and others, 2006",
    knobs={"zero_infinity": Knob(False, kind="boolean", title="Forgive the impossible",
                                 help="Whether an example whose labels do not fit into its steps counts as 0 instead "
                                      "of infinite.")},
    forward=forward, backward=backward, tasks=("labels",), outputs=outputs, target=target,
    torch="(lambda z, y: nn.CTCLoss(blank=z.shape[1] - 1, zero_infinity={zero_infinity})("
          "nn.functional.log_softmax(z, 1).reshape(len(y), -1, z.shape[1]).transpose(0, 1), y.clamp(min=0).long(), "
          "torch.full((len(y),), len(z) // len(y)), (y >= 0).sum(1)))")
