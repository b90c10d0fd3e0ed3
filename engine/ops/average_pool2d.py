"""Average pooling: every small window is replaced by the mean of its numbers.

x (N, C, H, W), y (N, C, Ho, Wo); a window of k × k, moved by s, within a border of p zeros that count as numbers
forward    y = Σ window / k²
backward   every number of the window gets dy / k²
           Ho = ⌊(H + 2p − k) / s⌋ + 1,  Wo likewise
Source: LeCun and others, 1989.
"""
from ..jit import begin, helper, kernel, knob, like, volume, wanted
from ..knob import Knob
from ..registry import Op
from ._windows import inside


@helper
def add_every(row, count, stride, total):
    """total[j] += row[j · stride]."""
    for j in range(count):
        total[j] += row[j * stride]


@kernel
def forward(m, t):
    x, y = volume(m, t[0]), volume(m, t[1])
    size, stride, border = int(knob(t, 0)), int(knob(t, 1)), int(knob(t, 2))
    high, wide, width, share = x.shape[2], x.shape[3], y.shape[3], like(m, 1.0 / (size * size))
    y[:] = 0
    for n in range(y.shape[0]):
        for c in range(y.shape[1]):
            for i in range(y.shape[2]):
                for a in range(max(0, border - i * stride), min(size, high + border - i * stride)):
                    row = x[n, c, i * stride - border + a]
                    for b in range(size):
                        first, last = inside(b, border, stride, wide, width)
                        if first < last:
                            place = first * stride + b - border
                            if stride == 2:      # the usual one, known beforehand, is several times as quick
                                add_every(row[place:], last - first, 2, y[n, c, i, first:])
                            else:
                                add_every(row[place:], last - first, stride, y[n, c, i, first:])
                for j in range(width):
                    y[n, c, i, j] *= share


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        dx, dy = volume(m, t[2]), volume(m, t[3])
        size, stride, border = int(knob(t, 0)), int(knob(t, 1)), int(knob(t, 2))
        high, wide, width, share = dx.shape[2], dx.shape[3], dy.shape[3], like(m, 1.0 / (size * size))
        for n in range(dy.shape[0]):
            for c in range(dy.shape[1]):
                for i in range(dy.shape[2]):
                    for a in range(max(0, border - i * stride), min(size, high + border - i * stride)):
                        row = dx[n, c, i * stride - border + a]
                        for b in range(size):
                            first, last = inside(b, border, stride, wide, width)
                            for j in range(first, last):
                                row[j * stride + b - border] += dy[n, c, i, j] * share


RECORD = Op(
    "average_pool2d", "Replaces every small window by the mean of its numbers.",
    r"y_{i,j} = \frac{1}{k^2} \sum_{a,b < k} x_{is+a,\,js+b}", "LeCun and others, 1989", title="Average pooling",
    forward=forward, backward=backward, operands=("x", "y"),
    knobs={"size": Knob(2, 1, 64, kind="integer", effect="rebuild", symbol="k", help="How high and wide the window is."),
           "stride": Knob(2, 1, 64, kind="integer", effect="rebuild", symbol="s", help="How far it moves from one place to the next."),
           "padding": Knob(0, 0, 32, kind="integer", effect="rebuild", symbol="p",
                           help="How far it may reach over the picture's edge, at most half its size.")},
    torch="nn.AvgPool2d({size}, stride={stride}, padding={padding})")
