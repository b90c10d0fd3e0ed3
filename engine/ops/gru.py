"""Gated recurrent unit: a state that is partly kept and partly written anew, with two gates and no cell.

r, z = σ(x_t W + b + h_{t-1} U + b') the gates for looking back and for keeping
n = tanh(x_t W_n + b_n + r (h_{t-1} U_n + b'_n)) what would be written,   h_t = (1 - z) n + z h_{t-1}

x (N, T, I), weight_ih W (I, 3H), weight_hh U (H, 3H), bias_ih b, bias_hh b' (3H,), start (N, H) or none
-> gates (N, T, 3, H) in the order r, z, n, hidden (N, T, H); recall (N, T, H) holds q = h_{t-1} U_n + b'_n
backward, from the last step to the first, with slopes at the three weighted sums:
    δ_n = dh (1 - z) (1 - n²),   δ_z = dh (h_{t-1} - n) z (1 - z),   δ_r = δ_n q r (1 - r)
seen from the inputs they are (δ_r, δ_z, δ_n), seen from the state (δ_r, δ_z, δ_n r) = inner_slopes:
    dh_{t-1} += dh z + inner Uᵀ,   dU = Σ h_{t-1}ᵀ inner,   dW = Σ x_tᵀ δ,   dx_t = δ Wᵀ

This is the variant of PyTorch: r weighs the recalled sum after the product with U, so that one product serves all gates.
Source: K. Cho and others, 2014.
"""
from ..elementary import sigmoid, tanh
from ..jit import begin, cube, flat, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op
from ._recurrent import add_state, begin_state, cut, finish, place, times, upright


@kernel
def forward(m, t):
    x, w, u, b, c = cube(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), flat(m, t[3]), flat(m, t[4])
    recall, hidden, before = cube(m, t[7]), cube(m, t[8]), cube(m, t[9])
    state, product = matrix(m, t[10]), matrix(m, t[11])
    reverse, one = knob(t, 0) > 0, like(m, 1)
    rows, steps, units = hidden.shape
    gates = flat(m, t[6]).reshape(rows, steps, 3 * units)
    times(x.reshape(rows * steps, w.shape[0]), w, gates.reshape(rows * steps, 3 * units))
    begin_state(m, t[5], state)
    for s in range(steps):
        at = place(s, steps, reverse)
        times(state, u, product)
        for row in range(rows):
            gate, sums, now, past = gates[row, at], product[row], state[row], before[row, at]
            q, h = recall[row, at], hidden[row, at]
            for j in range(units):
                past[j] = now[j]
            for k in range(2 * units):
                gate[k] = sigmoid(gate[k] + sums[k] + (b[k] + c[k]))
            r, z, n = gate[:units], gate[units:2 * units], gate[2 * units:]
            inner, b_n, c_n = sums[2 * units:], b[2 * units:], c[2 * units:]
            for j in range(units):
                q[j] = inner[j] + c_n[j]
            for j in range(units):
                n[j] = tanh(n[j] + b_n[j] + r[j] * q[j])
            for j in range(units):
                now[j] = (one - z[j]) * n[j] + z[j] * now[j]
            for j in range(units):
                h[j] = now[j]


@kernel
def backward(m, t):
    back = upright(matrix(m, t[2]))
    recall, hidden, before = cube(m, t[7]), cube(m, t[8]), cube(m, t[9])
    state, product, dhidden = matrix(m, t[10]), matrix(m, t[11]), cube(m, t[22])
    reverse, window, one = knob(t, 0) > 0, int(knob(t, 1)), like(m, 1)
    rows, steps, units = hidden.shape
    gates, slopes = flat(m, t[6]).reshape(rows, steps, 3 * units), flat(m, t[12]).reshape(rows, steps, 3 * units)
    inner_slopes = flat(m, t[13]).reshape(rows, steps, 3 * units)
    begin(m, t[22])
    for s in range(steps - 1, -1, -1):
        at, earlier = place(s, steps, reverse), place(max(s - 1, 0), steps, reverse)
        passes = s > 0 and not cut(s, window)
        for row in range(rows):
            gate, dh, past, q = gates[row, at], dhidden[row, at], before[row, at], recall[row, at]
            r, z, n = gate[:units], gate[units:2 * units], gate[2 * units:]
            slope, sums = slopes[row, at], product[row]
            s_r, s_z, s_n, inner = slope[:units], slope[units:2 * units], slope[2 * units:], sums[2 * units:]
            for j in range(units):
                s_n[j] = dh[j] * (one - z[j]) * (one - n[j] * n[j])
            for j in range(units):
                s_z[j] = dh[j] * (past[j] - n[j]) * z[j] * (one - z[j])
            for j in range(units):
                s_r[j] = s_n[j] * q[j] * r[j] * (one - r[j])
            for k in range(2 * units):
                sums[k] = slope[k]
            for j in range(units):
                inner[j] = s_n[j] * r[j]
            inside = inner_slopes[row, at]
            for k in range(3 * units):
                inside[k] = sums[k]
        if passes or s == 0 and wanted(t[19]):
            times(product, back, state)
        if passes:
            for row in range(rows):
                dh, dh_before, come, z = dhidden[row, at], dhidden[row, earlier], state[row], gates[row, at, units:2 * units]
                for j in range(units):
                    dh_before[j] += dh[j] * z[j] + come[j]
    if wanted(t[19]):
        first = place(0, steps, reverse)
        for row in range(rows):
            for j in range(units):
                state[row, j] += dhidden[row, first, j] * gates[row, first, units + j]
        add_state(m, t[19], state)
    finish(m, t[0], t[1], t[2], t[14:19], t[9], slopes.reshape(rows * steps, 3 * units),
           inner_slopes.reshape(rows * steps, 3 * units))


RECORD = Op("gru", "A layer whose state is partly kept and partly written anew, as two gates decide.",
            r"h_t = (1 - z_t) n_t + z_t h_{t-1}", "K. Cho and others, 2014", forward=forward, backward=backward,
            operands=("x", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "start",
                      "gates", "recall", "hidden", "before", "state", "product", "slopes", "inner_slopes"),
            saved=("gates", "recall", "before", "state", "product", "slopes", "inner_slopes"),
            knobs={"reverse": Knob(False, kind="boolean", help="From the last step to the first."),
                   "window": Knob(0, 0, kind="integer",
                                  help="Every so many steps the gradient is cut off; 0 lets it go back to the start.")},
            torch="nn.GRU(inputs, units, batch_first=True)")
