"""Global average pooling: every channel becomes one number, its mean over the picture, of whatever size that is.

x (N, C, H, W) -> y (N, C)      y = Σ x / (H W)      backward  dx = dy / (H W)
Source: Lin, Chen and Yan, 2013.
"""
from ..jit import begin, kernel, like, matrix, planes, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, y = planes(m, t[0]), matrix(m, t[1])
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            total = like(m, 0)
            for s in range(x.shape[2]):
                total += x[n, c, s]
            y[n, c] = total / like(m, x.shape[2])


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        dx, dy = planes(m, t[2]), matrix(m, t[3])
        for n in range(dx.shape[0]):
            for c in range(dx.shape[1]):
                part = dy[n, c] / like(m, dx.shape[2])
                for s in range(dx.shape[2]):
                    dx[n, c, s] += part


RECORD = Op(
    "global_average", "Replaces every channel by its mean over the whole picture.",
    r"y_c = \frac{1}{HW} \sum_{i,j} x_{c,i,j}", "Lin, Chen and Yan, 2013", title="Global average pooling",
    forward=forward, backward=backward, operands=("x", "y"),
    torch="nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())")
