"""Handwritten digits drawn larger on a larger sheet, each somewhere else: where a shape lies no longer tells what it is.

Each of the 1,797 digits of 8 by 8 pixels is enlarged (linearly, as between the knots of a net) to the sheet less the
margin, and put down with a shift drawn evenly from −margin … margin, to the right and down.
Source of the digits: Alpaydin and Kaynak, 1998.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ..table import Table
from ._real import bundled

SIDE = 8


def make(generator, settings):
    x, y = bundled("digits")
    side, margin = settings["side"], settings["shift"]
    size = side - 2 * margin
    grow = enlarging(SIDE, size)
    large = grow @ x.reshape(-1, SIDE, SIDE) @ grow.T
    sheets = np.zeros((len(x), side, side))
    for sheet, digit, (down, right) in zip(sheets, large, generator.integers(0, 2 * margin + 1, (len(x), 2))):
        sheet[down:down + size, right:right + size] = digit
    pixels = tuple(f"pixel {row},{column}" for row in range(side) for column in range(side))
    return Table(sheets.reshape(len(x), -1), y.astype(np.int64), pixels, classes=tuple("0123456789"), image=(side, side))


def enlarging(small, large):
    """The matrix (large, small) that reads `small` values, evenly spread, at `large` places by drawing lines between them."""
    places = np.linspace(0, small - 1, large)
    return np.stack([np.interp(places, np.arange(small), one) for one in np.eye(small)], axis=1)


RECORD = Dataset(
    "shifted_digits", "1,797 real handwritten digits, enlarged, each at another place of a larger sheet.",
    "", "Alpaydin and Kaynak, 1998", "Shifted digits", make=make, inputs="picture", task="classes", made=False, standardize=True,
    knobs={"side": Knob(24, 12, 32, kind="integer", effect="rebuild", title="sheet",
                        help="How many pixels high and wide the sheet is."),
           "shift": Knob(4, 0, 5, kind="integer", effect="rebuild", title="shift",
                         help="How many pixels a digit may lie away from the middle; the sheet less twice this is its size.")})
