"""GELU: multiplies x by the chance that a normal random number lies below it.

Shapes: x and y are (N, width).  With Φ(x) = ½ (1 + erf(x/√2)) and its slope φ(x) = e**(-x²/2) / √(2π):
y = x Φ(x), dx += dy (Φ(x) + x φ(x)).  This is the exact form, not the one with tanh.
The way back takes Φ(x) = y / x from the way there, which is half the work of another erf.
"""
from ..elementary import erf, exp
from ..jit import begin, flat, kernel, like, wanted
from ..registry import Activation

ROOT_HALF = 0.7071067811865476            # 1/√2
PEAK = 0.3989422804014327                 # 1/√(2π)
TINY = 1e-30                              # nearer to 0 than this Φ is ½ to the last digit, and a quotient may lose digits


@kernel
def forward(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    half, one, root_half = like(m, 0.5), like(m, 1.0), like(m, ROOT_HALF)
    for i in range(x.size):
        y[i] = x[i] * (half * (one + erf(x[i] * root_half)))


@kernel
def backward(m, t):
    if wanted(t[2]):
        begin(m, t[2])
        x, y, dx, dy = flat(m, t[0]), flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
        half, peak, tiny = like(m, 0.5), like(m, PEAK), like(m, TINY)
        for i in range(dx.size):
            below = y[i] / x[i] if abs(x[i]) > tiny else half
            density = peak * exp(-half * x[i] * x[i])
            dx[i] += dy[i] * (below + x[i] * density)


RECORD = Activation(
    "gelu", title="GELU",
    sentence="A smooth ReLU that weights its input by the chance that a normal random number lies below it.",
    formula=r"f(x) = x \, \Phi(x) = \frac{x}{2} \left(1 + \operatorname{erf} \frac{x}{\sqrt 2}\right)",
    source="D. Hendrycks and K. Gimpel, 2016",
    forward=forward, backward=backward, saturates=True, torch="nn.GELU()")
