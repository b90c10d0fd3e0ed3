"""Sophia-G: the average gradient divided by an estimate of the curvature, and no step longer than the rate.

Shapes: p, g, mean and curvature are flat vectors of one length; η the rate, γ the scale, λ the decay.
    every step        mean      ← β1 mean + (1 - β1) g
                      p         ← p - η λ p - η clip(mean / max(γ curvature, 10⁻¹²), -1 … 1)
    every k-th step   curvature ← β2 curvature + (1 - β2) B ĝ²         (before the update)
ĝ is the gradient of the mean loss of B rows whose answers were drawn from the network's own probabilities (once, at
random): B ĝ² is then on average the diagonal of the Gauss-Newton matrix (Gauss-Newton-Bartlett), which is never negative.
It costs one more backward pass in every k-th step; the forward pass is shared.
"""
from ..jit import flat, kernel, knob, like, matrix
from ..knob import Knob
from ..registry import Optimizer
from ._knobs import decay_everywhere, learning_rate, weight_decay


@kernel
def update(m, t):
    p, g, rate = flat(m, t[0]), flat(m, t[1]), flat(m, t[2])[0]
    mean, curvature = flat(m, t[3]), flat(m, t[4])
    rest, scale, least = like(m, 1.0 - knob(t, 0)), like(m, knob(t, 2)), like(m, 1e-12)
    kept, one = like(m, 1.0 - rate * knob(t, 3)), like(m, 1)
    for i in range(p.size):
        mean[i] += rest * (g[i] - mean[i])
        bend = scale * curvature[i]
        move = mean[i] / (bend if bend > least else least)
        move = one if move > one else -one if move < -one else move          # NaN stays and is seen
        p[i] = kept * p[i] - rate * move


@kernel
def estimate(m, t):
    g, curvature, rest = flat(m, t[0]), flat(m, t[3]), like(m, 1.0 - knob(t, 1))
    rows = like(m, matrix(m, t[1]).shape[0])
    for i in range(g.size):
        curvature[i] += rest * (rows * g[i] * g[i] - curvature[i])


RECORD = Optimizer(
    "sophia", title="Sophia-G",
    sentence="Divides the average gradient by an estimate of the curvature, and never steps further than the rate.",
    formula=r"w \leftarrow (1 - \eta\lambda) w - \eta\, \mathrm{clip}\!\left(\frac{m}{\max(\gamma h, \varepsilon)}, 1\right),\quad "
            r"h \leftarrow \beta_2 h + (1 - \beta_2) B \hat g^2",
    source="H. Liu, Z. Li, D. Hall, P. Liang and T. Ma, 2023",
    knobs={"learning_rate": learning_rate(1e-3),
           "beta1": Knob(0.965, 0.0, 0.9999, symbol="β₁", help="How long the average gradient remembers."),
           "beta2": Knob(0.99, 0.0, 0.99999, symbol="β₂", help="How long the estimated curvature remembers, in estimates."),
           "scale": Knob(0.04, 1e-6, 100.0, scale="log", symbol="γ",
                         help="How much of the curvature counts: less makes more steps as long as the rate allows."),
           "weight_decay": weight_decay(0.0),
           "every": Knob(10, 1, 1000, kind="integer", scale="log", symbol="k",
                         help="In every so many steps the curvature is estimated, with one more backward pass."),
           "decay_everywhere": decay_everywhere()},
    update=update, estimate=estimate, slots=("mean", "curvature"))
