"""The next character of a text that a person types or pastes.

The text is cut into windows of `length` characters, one every `stride`; at every character of a window the next
one is asked; or some of the characters are hidden behind a mask, and these are asked (masked language modelling: Devlin
and others, 2019; to be read with a model that looks both ways).  With a stride of the length (the usual), windows do
not overlap and the test windows hold text that was never trained on; with a smaller one there are more windows, but
they share characters.
Source: C. Shannon, Prediction and entropy of printed English, 1951; T. Mikolov and others, 2010.  The text is our own.
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..registry import Dataset
from ..table import MASK
from ._sequence import NOT_ASKED, tokens_table

TEXT = ("the sea is cold in the morning and warm in the evening. a small boat goes out in the morning and comes "
        "home in the evening. the old man in the boat looks at the sea and the sea looks at the old man. he sings "
        "of the cold morning and of the warm evening. the small boat is warm and the old man is not cold. in the "
        "evening the old man comes home and sings of the sea. the sea is old and the boat is small and the morning "
        "is long. he looks out at the sea and the boat goes home.")


def make(generator, settings):
    text, length = settings["text"], settings["length"]
    signs = tuple(sorted(set(text)))
    if MASK in signs:
        raise BadSetting("data.text", f"text without the sign {MASK}, which stands for a hidden character", repr(text[:40]))
    if len(signs) < 2:
        raise BadSetting("data.text", "text with at least two different characters", repr(text[:40]))
    if length + 2 > len(text):
        raise BadSetting("data.length", f"a window shorter than the text ({len(text)} characters), two windows at least",
                         length, "Shorten the window or add text.")
    number = {sign: k for k, sign in enumerate(signs)}
    numbers = np.array([number[sign] for sign in text])
    starts = np.arange(0, len(text) - length, min(settings["stride"] or length, len(text) - length - 1))
    places = starts[:, None] + np.arange(length)
    if settings["ask"] == "next":
        return tokens_table(numbers[places], numbers[places + 1], signs)
    u = generator.random(places.shape)
    hidden = (u < settings["hidden"]) | (u == u.min(axis=1, keepdims=True))          # in each window one at least
    return tokens_table(np.where(hidden, len(signs), numbers[places]), np.where(hidden, numbers[places], NOT_ASKED),
                        (*signs, MASK), classes=signs)


RECORD = Dataset(
    "text", "A text of one's own; at every character the next one is asked.", r"p(x_{t+1} \mid x_1 \dots x_t)",
    "C. Shannon, 1951", "Next character", make=make, inputs="sequence", model="transformer", task="sequence", made=False,
    knobs={"text": Knob(TEXT, kind="text", effect="rebuild", title="Text", help="What is to be learned: typed or pasted."),
           "length": Knob(16, 1, 200, kind="integer", effect="rebuild", title="Window", help="How many characters are read at once."),
           "ask": Knob("next", kind="choice", choices=("next", "masked"), effect="rebuild", title="Asked",
                       help="next: at every character the one that follows. masked: the characters that are hidden behind a mask; "
                            "set model.causal to false, so that the network sees what follows them."),
           "hidden": Knob(0.15, 0.0, 1.0, effect="rebuild", title="Hidden", help="The share of the characters that is hidden, where those are asked."),
           "stride": Knob(None, 1, 200, kind="integer", optional=True, effect="rebuild", title="Stride",
                          help="How many characters further the next window begins; null means no overlap.")})
