"""Normal numbers inside kernels: the same again for the same seed, step and name."""
import math

from ..jit import helper, like
from ._pictures import draws


@helper
def normals(out, t):
    """Fill a vector with normal numbers of mean 0 and spread 1.

    Two even numbers u, v make two normal ones:  √(−2 ln u) cos 2πv  and  √(−2 ln u) sin 2πv  (Box and Muller, 1958).
    """
    for block in range((out.size + 3) // 4):
        a, b, c, d = draws(t, block)
        i = 4 * block
        first, second = math.sqrt(-2.0 * math.log(1.0 - a)), math.sqrt(-2.0 * math.log(1.0 - c))
        out[i] = like(out, first * math.cos(2.0 * math.pi * b))
        if i + 1 < out.size:
            out[i + 1] = like(out, first * math.sin(2.0 * math.pi * b))
        if i + 2 < out.size:
            out[i + 2] = like(out, second * math.cos(2.0 * math.pi * d))
        if i + 3 < out.size:
            out[i + 3] = like(out, second * math.sin(2.0 * math.pi * d))
