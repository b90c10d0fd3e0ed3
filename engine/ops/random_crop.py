"""Cropped pictures: a random piece of each is enlarged to the whole, so that shapes come in several sizes.

x, y (N, C, H, W)      The piece has the share 1 − u of height and width, u drawn evenly from 0 … crop, and lies anywhere;
pixels in between are drawn linearly between their four neighbours.  In use: y = x.
Source: Krizhevsky, Sutskever and Hinton, 2012; Szegedy and others, 2015 (in several sizes).
"""
from ..jit import flat, kernel, knob, like, put, volume
from ..knob import Knob
from ..registry import Op
from ._pictures import draws


@kernel
def forward(m, t):
    x, y = volume(m, t[0]), volume(m, t[1])
    high, wide = x.shape[2], x.shape[3]
    for n in range(x.shape[0]):
        cut, one, two, _ = draws(t, n)
        share = 1.0 - cut * knob(t, 0)
        top, left = one * (1.0 - share) * (high - 1), two * (1.0 - share) * (wide - 1)
        for c in range(x.shape[1]):
            for i in range(high):
                row = top + share * i
                a = min(int(row), high - 1)
                below, down = min(a + 1, high - 1), like(m, row - a)
                for j in range(wide):
                    column = left + share * j
                    b = min(int(column), wide - 1)
                    beside, right = min(b + 1, wide - 1), like(m, column - b)
                    up = x[n, c, a, b] + right * (x[n, c, a, beside] - x[n, c, a, b])
                    low = x[n, c, below, b] + right * (x[n, c, below, beside] - x[n, c, below, b])
                    y[n, c, i, j] = up + down * (low - up)


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[1]))


RECORD = Op("random_crop", "Enlarges a random piece of every picture to the whole, another at each step of training.",
            r"y_{i,j} = x_{t + \sigma i,\; l + \sigma j},\quad \sigma \sim U(1 - c, 1)", "Krizhevsky, Sutskever and Hinton, 2012",
            forward=forward, inference=inference, operands=("x", "y"),
            knobs={"crop": Knob(0.2, 0.0, 0.9, help="The share of height and width that may be cut off.")})
