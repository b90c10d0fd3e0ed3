"""Token masking: a random share of the tokens is hidden behind a mask token, and only these are asked.

x, target, y, answer (N, T).  In the data some tokens are hidden already, so that there is something to score in use: where
target is not -1 it holds the token that is hidden in x.  At each step of training they are hidden anew:
    u even in [0, 1), one a token;   y = mask where u < share, else the token;   answer = the token where u < share, else -1
In use y = x.  Which tokens are hidden depends on seed and step alone (counter-based).
Source: Devlin, Chang, Lee and Toutanova, 2019 (BERT); masks drawn anew at each step: Liu and others, 2019.
"""
from ..jit import flat, kernel, knob, like, put, seed, step, stream
from ..knob import Knob
from ..random import uniforms
from ..registry import Op


@kernel
def forward(m, t):
    x, target, y, answer = flat(m, t[0]), flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
    share, mask = like(m, knob(t, 0)), like(m, knob(t, 1))
    uniforms(answer, seed(t), stream(t), step(t))
    for i in range(x.size):
        token = x[i] if target[i] < 0 else target[i]
        hidden = answer[i] < share
        y[i] = mask if hidden else token
        answer[i] = token if hidden else like(m, -1)


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[2]))


RECORD = Op("mask_tokens", "Hides a random share of the tokens at each step of training, and asks for these.",
            r"\tilde x_t = \text{mask if } u_t < p,\ x_t \text{ otherwise}", "Devlin, Chang, Lee and Toutanova, 2019",
            title="Token masking", forward=forward, inference=inference, operands=("x", "target", "y", "answer"),
            knobs={"share": Knob(0.15, 0.0, 1.0, symbol="p", help="The share of the tokens that is hidden."),
                   "mask": Knob(0, 0, kind="integer", help="The number of the mask token.")})
