"""Addition of numbers as text: "27+45=" is read sign by sign and "072" is to be written.

Two numbers of `digits` digits, drawn evenly, with leading zeros; the sum has one digit more.  With `reversed` the sum is
written from its last digit, as one adds by hand: then a carry is known when it is needed.
Source: W. Zaremba and I. Sutskever, Learning to execute, 2014.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import ANSWER, BLANK, EXAMPLES, question_and_answer, uniforms, whole

SIGNS = (*"0123456789", "+", "=", BLANK)


def digits_of(numbers, count):
    """Numbers (n,) as digits (n, count), the highest first."""
    return numbers[:, None] // 10 ** np.arange(count - 1, -1, -1) % 10


def make(generator, settings):
    n, count = settings["examples"], settings["digits"]
    a, b = whole(uniforms(generator, n, 2), 10 ** count).T
    total = digits_of(a + b, count + 1)
    sign = np.full((n, 1), SIGNS.index("+"))
    question = np.hstack([digits_of(a, count), sign, digits_of(b, count), sign + 1])
    return question_and_answer(question, total[:, ::-1] if settings["reversed"] else total, SIGNS, settings["answer"])


RECORD = Dataset(
    "arithmetic", "Two numbers to be added, read and written as text, sign by sign.", r"y = a + b",
    "W. Zaremba and I. Sutskever, 2014", "Addition as text", make=make, inputs="sequence", model="recurrent", task="sequence",
    knobs={"examples": EXAMPLES,
           "digits": Knob(2, 1, 5, kind="integer", effect="rebuild", title="Digits", help="How many digits each number has."),
           "reversed": Knob(False, kind="boolean", effect="rebuild", title="Last digit first",
                            help="Whether the sum is written from its last digit, so that carries come in time."),
           "answer": ANSWER})
