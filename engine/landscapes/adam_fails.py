"""A loss that is shown in pieces, one a step, on which Adam with a short memory walks to the worst place there is.

Shapes: x is (2,), value is (1,), g is (2,).  With the period P knob 0, the rare slope C knob 1 and the usual slope c knob 2:
    in every P-th step      g = ( C, y)
    in all other steps      g = (−c, y)
    on average              value = s (x + 1) + ½ y²,   s = (C − (P − 1) c) / P
x is kept within −1 … 1, as in the paper.  While s > 0 the lowest place is x = −1: the rare large slope outweighs all the small ones.
Adam divides by the recent size of its gradients.  If it has forgotten the large one before the next comes (β₂ᴾ is small), each small
slope moves it almost a whole rate to the right, and the large one, divided by its own size, no more than that to the left.
The pieces are those of the paper (there 1010 and −10 with a period of 101); y is a plain bowl, so that it can be seen in the plane.
"""
from ..jit import flat, kernel, knob, like, step
from ..knob import Knob
from ..registry import Landscape


def slope(settings):
    """s: how steep it is along x on average."""
    return (settings["rare"] - (settings["period"] - 1) * settings["often"]) / settings["period"]


@kernel
def value(m, t):
    x, out = flat(m, t[0]), flat(m, t[1])
    mean = like(m, (knob(t, 1) - (knob(t, 0) - 1.0) * knob(t, 2)) / knob(t, 0))
    out[0] = mean * (x[0] + like(m, 1)) + like(m, 0.5) * x[1] * x[1]


@kernel
def gradient(m, t):
    x, g = flat(m, t[0]), flat(m, t[1])
    g[0] = like(m, knob(t, 1)) if step(t) % int(knob(t, 0)) == 0 else like(m, -knob(t, 2))
    g[1] = x[1]


RECORD = Landscape(
    "adam_fails", title="Where Adam fails",
    sentence="Rarely a large slope to one side, mostly a small one to the other: the average is seen by no single step.",
    formula=r"g_t = \begin{cases} (C, y) & t \bmod P = 0 \\ (-c, y) & \text{else} \end{cases},\quad |x| \le 1",
    source="S. J. Reddi, S. Kale and S. Kumar, 2018",
    knobs={"period": Knob(101, 2, 1000, kind="integer", symbol="P", unit="steps", help="In every so many steps the large slope is shown."),
           "rare": Knob(2.0, 0.1, 10.0, scale="log", symbol="C", title="rare slope", help="The large slope, which pulls to the left."),
           "often": Knob(0.01, 0.001, 1.0, scale="log", symbol="c", title="usual slope", help="The small slope of all other steps, which pulls to the right.")},
    value=value, gradient=gradient, domain=((-1.15, 1.15), (-1.15, 1.15)), start=(0.4, 0.9), rate=0.3, steps=1500, box=((-1.0, 1.0), (-1.0, 1.0)),
    minima=lambda settings: ((-1.0 if slope(settings) > 0 else 1.0, 0.0),), period=lambda settings: settings["period"])
