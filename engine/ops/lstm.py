"""Long short-term memory: a cell that keeps what it holds unless its gates say otherwise.

i, f, o = σ(x_t W + b + h_{t-1} U + b') the gates for in, keep and out, g = tanh(...) what would be written
c_t = f c_{t-1} + i g,   h_t = o tanh c_t
On the way from c_t to c_{t-1} the gradient meets only f: near 1, it passes through many steps hardly changed.

x (N, T, I), weight_ih W (I, 4H), weight_hh U (H, 4H), bias_ih, bias_hh (4H,), start, start_cell (N, H) or none
-> gates (N, T, 4, H) in the order i, f, g, o, cell (N, T, H), hidden (N, T, H)
backward, from the last step to the first, δ the slopes at the four weighted sums:
    dc_t += dh_t o (1 - tanh² c_t),         δ_o = dh_t tanh(c_t) o (1 - o)
    δ_i = dc_t g i (1 - i),   δ_f = dc_t c_{t-1} f (1 - f),   δ_g = dc_t i (1 - g²)
    dc_{t-1} += dc_t f,   dh_{t-1} += δ Uᵀ,   dU = Σ h_{t-1}ᵀ δ,   dW = Σ x_tᵀ δ,   dx_t = δ Wᵀ

The loops over a row are many and short on purpose: each writes one array, so the compiler can prove that
nothing overlaps, and takes sixteen numbers at a time.
Sources: S. Hochreiter and J. Schmidhuber, 1997; the forget gate: F. Gers, J. Schmidhuber and F. Cummins, 2000.
"""
from ..elementary import sigmoid, tanh
from ..jit import begin, cube, flat, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op
from ._recurrent import add_state, begin_state, cut, finish, place, times, upright


@kernel
def forward(m, t):
    x, w, u, b, c = cube(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), flat(m, t[3]), flat(m, t[4])
    cell, hidden, before = cube(m, t[8]), cube(m, t[9]), cube(m, t[10])
    state, memory, product = matrix(m, t[11]), matrix(m, t[12]), matrix(m, t[13])
    reverse = knob(t, 0) > 0
    rows, steps, units = hidden.shape
    gates, four = flat(m, t[7]).reshape(rows, steps, 4 * units), flat(m, t[7]).reshape(rows, steps, 4, units)
    times(x.reshape(rows * steps, w.shape[0]), w, gates.reshape(rows * steps, 4 * units))
    begin_state(m, t[5], state)
    begin_state(m, t[6], memory)
    for s in range(steps):
        at = place(s, steps, reverse)
        times(state, u, product)
        for n in range(rows):
            gate, z, held, now, past = gates[n, at], product[n], memory[n], state[n], before[n, at]
            for j in range(units):
                past[j] = now[j]
            for k in range(4 * units):
                gate[k] += z[k] + (b[k] + c[k])
            i, f, g, o = four[n, at, 0], four[n, at, 1], four[n, at, 2], four[n, at, 3]
            for k in range(2 * units):
                gate[k] = sigmoid(gate[k])
            for j in range(units):
                g[j] = tanh(g[j])
            for j in range(units):
                o[j] = sigmoid(o[j])
            for j in range(units):
                held[j] = f[j] * held[j] + i[j] * g[j]
            for j in range(units):
                now[j] = o[j] * tanh(held[j])
            kept, h = cell[n, at], hidden[n, at]
            for j in range(units):
                kept[j] = held[j]
            for j in range(units):
                h[j] = now[j]


@kernel
def backward(m, t):
    back = upright(matrix(m, t[2]))
    cell, hidden = cube(m, t[8]), cube(m, t[9])
    state, memory, product = matrix(m, t[11]), matrix(m, t[12]), matrix(m, t[13])
    dcell, dhidden = cube(m, t[23]), cube(m, t[24])
    reverse, window = knob(t, 0) > 0, int(knob(t, 1))
    rows, steps, units = hidden.shape
    gates, slopes = flat(m, t[7]).reshape(rows, steps, 4, units), flat(m, t[14]).reshape(rows, steps, 4, units)
    sums = product.reshape(rows, 4, units)
    begin(m, t[23])
    begin(m, t[24])
    begin_state(m, t[6], memory)
    one = like(m, 1)
    for s in range(steps - 1, -1, -1):
        at, earlier = place(s, steps, reverse), place(max(s - 1, 0), steps, reverse)
        passes = s > 0 and not cut(s, window)
        for n in range(rows):
            dh, dc, c, past = dhidden[n, at], dcell[n, at], cell[n, at], cell[n, earlier] if s > 0 else memory[n]
            i, f, g, o = gates[n, at, 0], gates[n, at, 1], gates[n, at, 2], gates[n, at, 3]
            si, sf, sg, so = sums[n, 0], sums[n, 1], sums[n, 2], sums[n, 3]
            bent = state[n]
            for j in range(units):
                bent[j] = tanh(c[j])
            for j in range(units):
                so[j] = dh[j] * bent[j] * o[j] * (one - o[j])
            for j in range(units):
                dc[j] += dh[j] * o[j] * (one - bent[j] * bent[j])
            for j in range(units):
                si[j] = dc[j] * g[j] * i[j] * (one - i[j])
            for j in range(units):
                sf[j] = dc[j] * past[j] * f[j] * (one - f[j])
            for j in range(units):
                sg[j] = dc[j] * i[j] * (one - g[j] * g[j])
            all_four, slope = product[n], slopes[n, at].reshape(4 * units)
            for k in range(4 * units):
                slope[k] = all_four[k]
            if passes:
                dc_before = dcell[n, earlier]
                for j in range(units):
                    dc_before[j] += dc[j] * f[j]
        if passes or s == 0 and wanted(t[20]):
            times(product, back, state)
        if passes:
            for n in range(rows):
                dh, come = dhidden[n, earlier], state[n]
                for j in range(units):
                    dh[j] += come[j]
    add_state(m, t[20], state)
    if wanted(t[21]):
        first = place(0, steps, reverse)
        for n in range(rows):
            dc, f, dc_start = dcell[n, first], gates[n, first, 1], memory[n]
            for j in range(units):
                dc_start[j] = dc[j] * f[j]
        add_state(m, t[21], memory)
    all_slopes = slopes.reshape(rows * steps, 4 * units)
    finish(m, t[0], t[1], t[2], t[15:20], t[10], all_slopes, all_slopes)


RECORD = Op("lstm", "A layer with a cell that keeps what it holds until its gates say otherwise.",
            r"c_t = f_t c_{t-1} + i_t g_t,\quad h_t = o_t \tanh c_t", "S. Hochreiter and J. Schmidhuber, 1997",
            forward=forward, backward=backward,
            operands=("x", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "start", "start_cell",
                      "gates", "cell", "hidden", "before", "state", "memory", "product", "slopes"),
            saved=("gates", "before", "state", "memory", "product", "slopes"),
            knobs={"reverse": Knob(False, kind="boolean", help="From the last step to the first."),
                   "window": Knob(0, 0, kind="integer",
                                  help="Every so many steps the gradient is cut off; 0 lets it go back to the start.")},
            torch="nn.LSTM(inputs, units, batch_first=True)")
