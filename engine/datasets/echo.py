"""Delayed echo: say what was heard some steps ago.

x_t is one of `symbols` letters, drawn evenly; the answer at step t is x_{t - delay}, and nothing is asked before.
Guessing is right one time in `symbols`.  With length = delay + 1 only the first letter is asked, at the very end.
Source: the latching and delay tasks of Bengio, Simard and Frasconi, 1994.
"""
from ..errors import BadSetting
from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, NOT_ASKED, tokens_table, uniforms, whole

LETTERS = "ABCDEFGHIJ"


def make(generator, settings):
    n, length, delay, symbols = (settings[k] for k in ("examples", "length", "delay", "symbols"))
    if delay >= length:
        raise BadSetting("data.delay", f"a delay below the length ({length})", delay, "Nothing would ever be asked.")
    x = whole(uniforms(generator, n, length), symbols)
    y = x.copy()
    y[:, :delay], y[:, delay:] = NOT_ASKED, x[:, :length - delay]
    return tokens_table(x, y, LETTERS[:symbols])


RECORD = Dataset(
    "echo", "A stream of letters; each is to be said again some steps later.", r"y_t = x_{t-d}",
    "Bengio, Simard and Frasconi, 1994", "Delayed echo", make=make, inputs="sequence", model="recurrent", task="sequence",
    knobs={"examples": EXAMPLES,
           "length": Knob(20, 2, 200, kind="integer", effect="rebuild", title="Length", help="How many letters there are."),
           "delay": Knob(5, 0, 199, kind="integer", effect="rebuild", title="Delay", symbol="d",
                         help="How many steps later a letter is to be said."),
           "symbols": Knob(4, 2, 10, kind="integer", effect="rebuild", title="Letters",
                           help="How many different letters there are.")})
