"""Lion: every parameter moves by the same length, only the sign of its average gradient counts.

Shapes: p, g and mean are flat vectors of one length; η the rate, λ the decay.
    p      ← p - η λ p - η sign(β1 mean + (1 - β1) g)
    mean   ← β2 mean + (1 - β2) g
It was found by a search among programs, and remembers one number a parameter where Adam remembers two.
"""
from ..jit import flat, kernel, knob, like
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import decay_everywhere, learning_rate, weight_decay


@kernel
def update(m, t):
    p, g, rate, mean = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0], flat(m, t[3])
    near, far = like(m, 1.0 - knob(t, 0)), like(m, 1.0 - knob(t, 1))
    kept, zero = like(m, 1.0 - rate * knob(t, 2)), like(m, 0)
    for i in range(p.size):
        way = mean[i] + near * (g[i] - mean[i])
        move = rate if way > zero else -rate if way < zero else way          # 0 stays 0, and NaN is seen
        p[i] = kept * p[i] - move
        mean[i] += far * (g[i] - mean[i])


RECORD = Optimizer(
    "lion", title="Lion",
    sentence="Moves every parameter by the same length in the direction of its average gradient's sign.",
    formula=r"w \leftarrow (1 - \eta\lambda) w - \eta\, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g),\quad "
            r"m \leftarrow \beta_2 m + (1 - \beta_2) g",
    source="X. Chen and others, 2023",
    knobs={"learning_rate": learning_rate(1e-4),
           "beta1": Knob(0.9, 0.0, 0.9999, symbol="β₁", help="How much of the average is in the direction of a step; the rest is this gradient."),
           "beta2": Knob(0.99, 0.0, 0.99999, symbol="β₂", help="How long the average gradient remembers: 0.99 is about a hundred steps."),
           "weight_decay": weight_decay(0.0), "decay_everywhere": decay_everywhere()},
    update=update, slots=("mean",))
