"""The adding problem: of many numbers two are marked, and their sum is asked at the end.

A step has two columns: a number from 0 to 1, and a mark that is 1 at two steps, one in each half, and 0 elsewhere.
Always saying 1 gives a mean squared error of 1/6 = 0.167; what is below has remembered something.
Source: Hochreiter and Schmidhuber, 1997.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ..table import Table
from ._sequence import EXAMPLES, uniforms, whole


def make(generator, settings):
    n, length = settings["examples"], settings["length"]
    u = uniforms(generator, n, length + 2)
    numbers, marks, half = u[:, :length], np.zeros((n, length)), length // 2
    rows = np.arange(n)
    first, second = whole(u[:, length], half), half + whole(u[:, length + 1], length - half)
    marks[rows, first] = marks[rows, second] = 1
    x = np.stack([numbers, marks], axis=2).reshape(n, 2 * length)
    columns = tuple(f"{what} {k + 1}" for k in range(length) for what in ("number", "mark"))
    return Table(x, (numbers[rows, first] + numbers[rows, second])[:, None], columns, targets=("sum",),
                 shape=(length, 2))


RECORD = Dataset(
    "adding", "Many numbers, two of them marked; their sum is asked at the end.",
    r"y = \sum_t m_t x_t", "Hochreiter and Schmidhuber, 1997", "Adding problem", make=make, inputs="sequence", model="recurrent", task="regression",
    knobs={"examples": EXAMPLES,
           "length": Knob(30, 4, 200, kind="integer", effect="rebuild", title="Length",
                          help="How many numbers are read before the answer.")})
