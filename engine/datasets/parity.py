"""Parity: is the number of ones odd?  Every single bit turns the answer round.

x_t is 0 or 1, even odds.  Asked at the end, or after every step.  Guessing is right half the time.
Source: Minsky and Papert, Perceptrons, 1969; for recurrent networks Hochreiter and Schmidhuber, 1997.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, tokens_table, uniforms, whole


def make(generator, settings):
    x = whole(uniforms(generator, settings["examples"], settings["length"]), 2)
    odd = np.cumsum(x, axis=1) % 2
    return tokens_table(x, odd if settings["asked"] == "every_step" else odd[:, -1], "01", ("even", "odd"))


RECORD = Dataset(
    "parity", "A string of zeros and ones; whether the number of ones is odd.", r"y = \sum_t x_t \bmod 2",
    "Minsky and Papert, 1969", "Parity", make=make, inputs="sequence", model="recurrent", task="auto",
    knobs={"examples": EXAMPLES,
           "length": Knob(8, 2, 100, kind="integer", effect="rebuild", title="Length", help="How many bits there are."),
           "asked": Knob("end", kind="choice", choices=("end", "every_step"), effect="rebuild", title="Asked",
                         help="Whether the parity is asked once, at the end, or of the bits so far after every step.")})
