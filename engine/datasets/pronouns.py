r"""A small made language in which "it" stands for one of two things, and only what is said of it tells which.

    the cat did not cross the street because it was tired       it: the cat
    the cat did not cross the street because it was wide        it: the street

What can be said of an animal cannot be said of a place.  Words such as "yesterday", "old" and "really" come and go, so no
word has a fixed place.  Two ways to ask:
    referent    at the word "it": which word it stands for (to be read with the whole sentence in view)
    next_word   the sentence goes on "... so the": which word is next (a language model's question)
The example is of Winograd's kind; that of the street and the tired animal is from Uszkoreit, 2017.
Source: Winograd, 1972; Levesque, Davis and Morgenstern, 2012 (schemas).
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, NOT_ASKED, tokens_table

FILLING = "·"                            # token number 0
ANIMALS = ("cat", "dog", "horse", "hen", "mouse", "fox")
PLACES = ("street", "river", "field", "bridge", "yard", "road")
OF_ANIMALS = ("tired", "hungry", "afraid", "asleep", "lazy")
OF_PLACES = ("wide", "icy", "flooded", "closed", "muddy")
VERBS = ("cross", "enter", "reach", "leave")
TIMES, SIZES = ("yesterday", "today"), ("old", "little", "grey")
OTHERS = ("the", "did", "not", "because", "it", "was", "really", "so")
WORDS = (FILLING, *OTHERS, *TIMES, *SIZES, *VERBS, *ANIMALS, *PLACES, *OF_ANIMALS, *OF_PLACES)
NUMBER = {word: k for k, word in enumerate(WORDS)}
LONGEST = 18


def sentence(u, ask):
    """The words from twelve numbers in [0, 1), with the place that is asked and the answer there."""
    def one(k, words):
        return words[int(u[k] * len(words))]

    def maybe(k, words):
        return [words[int(2 * u[k] * len(words))]] if u[k] < 0.5 else []

    animal, place, of_animal = one(0, ANIMALS), one(1, PLACES), u[2] < 0.5
    words = [*maybe(3, TIMES), "the", *maybe(4, SIZES), animal, "did", "not", one(5, VERBS), "the", *maybe(6, SIZES), place,
             "because", "it", "was", *maybe(7, ("really",)), one(8, OF_ANIMALS if of_animal else OF_PLACES)]
    if ask == "next_word":
        words += ["so", "the"]
    return words, len(words) - 1 if ask == "next_word" else words.index("it"), animal if of_animal else place


def make(generator, settings):
    u = generator.random((settings["examples"], 9))
    x, y = np.zeros((len(u), LONGEST), int), np.full((len(u), LONGEST), NOT_ASKED)
    for row, numbers in enumerate(u):
        words, asked, answer = sentence(numbers, settings["ask"])
        x[row, :len(words)] = [NUMBER[word] for word in words]
        y[row, asked] = NUMBER[answer]
    return tokens_table(x, y, WORDS)


RECORD = Dataset(
    "pronouns", "Sentences of a made language, in which \"it\" stands for the animal or the place, whichever fits.",
    r"\text{the cat did not cross the street because } \mathit{it} \text{ was tired}", "Winograd, 1972", "Pronouns",
    make=make, inputs="sequence", model="transformer", task="sequence",
    knobs={"examples": EXAMPLES,
           "ask": Knob("referent", kind="choice", choices=("referent", "next_word"), effect="rebuild", title="Asked",
                       help="referent: at \"it\", what it stands for, with the whole sentence in view. next_word: after "
                            "\"so the\", the word that comes next.")})
