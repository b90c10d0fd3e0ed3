"""Noisy routing: while training, chance is added to what the router says, as much of it as the router itself asks for.

x (N, E) logits, spread (N, E), drawn (N, E) normal numbers -> y (N, E)
forward    y = x + drawn · softplus(spread),   softplus(s) = ln(1 + eˢ) > 0      in use: y = x
backward   dx += dy,   dspread += dy · drawn · sigmoid(spread)
An expert that lies just behind is tried now and then, so that it can learn to be better.
Source: Shazeer and others, 2017.
"""
from ..elementary import sigmoid, softplus
from ..jit import begin, flat, kernel, put, wanted
from ..registry import Op
from ._chance import normals


@kernel
def forward(m, t):
    x, spread, drawn, y = flat(m, t[0]), flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
    normals(drawn, t)
    for i in range(x.size):
        y[i] = x[i] + drawn[i] * softplus(spread[i])


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[3]))


@kernel
def backward(m, t):
    spread, drawn, dy = flat(m, t[1]), flat(m, t[2]), flat(m, t[7])
    if wanted(t[4]):
        begin(m, t[4])
        dx = flat(m, t[4])
        for i in range(dy.size):
            dx[i] += dy[i]
    if wanted(t[5]):
        begin(m, t[5])
        dspread = flat(m, t[5])
        for i in range(dy.size):
            dspread[i] += dy[i] * drawn[i] * sigmoid(spread[i])


RECORD = Op("noisy", "Adds chance to what a router says while training, as much as the router asks for.",
            r"y = x + n \cdot \ln(1 + e^{s}),\quad n \sim \mathcal N(0, 1)", "Shazeer and others, 2017", title="Noisy routing",
            forward=forward, backward=backward, inference=inference, operands=("x", "spread", "drawn", "y"), saved=("drawn",),
            torch="x + torch.randn_like(x) * nn.functional.softplus(spread)")
