r"""A curve over one input, to be predicted as a number.

    sine        y = sin 2x
    x_sin_x     y = x sin(2x) / 2
    step        y = 1 for x >= 0, else -1
    absolute    y = |x| / 1.5 - 1
    polynomial  y = 4 x³ / 27 - x

x is even from -3 to 3, and 0.5 noise e, e normal, is added to y.  All curves stay within about ±1.5, where a
network with ordinary start weights can reach them.
"""
import numpy as np

from ..features import CURVE_NAMES
from ..knob import Knob
from ..registry import Dataset
from ..table import Table
from ._plane import DOMAIN, KNOBS, draws

CURVES = {
    "sine": lambda x: np.sin(2 * x),
    "x_sin_x": lambda x: x * np.sin(2 * x) / 2,
    "step": lambda x: np.where(x >= 0, 1.0, -1.0),
    "absolute": lambda x: np.abs(x) / 1.5 - 1,
    "polynomial": lambda x: 4 * x**3 / 27 - x,
}


def make(generator, settings):
    u, _, scatter = draws(generator, settings["points"])
    x = 6 * u - 3
    y = CURVES[settings["function"]](x) + 0.5 * settings["noise"] * scatter[:, 0]
    return Table(x[:, None], y[:, None], ("x",), domain=DOMAIN)


RECORD = Dataset(
    "curve", "A curve over one input, to be predicted as a number.",
    r"y = f(x) + \tfrac{1}{2}\,\text{noise}\;\varepsilon", "", "Curve",
    knobs=KNOBS | {"function": Knob("sine", kind="choice", choices=tuple(CURVES), effect="rebuild", title="curve",
                                    symbol="f", help="Which curve: sin 2x, x sin(2x)/2, a step at 0, |x|/1.5 - 1, "
                                                     "or 4x³/27 - x.")},
    make=make, task="regression", features=CURVE_NAMES)
