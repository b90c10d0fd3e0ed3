"""What the recurrent ops share: the way through time, the products over all steps, and the end of the backward pass.

Letters: N examples, T steps, I inputs, H units, G gates (1 for a plain RNN, 3 for a GRU, 4 for an LSTM).

    x (N, T, I), weight_ih (I, G·H), weight_hh (H, G·H), bias_ih (G·H,), bias_hh (G·H,) -> hidden (N, T, H)

The weights are those of PyTorch's modules, transposed: ours are (inputs, outputs), so that z = x W + h U.
What depends on the inputs alone is one product over all steps; what depends on the state before must be made step by
step, a product of (N, H) by (H, G·H) each, since a step needs the one before.
Time goes backwards in the backward pass: the slope at a state is that of its own output plus what comes back from the
step after it, and both are collected in dhidden, so that afterwards dhidden[:, t] is the whole slope of the loss
with respect to the state at t.
"""
import numpy as np

from ..jit import begin, helper, like, part, shared, wanted
from ._product import add_columns, multiply, multiply_turned, product, turned


@helper
def place(s, steps, reverse):
    """The step of the sequence that is visited as number s."""
    return steps - 1 - s if reverse else s


@helper
def cut(s, window):
    """Whether the gradient must not cross from visit s to the one before: the border of a truncation window."""
    return window > 0 and s % window == 0


@part
def begin_state(m, row, state):
    """The state before the first step: given from outside, or zeros."""
    if wanted(row):
        given = m[row[0]:row[0] + row[2] * row[3]].reshape(row[2], row[3])
        for n in range(state.shape[0]):
            for j in range(state.shape[1]):
                state[n, j] = given[n, j]
    else:
        state[:] = like(m, 0)


@part
def add_state(m, row, d):
    """Give the gradient of the state before the first step back to where the state came from, if anybody wants it."""
    if wanted(row):
        begin(m, row)
        out = m[row[0]:row[0] + row[2] * row[3]].reshape(row[2], row[3])
        for n in range(d.shape[0]):
            for j in range(d.shape[1]):
                out[n, j] += d[n, j]


@shared(2, 2, 2)
def times(a, b, c):
    """c = a b, for a single step or for all of them at once."""
    product(a, b, c)


@helper
def upright(w):
    """wᵀ as a matrix of its own: used at every step, it is worth copying once."""
    back = np.empty((w.shape[1], w.shape[0]), w.dtype)
    turned(w, back)
    return back


@shared(2, 2, 2)
def add_weights(x, slopes, dw):
    """dw += xᵀ slopes over all steps, x (N·T, I), slopes (N·T, G·H)."""
    multiply_turned(x, slopes, dw, True)


@shared(2, 1)
def add_biases(slopes, db):
    """db += the sum of the slopes over all steps."""
    add_columns(slopes, db)


@shared(2, 2, 2)
def add_inputs(slopes, w, dx):
    """dx += slopes wᵀ over all steps."""
    multiply(slopes, upright(w), dx, True)


@helper
def finish(m, x_row, w_row, u_row, gradients, before_row, slopes, inner_slopes):
    """What follows from the slopes of all steps; slopes as the inputs see them, inner_slopes as the state does.

    gradients   operand rows of dx, dweight_ih, dweight_hh, dbias_ih, dbias_hh
    """
    count, inputs, units = slopes.shape[0], w_row[2], u_row[2]
    x = m[x_row[0]:x_row[0] + count * inputs].reshape(count, inputs)
    before = m[before_row[0]:before_row[0] + count * units].reshape(count, units)
    dx, dw, du, db, dc = gradients[0], gradients[1], gradients[2], gradients[3], gradients[4]
    for row in gradients:
        if wanted(row):
            begin(m, row)
    add_weights(x, slopes, m[dw[0]:dw[0] + dw[2] * dw[3]].reshape(dw[2], dw[3]))
    add_weights(before, inner_slopes, m[du[0]:du[0] + du[2] * du[3]].reshape(du[2], du[3]))
    add_biases(slopes, m[db[0]:db[0] + db[2]])
    add_biases(inner_slopes, m[dc[0]:dc[0] + dc[2]])
    if wanted(dx):
        w = m[w_row[0]:w_row[0] + w_row[2] * w_row[3]].reshape(w_row[2], w_row[3])
        add_inputs(slopes, w, m[dx[0]:dx[0] + count * inputs].reshape(count, inputs))
