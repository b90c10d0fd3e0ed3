"""Word dropout: while training, some of the tokens are covered, so that no answer can rest on a single one.

x (N, T) token numbers -> y (N, T): the number `mask`, a token that never occurs itself, with probability p, else x.  In use: y = x.
Which ones depends on seed, step and name alone (counter-based).  Nothing flows back through it.
Source: Iyyer, Manjunatha, Boyd-Graber and Daumé, 2015 (word dropout); Devlin, Chang, Lee and Toutanova, 2018 (a token for it).
"""
from ..jit import flat, kernel, knob, like, seed, step, stream
from ..knob import Knob
from ..random import uniforms
from ..registry import Op


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    p, mask = like(m, knob(t, 0)), like(m, knob(t, 1))
    uniforms(y, seed(t), stream(t), step(t))
    for i in range(x.size):
        y[i] = mask if y[i] < p else x[i]


@kernel
def inference(m, t):
    flat(m, t[1])[:] = flat(m, t[0])


RECORD = Op("word_dropout", "Covers a random share of the tokens while training, and none of them in use.",
            r"y_t = \begin{cases} \mathrm{mask} & \text{with } p \\ x_t \end{cases}", "Iyyer and others, 2015; Devlin and others, 2018",
            title="Word dropout", forward=forward, inference=inference, operands=("x", "y"),
            knobs={"p": Knob(0.15, 0.0, 1.0, symbol="p", help="The share of tokens that is covered at each step."),
                   "mask": Knob(0, 0, 10**7, kind="integer", help="The number of the token that covers.")})
