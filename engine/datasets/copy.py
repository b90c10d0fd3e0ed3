"""Copy: read letters, then say them again in the same order.

A, C, B =  is to be answered by  A, C, B.  The first letter must be kept while all others come.
Guessing is right one time in `symbols`; the score `exact` counts whole answers.
Source: A. Graves, G. Wayne and I. Danihelka, 2014.
"""
from ..registry import Dataset
from ._sequence import LETTER_KNOBS, letters, question_and_answer


def make(generator, settings):
    x, question, tokens = letters(generator, settings)
    return question_and_answer(question, x, tokens, settings["answer"])


RECORD = Dataset(
    "copy", "Letters to be said again in the same order.", r"y_k = x_k", "A. Graves, G. Wayne and I. Danihelka, 2014", "Copy",
    make=make, inputs="sequence", model="recurrent", task="sequence", knobs=LETTER_KNOBS)
