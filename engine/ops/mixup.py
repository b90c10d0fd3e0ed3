"""MixUp: every example is mixed with another one of the batch, and so is what should be answered.

x, y (N, I); target (N, K) as the loss reads it, answer (N, C): shares of classes, or the mixed values where K = C
y[n] = λ x[n] + (1 − λ) x[N − 1 − n],   answer likewise;   one λ a step from Beta(α, α).  In use: y = x.
The partner is the batch read backwards: its order is drawn anew in each epoch, so that is as random as any.
Beta(α, α) for α ≤ 1 after Jöhnk, 1964: of even numbers u, v take p = u^(1/α), q = v^(1/α) once p + q ≤ 1;  λ = p / (p + q).
Source: Zhang, Cisse, Dauphin and Lopez-Paz, 2018.
"""
from ..jit import flat, kernel, knob, like, matrix, put
from ..knob import Knob
from ..registry import Op
from ._pictures import draws


@kernel
def forward(m, t):
    x, target, y, answer = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    power, p, q = 1.0 / knob(t, 0), 0.5, 0.5
    for attempt in range(1000):
        u, v, _, _ = draws(t, attempt)
        p, q = u**power, v**power
        if 0.0 < p + q <= 1.0:
            break
    mine, other = like(m, p / (p + q)), like(m, q / (p + q))
    rows = x.shape[0]
    for n in range(rows):
        partner = rows - 1 - n
        for i in range(x.shape[1]):
            y[n, i] = mine * x[n, i] + other * x[partner, i]
        if answer.shape[1] == target.shape[1]:
            for k in range(target.shape[1]):
                answer[n, k] = mine * target[n, k] + other * target[partner, k]
        else:
            for k in range(answer.shape[1]):
                answer[n, k] = like(m, 0)
            answer[n, int(target[n, 0])] += mine
            answer[n, int(target[partner, 0])] += other


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[2]))


RECORD = Op("mixup", "Mixes every example of a batch with another one, and their answers in the same shares.",
            r"\tilde x = \lambda x_i + (1 - \lambda) x_j,\quad \tilde y = \lambda y_i + (1 - \lambda) y_j,\quad "
            r"\lambda \sim \mathrm{Beta}(\alpha, \alpha)", "Zhang, Cisse, Dauphin and Lopez-Paz, 2018", title="MixUp",
            forward=forward, inference=inference, operands=("x", "target", "y", "answer"),
            knobs={"alpha": Knob(0.2, 0.01, 1.0, symbol="α", help="Small: mostly one of the two; 1: any share alike.")})
