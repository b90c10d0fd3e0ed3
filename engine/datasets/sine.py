"""Sine continuation: a stretch of a wave is shown, the next values are asked.

x_t = sin(φ + ω t) + noise, with phase and frequency drawn for each wave: one to three periods in the stretch shown.
The answers are the wave itself, without noise.
Source: the standard first task of recurrent networks; the wave is an invention of its own.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ..table import Table
from ._sequence import EXAMPLES, steps


def make(generator, settings):
    n, length, ahead = settings["examples"], settings["length"], settings["ahead"]
    drawn = generator.random((n, 2 + 2 * 200))           # of the noise so much for each, whatever the length
    phase, periods = 2 * np.pi * drawn[:, :1], 1 + 2 * drawn[:, 1:2]
    # two uniform numbers make a normal one (Box and Muller, 1958)
    size, angle = drawn[:, 2:2 + length], drawn[:, 202:202 + length]
    noise = np.sqrt(-2 * np.log1p(-size)) * np.cos(2 * np.pi * angle)
    wave = np.sin(phase + 2 * np.pi * periods / length * np.arange(length + ahead))
    return Table(wave[:, :length] + settings["noise"] * noise, wave[:, length:], steps(length),
                 targets=tuple(f"next {k + 1}" for k in range(ahead)), shape=(length, 1))


RECORD = Dataset(
    "sine", "A stretch of a sine wave; its next values are asked.", r"x_t = \sin(\varphi + \omega t)",
    "made here", "Sine continuation", make=make, inputs="sequence", model="recurrent", task="regression",
    knobs={"examples": EXAMPLES,
           "length": Knob(25, 5, 200, kind="integer", effect="rebuild", title="Length", help="How many values are shown."),
           "ahead": Knob(5, 1, 50, kind="integer", effect="rebuild", title="Ahead", help="How many values are asked."),
           "noise": Knob(0.05, 0.0, 1.0, effect="rebuild", title="Noise", symbol="σ",
                         help="The spread of what is added to each value shown.")})
