"""A layer that remembers: at each step it sees the input and its own state of the step before.

h_t = f(x_t W + b + h_{t-1} U + b'),   f = tanh, or ReLU where the knob says so

x (N, T, I), weight_ih W (I, H), weight_hh U (H, H), bias_ih b (H,), bias_hh b' (H,), start (N, H) or none
-> hidden (N, T, H)
backward, from the last step to the first, with δ_t the slope at the weighted sum:
    δ_t = dh_t f'(h_t),   dh_{t-1} += δ_t Uᵀ,   dU = Σ h_{t-1}ᵀ δ_t,   dW = Σ x_tᵀ δ_t,   dx_t = δ_t Wᵀ

before holds h_{t-1} and slopes δ_t for all steps; state and product are those of one step.
Source: J. Elman, 1990; through time: P. Werbos, 1990.
"""
from ..elementary import tanh
from ..jit import begin, cube, flat, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op
from ._recurrent import add_state, begin_state, cut, finish, place, times, upright


@kernel
def forward(m, t):
    hidden, before, state, product = cube(m, t[6]), cube(m, t[7]), matrix(m, t[8]), matrix(m, t[9])
    w, u, b, c = matrix(m, t[1]), matrix(m, t[2]), flat(m, t[3]), flat(m, t[4])
    relu, reverse = knob(t, 0) > 0, knob(t, 1) > 0
    rows, steps, units = hidden.shape
    times(cube(m, t[0]).reshape(rows * steps, w.shape[0]), w, hidden.reshape(rows * steps, units))
    begin_state(m, t[5], state)
    for s in range(steps):
        at = place(s, steps, reverse)
        times(state, u, product)
        for n in range(rows):
            h, z, memory, now = hidden[n, at], product[n], before[n, at], state[n]
            for j in range(units):
                memory[j] = now[j]
            if relu:
                for j in range(units):
                    sum_ = h[j] + z[j] + (b[j] + c[j])
                    h[j] = like(m, 0) if sum_ <= like(m, 0) else sum_      # written so that NaN stays NaN
            else:
                for j in range(units):
                    h[j] = tanh(h[j] + z[j] + (b[j] + c[j]))
            for j in range(units):
                now[j] = h[j]


@kernel
def backward(m, t):
    hidden, state, product = cube(m, t[6]), matrix(m, t[8]), matrix(m, t[9])
    back, slopes, dhidden = upright(matrix(m, t[2])), cube(m, t[10]), cube(m, t[17])
    relu, reverse, window = knob(t, 0) > 0, knob(t, 1) > 0, int(knob(t, 2))
    rows, steps, units = hidden.shape
    begin(m, t[17])
    for s in range(steps - 1, -1, -1):
        at = place(s, steps, reverse)
        for n in range(rows):
            h, dh, slope, one = hidden[n, at], dhidden[n, at], slopes[n, at], product[n]
            if relu:
                for j in range(units):
                    slope[j] = dh[j] if h[j] > like(m, 0) else like(m, 0)
            else:
                for j in range(units):
                    slope[j] = dh[j] * (like(m, 1) - h[j] * h[j])
            for j in range(units):
                one[j] = slope[j]
        if s > 0 and cut(s, window):
            continue
        if s > 0 or wanted(t[16]):
            times(product, back, state)
        if s > 0:
            for n in range(rows):
                dh, come = dhidden[n, place(s - 1, steps, reverse)], state[n]
                for j in range(units):
                    dh[j] += come[j]
    add_state(m, t[16], state)
    all_slopes = slopes.reshape(rows * steps, units)
    finish(m, t[0], t[1], t[2], t[11:16], t[7], all_slopes, all_slopes)


RECORD = Op("rnn", "A layer that sees the input and its own state of the step before.",
            r"h_t = f(x_t W + b + h_{t-1} U + b')", "J. Elman, 1990", forward=forward, backward=backward,
            operands=("x", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "start", "hidden",
                      "before", "state", "product", "slopes"),
            saved=("before", "state", "product", "slopes"),
            knobs={"relu": Knob(False, kind="boolean", help="ReLU in place of tanh."),
                   "reverse": Knob(False, kind="boolean", help="From the last step to the first."),
                   "window": Knob(0, 0, kind="integer",
                                  help="Every so many steps the gradient is cut off; 0 lets it go back to the start.")},
            torch="nn.RNN(inputs, units, batch_first=True)")
