"""Cut-out: a square of every picture is painted over, so that no single part of a shape can be relied on.

x, y (N, C, H, W)      A square of k × k pixels around a random pixel becomes paper; what lies outside is cut off.  In use: y = x.
Source: DeVries and Taylor, 2017.
"""
from ..jit import flat, kernel, knob, like, put, volume
from ..knob import Knob
from ..registry import Op
from ._pictures import draws, whole


@kernel
def forward(m, t):
    x, y = volume(m, t[0]), volume(m, t[1])
    size, paper = int(knob(t, 0)), like(m, knob(t, 1))
    high, wide = x.shape[2], x.shape[3]
    put(flat(m, t[0]), flat(m, t[1]))
    for n in range(x.shape[0]):
        one, two, _, _ = draws(t, n)
        top, left = whole(one, 0, high - 1) - size // 2, whole(two, 0, wide - 1) - size // 2
        for c in range(x.shape[1]):
            for i in range(max(0, top), min(high, top + size)):
                for j in range(max(0, left), min(wide, left + size)):
                    y[n, c, i, j] = paper


@kernel
def inference(m, t):
    put(flat(m, t[0]), flat(m, t[1]))


RECORD = Op("cutout", "Paints a square of every picture over, another one at each step of training.",
            r"y = x \text{ outside a random } k \times k", "DeVries and Taylor, 2017",
            forward=forward, inference=inference, operands=("x", "y"),
            knobs={"size": Knob(3, 1, 64, kind="integer", help="How many pixels high and wide the square is."),
                   "paper": Knob(0.0, help="The value of an empty pixel.")})
