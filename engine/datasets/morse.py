"""Signals to letters: a noisy line in Morse code, of which only the letters are given, not when they were sent.

A dot lights the line for one to two steps, a dash for three to five; dark for one or two steps within a letter and four
to six between letters.  Speed and noise are drawn anew for every sign.  The string of letters is the answer: a task for CTC.
Source: the code is that of A. Vail and S. Morse, 1844, in its international form; the signal is made here.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ..table import Table
from ._sequence import EXAMPLES, NOT_ASKED, steps, uniforms, whole

CODE = {"E": ".", "T": "-", "A": ".-", "N": "-.", "I": "..", "M": "--"}
LONGEST = 2 * 5 + 2 + 6                  # steps of the longest letter with the pause behind it


def make(generator, settings):
    n, most, symbols = settings["examples"], settings["letters"], settings["symbols"]
    names = tuple(CODE)[:symbols]
    length = LONGEST * most + 2
    per_letter = 6
    u = uniforms(generator, n, 1 + most * per_letter + 2 * length)
    count = 1 + whole(u[:, 0], most)
    y = np.full((n, most), NOT_ASKED)
    signal = np.zeros((n, length))
    for row in range(n):
        at = 1
        for k in range(count[row]):
            draw = u[row, 1 + k * per_letter:1 + (k + 1) * per_letter]
            y[row, k] = letter = int(whole(draw[:1], symbols)[0])
            for j, sign in enumerate(CODE[names[letter]]):
                if j:
                    at += 1 + int(draw[1] < 0.5)
                lit = 1 + int(draw[2 + j] < 0.5) if sign == "." else 3 + int(3 * draw[2 + j])
                signal[row, at:at + lit] = 1
                at += lit
            at += 4 + int(3 * draw[4])
    size, angle = u[:, -2 * length:-length], u[:, -length:]
    noise = np.sqrt(-2 * np.log1p(-size)) * np.cos(2 * np.pi * angle)      # Box and Muller, 1958
    return Table(signal + settings["noise"] * noise, y.astype(np.int64), steps(length), classes=names, shape=(length, 1),
                 aligned=False)


RECORD = Dataset(
    "morse", "A noisy line in Morse code to be read as letters, without being told when each was sent.",
    r"P(y \mid x) = \sum_{\pi \to y} \prod_t p_t(\pi_t)", "A. Vail and S. Morse, 1844", "Morse signals", make=make, inputs="sequence", model="recurrent",
    task="labels",
    knobs={"examples": EXAMPLES,
           "letters": Knob(3, 1, 8, kind="integer", effect="rebuild", title="Letters", help="How many letters a signal has at most."),
           "symbols": Knob(4, 2, 6, kind="integer", effect="rebuild", title="Alphabet",
                           help="How many different letters there are: E T A N I M, the shortest first."),
           "noise": Knob(0.1, 0.0, 1.0, effect="rebuild", title="Noise", symbol="σ",
                         help="The spread of what is added to the line.")})
