r"""Numbers, to be put in order by pointing at the smallest, the next one, and so on.

Source: Vinyals, Bengio and Kudlur, 2015 (order matters).
"""
import numpy as np

from ..registry import Dataset
from ._ordering import EXAMPLES, draw, sizes, table


def make(generator, settings):
    sets, counts = draw(generator, settings, 1)
    values = np.where(np.arange(sets.shape[1]) < counts[:, None], sets[:, :, 0], np.inf)
    order = np.argsort(values, axis=1, kind="stable")
    return table(sets, np.where(np.isfinite(np.take_along_axis(values, order, axis=1)), order, -1), ("number",))


RECORD = Dataset(
    "sort_numbers", "Numbers from 0 to 1, to be pointed at from the smallest to the largest.",
    r"x_{c_1} \le x_{c_2} \le \dots", "Vinyals, Bengio and Kudlur, 2015", "Sorting numbers", make=make, inputs="sequence", model="pointer", task="sequence",
    knobs={"examples": EXAMPLES, **sizes(5, 8, 30, "numbers")})
