"""Max pooling: of every small window only the largest number goes on, so that a little shift changes little.

x (N, C, H, W), chosen and y (N, C, Ho, Wo); a window of k × k, moved by s, border p (which never wins)
forward    y = max of the window; `chosen` keeps where in the picture it lies, row · W + column (the first of equals)
backward   dx at the winner += dy;  all others get nothing
           Ho = ⌊(H + 2p − k) / s⌋ + 1,  Wo likewise; what is left over at the right and the bottom is not looked at
NaN wins, so that it is seen.
Source: Yamaguchi and others, 1990.
"""
from ..jit import begin, helper, kernel, knob, like, planes, volume, wanted
from ..knob import Knob
from ..registry import Op


@helper
def winner(a, place_a, b, place_b):
    """The larger of two numbers, with its place; the first of equals, NaN before all."""
    second = (not b <= a) & (a == a)
    return (b if second else a), (place_b if second else place_a)


@helper
def two_by_two(picture, wide, first, best, chosen):
    """A row of the usual windows, 2 × 2 side by side, as a knock-out in two rounds.

    Places are counted in floats: a choice between floats needs no jump, and nobody can foretell who wins.
    """
    zero, one, below, beside = like(best, 0), like(best, 1), like(best, wide), like(best, wide + 1)
    for j in range(best.size):
        p = first + 2 * j
        up, place_up = winner(picture[p], zero, picture[p + 1], one)
        down, place_down = winner(picture[p + wide], below, picture[p + wide + 1], beside)
        best[j], place = winner(up, place_up, down, place_down)
        chosen[j] = like(best, p) + place


@kernel
def forward(m, t):
    x, chosen, y = volume(m, t[0]), volume(m, t[1]), volume(m, t[2])
    size, stride, border = int(knob(t, 0)), int(knob(t, 1)), int(knob(t, 2))
    high, wide = x.shape[2], x.shape[3]
    for n in range(y.shape[0]):
        for c in range(y.shape[1]):
            picture = x[n, c].reshape(-1)
            for i in range(y.shape[2]):
                top = i * stride - border
                if size == 2 and stride == 2 and border == 0:
                    two_by_two(picture, wide, top * wide, y[n, c, i], chosen[n, c, i])
                    continue
                for j in range(y.shape[3]):
                    left = j * stride - border
                    low, end = max(0, left), min(wide, left + size)
                    place = max(0, top) * wide + low
                    best = picture[place]
                    for a in range(max(0, top), min(high, top + size)):
                        for q in range(a * wide + low, a * wide + end):
                            best, place = winner(best, place, picture[q], q)
                    y[n, c, i, j], chosen[n, c, i, j] = best, like(m, place)


@kernel
def backward(m, t):
    if wanted(t[3]):
        begin(m, t[3])
        chosen, dx, dy = planes(m, t[1]), planes(m, t[3]), planes(m, t[5])
        for n in range(dy.shape[0]):
            for c in range(dy.shape[1]):
                for s in range(dy.shape[2]):
                    dx[n, c, int(chosen[n, c, s])] += dy[n, c, s]


RECORD = Op(
    "max_pool2d", "Lets only the largest number of every small window go on.",
    r"y_{i,j} = \max_{a,b < k} x_{is+a,\,js+b}", "Yamaguchi and others, 1990", title="Max pooling",
    forward=forward, backward=backward, operands=("x", "chosen", "y"), saved=("chosen",),
    knobs={"size": Knob(2, 1, 64, kind="integer", effect="rebuild", symbol="k", help="How high and wide the window is."),
           "stride": Knob(2, 1, 64, kind="integer", effect="rebuild", symbol="s", help="How far it moves from one place to the next."),
           "padding": Knob(0, 0, 32, kind="integer", effect="rebuild", symbol="p",
                           help="How far it may reach over the picture's edge, at most half its size.")},
    torch="nn.MaxPool2d({size}, stride={stride}, padding={padding})")
