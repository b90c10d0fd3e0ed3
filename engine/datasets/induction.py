r"""A pattern of tokens said again and again: what comes next was seen after the same token before.

    d a f b d a f b d a …      after the second "d" comes "a", since it did so the first time

The length of the pattern differs from example to example, so counting back a fixed number of steps does not help:
one has to find the token before, and look at what followed it.  Every token of a pattern is another one.
Only the steps from the first repeated token on are asked.
Source: Olsson and others, 2022 (induction heads).
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, NOT_ASKED, tokens_table, whole

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")


def make(generator, settings):
    n, steps, letters = settings["examples"], settings["length"], settings["letters"]
    longest = min(letters, steps - 2)                    # at least one step is asked
    shortest = max(2, longest // 2)
    u = generator.random((n, 1 + letters))
    period = shortest + whole(u[:, 0], longest - shortest + 1)
    pattern = np.argsort(u[:, 1:], axis=1)               # letters in a random order, none twice
    place = np.arange(steps + 1)[None] % period[:, None]
    said = np.take_along_axis(pattern, place, axis=1)
    asked = np.arange(steps)[None] >= period[:, None]
    return tokens_table(said[:, :-1], np.where(asked, said[:, 1:], NOT_ASKED), LETTERS[:letters])


RECORD = Dataset(
    "induction", "A pattern of letters that repeats: what comes next came after the same letter before.",
    r"x_t = x_s \;\Rightarrow\; x_{t+1} = x_{s+1}", "Olsson and others, 2022", "Induction", make=make, inputs="sequence", model="transformer", task="sequence",
    knobs={"examples": EXAMPLES,
           "length": Knob(24, 6, 200, kind="integer", effect="rebuild", title="Length", help="How many letters are read."),
           "letters": Knob(12, 3, 26, kind="integer", effect="rebuild", title="Letters",
                           help="How many different letters there are; patterns are up to this long.")})
