"""A decoder that points: at every step its attention over the inputs is itself the answer, and what was chosen is masked.

keys, last, first (N·T, D): what each input is asked with, and what it adds to the question once it was chosen
base (N, D): what the whole says;  start (D,): in the place of last and first before anything was chosen;  v (D,)
present (N, T) or left out: 0 for padding;  target (N, L) inputs by number, -1 where nothing is asked;  z (N·L, T)

forward    question_t = base + last[chosen t-1] + first[chosen 0]        (base + start at the first step)
           z_tj = Σ_d v_d tanh(keys_jd + question_td)
           what is chosen already, or padding, lies MASKED below the lowest other logit, so that it is never the answer
backward   with h = tanh(...) and g = dz:   dv += g h,   s = g v (1 − h²),   dkeys_j += s,   dquestion_t += Σ_j s
"Chosen" is what target says: the right answers while it trains (teacher forcing), its own so far in use (engine/measure.py).
`closed` says that the first input may be chosen again, from the third step on: that closes a ring and ends the answer.
Source: Vinyals, Fortunato and Jaitly, 2015; the question from the first and the last input: Kool, van Hoof and Welling, 2019.
"""
from ..elementary import tanh
from ..jit import begin, flat, helper, kernel, knob, like, matrix, wanted
from ..knob import Knob
from ..registry import Op

MASKED = 50.0                            # e**-50 = 2·10⁻²²: no share at all, but a loss that is still a number


@helper
def ask(last, first, base, start, before, begun, n, steps, question):
    """question (D,) for example n when input `before` was chosen last and `begun` first; -1: nothing so far."""
    for d in range(question.size):
        if before < 0:
            question[d] = base[n, d] + start[d]
        else:
            question[d] = base[n, d] + last[n * steps + before, d] + first[n * steps + begun, d]


@helper
def score(keys, question, v, row):
    """Σ_d v_d tanh(keys[row]_d + question_d)"""
    total = like(v, 0)
    for d in range(v.size):
        total += v[d] * tanh(keys[row, d] + question[d])
    return total


@helper
def logits_of(keys, question, v, free, n, out):
    """out (T,): the score of every free input of example n, the others MASKED below the lowest of them."""
    lowest = like(v, 0)
    for j in range(out.size):
        if free[j] > like(v, 0):
            out[j] = score(keys, question, v, n * out.size + j)
            lowest = out[j] if out[j] < lowest else lowest
    for j in range(out.size):
        if free[j] == like(v, 0):
            out[j] = lowest - like(v, MASKED)


@helper
def all_free(m, row, n, free):
    """free (T,): 1 for every input that is there; gives how many there are."""
    count = 0
    for j in range(free.size):
        free[j] = matrix(m, row)[n, j] if wanted(row) else like(free, 1)
        count += free[j] > like(free, 0)
    return count


@kernel
def forward(m, t):
    keys, last, first, base = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    start, v, target, room, z = flat(m, t[4]), flat(m, t[5]), matrix(m, t[7]), flat(m, t[8]), matrix(m, t[9])
    steps, width, closed = z.shape[1], v.size, knob(t, 0) > 0
    question, free = room[:width], room[width:width + steps]
    for n in range(target.shape[0]):
        before, begun, done = -1, -1, False
        left = all_free(m, t[6], n, free)
        for k in range(target.shape[1]):
            out, chosen = z[n * target.shape[1] + k], int(target[n, k])
            if done or left == 0 and not closed:         # the answer is over: it stays where it is
                out[:] = -like(v, MASKED)
                out[max(before, 0)] = 0
                continue
            if closed and k == 2:
                free[begun] = 1
            ask(last, first, base, start, before, begun, n, steps, question)
            logits_of(keys, question, v, free, n, out)
            if chosen < 0:                               # nothing is asked here, or in use not yet known: nothing to go on from
                for more in range(k + 1, target.shape[1]):
                    z[n * target.shape[1] + more, :] = 0
                break
            done = closed and k >= 2 and chosen == begun
            before, begun = chosen, chosen if begun < 0 else begun
            left -= free[chosen] > like(v, 0)
            free[chosen] = 0


@kernel
def backward(m, t):
    keys, last, first, base = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    start, v, target, room, dz = flat(m, t[4]), flat(m, t[5]), matrix(m, t[7]), flat(m, t[8]), matrix(m, t[19])
    steps, width, closed, one, zero = dz.shape[1], v.size, knob(t, 0) > 0, like(m, 1), like(m, 0)
    question, free, dquestion = room[:width], room[width:width + steps], room[width + steps:2 * width + steps]
    for j in range(10, 16):
        begin(m, t[j])
    dkeys, dlast, dfirst, dbase = matrix(m, t[10]), matrix(m, t[11]), matrix(m, t[12]), matrix(m, t[13])
    dstart, dv = flat(m, t[14]), flat(m, t[15])
    for n in range(target.shape[0]):
        before, begun = -1, -1
        all_free(m, t[6], n, free)
        for k in range(target.shape[1]):
            slope, chosen = dz[n * target.shape[1] + k], int(target[n, k])
            if chosen < 0:               # the loss asks nothing from here on
                break
            if closed and k == 2:
                free[begun] = 1
            ask(last, first, base, start, before, begun, n, steps, question)
            dquestion[:] = 0
            for j in range(steps):
                if free[j] > zero:
                    row, g = n * steps + j, slope[j]
                    for d in range(width):
                        h = tanh(keys[row, d] + question[d])
                        dv[d] += g * h
                        s = g * v[d] * (one - h * h)
                        dkeys[row, d] += s
                        dquestion[d] += s
            for d in range(width):
                dbase[n, d] += dquestion[d]
                if before < 0:
                    dstart[d] += dquestion[d]
                else:
                    dlast[n * steps + before, d] += dquestion[d]
                    dfirst[n * steps + begun, d] += dquestion[d]
            before, begun = chosen, chosen if begun < 0 else begun
            free[chosen] = 0


RECORD = Op(
    "pointer", "At every step points at one of the inputs that were not chosen yet; its attention is the answer.",
    r"z_{tj} = v^\top \tanh(k_j + q_t)", "Vinyals, Fortunato and Jaitly, 2015", title="Pointer",
    forward=forward, backward=backward,
    operands=("keys", "last", "first", "base", "start", "v", "present", "target", "room", "z"),
    saved=("present", "target", "room"),
    knobs={"closed": Knob(False, kind="boolean", help="Whether the answer is a ring that ends where it began.")},
    torch="(torch.tanh(keys[:, None] + question[:, :, None]) * v).sum(-1)")
