"""What all attention kernels share: the columns of one head, and a softmax over the keys a query may look at.

Queries, keys and values of all heads lie side by side in rows, one row a position: a head is some columns of them.
"""
import numpy as np

from ..elementary import exp
from ..jit import bits_float, float_bits, helper, like
from ..knob import Knob

LOWEST = -87.0                           # e**-87 is about the smallest float32 that is computed at full speed


@helper
def piece(room, start, rows, columns):
    """A (rows, columns) matrix from the flat room."""
    return room[start:start + rows * columns].reshape(rows, columns)


@helper
def order(bits, minus_zero):
    """The bits of a float -> a whole number that grows as the float does, and back: negative ones are counted down.

    The largest of several floats cannot be found eight at a time, since a NaN among them would have to be minded;
    the largest of such numbers can, and a NaN, whose bits are larger than infinity's, comes through.
    """
    return like(bits, minus_zero - bits) if bits < 0 else bits


@helper
def largest(row):
    """The largest number of a vector."""
    minus_zero = float_bits(like(row, -0.0))
    top = order(float_bits(row[0]), minus_zero)
    for j in range(row.size):
        rank = order(float_bits(row[j]), minus_zero)
        top = rank if rank > top else top
    return bits_float(order(top, minus_zero))


@helper
def allow(seen, present, causal):
    """seen (Tq, Tk) = 1 where a query may look at a key, else 0: the key must be present and, if causal, not later."""
    for i in range(seen.shape[0]):
        last = i if causal else seen.shape[1]
        for j in range(seen.shape[1]):
            seen[i, j] = present[j] if j <= last else like(seen, 0)


@helper
def softmax_rows(scores, seen, scale):
    """scores (Tq, Tk) -> softmax of `scale` times the scores, in place: each row sums to 1 over the keys seen, and is 0 elsewhere.

    A row that may look nowhere becomes 0 everywhere.  What can be done without minding rows is done over all of them, since
    rows are short, and passes so simple are made eight or sixteen numbers at a time.  The largest is each row's own, even
    where one would do for all: what a position sees must not depend, not even in the last bit, on what it may not look at.
    """
    zero, low, lowest = like(scores, 0), like(scores, LOWEST), like(scores, -np.inf)
    everything, visible = scores.reshape(-1), seen.reshape(-1)
    for k in range(everything.size):     # what is masked takes no part in the largest
        everything[k] = scale * everything[k] if visible[k] > zero else lowest
    for i in range(scores.shape[0]):
        row = scores[i]
        high = largest(row)
        high = zero if high == lowest else high
        for j in range(row.size):
            below = row[j] - high
            row[j] = low if below < low else below
    for k in range(everything.size):
        everything[k] = exp(everything[k]) * visible[k]
    for i in range(scores.shape[0]):
        row, mass = scores[i], like(scores, 0)
        for j in range(row.size):
            mass += row[j]
        share = zero if mass == zero else like(scores, 1) / mass
        for j in range(row.size):
            row[j] *= share


@helper
def softmax_slope(shares, slope, scale):
    """slope: d loss / d shares -> d loss / d scores before they were scaled, in place:  scale · p (dp − Σ p dp), row by row."""
    for i in range(shares.shape[0]):
        p, dp, total = shares[i], slope[i], like(slope, 0)
        for j in range(p.size):
            total += p[j] * dp[j]
        for j in range(p.size):
            dp[j] = scale * p[j] * (dp[j] - total)


def knobs():
    """The knobs of every kind of attention, in the order the kernels read them."""
    return {
        "heads": Knob(1, 1, 1024, kind="integer", help="How many questions each position asks at once."),
        "causal": Knob(False, kind="boolean", help="Whether a position may only look at itself and what came before it."),
        "scaled": Knob(True, kind="boolean", help="Whether scores are divided by the square root of a head's width."),
        "q_at": Knob(0, 0, kind="integer", help="The column at which the queries begin."),
        "k_at": Knob(0, 0, kind="integer", help="The column at which the keys begin."),
        "v_at": Knob(0, 0, kind="integer", help="The column at which the values begin."),
    }
