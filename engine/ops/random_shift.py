"""Shifted pictures: each is moved by up to so many pixels each way, another way at each step; what comes in is paper.

x, y (N, C, H, W)      y[i, j] = x[i − down, j − right], down and right drawn evenly from −s … s; paper outside
To pad by s and cut out at random is the same.  In use: y = x.
Source: LeCun, Bottou, Bengio and Haffner, 1998.
"""
from ..jit import flat, kernel, knob, like, put, volume
from ..knob import Knob
from ..registry import Op
from ._pictures import draws, whole


@kernel
def forward(m, t):
    x, y = volume(m, t[0]), volume(m, t[1])
    reach, paper = int(knob(t, 0)), like(m, knob(t, 1))
    high, wide = x.shape[2], x.shape[3]
    for n in range(x.shape[0]):
        one, two, _, _ = draws(t, n)
        down, right = whole(one, -reach, reach), whole(two, -reach, reach)
        for c in range(x.shape[1]):
            for i in range(high):
                for j in range(wide):
                    a, b = i - down, j - right
                    y[n, c, i, j] = x[n, c, a, b] if 0 <= a < high and 0 <= b < wide else paper


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[1]))


RECORD = Op("random_shift", "Moves every picture by a few pixels, another way at each step of training.",
            r"y_{i,j} = x_{i-d,\,j-r},\quad d, r \sim U\{-s, s\}", "LeCun, Bottou, Bengio and Haffner, 1998",
            forward=forward, inference=inference, operands=("x", "y"),
            knobs={"reach": Knob(1, 0, 64, kind="integer", help="How many pixels at most."),
                   "paper": Knob(0.0, help="The value of an empty pixel.")})
