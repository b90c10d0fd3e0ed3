"""Sort: read letters, then say them in alphabetical order.

A, C, B =  is to be answered by  A, B, C.  Where a letter stood does not matter, how often it came does.
Guessing is right one time in `symbols`; the score `exact` counts whole answers.
Source: O. Vinyals, S. Bengio and M. Kudlur, 2015.
"""
import numpy as np

from ..registry import Dataset
from ._sequence import LETTER_KNOBS, letters, question_and_answer


def make(generator, settings):
    x, question, tokens = letters(generator, settings)
    return question_and_answer(question, np.sort(x, axis=1), tokens, settings["answer"])


RECORD = Dataset(
    "sort", "Letters to be said again in alphabetical order.", r"y = \mathrm{sort}(x)", "O. Vinyals, S. Bengio and M. Kudlur, 2015", "Sort",
    make=make, inputs="sequence", model="recurrent", task="sequence", knobs=LETTER_KNOBS)
