"""Reverse: read letters, then say them from the last to the first.

A, C, B =  is to be answered by  B, C, A.  The last letter is easy to remember, the first is as far away as can be.
Guessing is right one time in `symbols`; the score `exact` counts whole answers.
Source: the standard task of encoders and decoders.
"""
from ..registry import Dataset
from ._sequence import LETTER_KNOBS, letters, question_and_answer


def make(generator, settings):
    x, question, tokens = letters(generator, settings)
    return question_and_answer(question, x[:, ::-1], tokens, settings["answer"])


RECORD = Dataset(
    "reverse", "Letters to be said again from the last to the first.", r"y_k = x_{n+1-k}", "the standard task of encoders and decoders", "Reverse",
    make=make, inputs="sequence", model="recurrent", task="sequence", knobs=LETTER_KNOBS)
