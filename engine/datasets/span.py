r"""A question and a short text in a small made language: the answer is a piece of the text, from its first to its last word.

    tom has ?  anna wants small red boat .  tom has old grey cat .  anna has big house .         the answer: old grey cat

Every fact is a person, a verb and a thing of two to four words.  Person and verb are both needed: others have things too, and
the same person does something else.  The answer y is two places, those of the first and of the last word (both included).
The score `exact` is the share of answers found from end to end; texts that are shorter are filled up with token number 0.
Source: Rajpurkar, Zhang, Lopyrev and Liang, 2016 (answers as spans of a text); the language is our own.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, tokens_table, whole

FILLING = "·"                            # token number 0
PERSONS = ("anna", "tom", "mia", "ben", "eva", "jan")
VERBS = ("has", "wants", "sees", "draws")
KINDS = ("old", "big", "small", "red", "grey", "round", "warm", "new")
THINGS = ("cat", "boat", "house", "tree", "ball", "coat", "lamp", "cake", "bird", "stone")
WORDS = (FILLING, "?", ".", *PERSONS, *VERBS, *KINDS, *THINGS)
NUMBER = {word: k for k, word in enumerate(WORDS)}
MOST = 3                                 # words before the thing


def sentence(person, verb, u):
    """A fact from numbers in [0, 1): how many words come before the thing, which thing, and which words."""
    kinds = [KINDS[k] for k in np.argsort(u[2:])[:1 + int(u[0] * MOST)]]
    return [person, verb, *kinds, THINGS[int(u[1] * len(THINGS))], "."]


def make(generator, settings):
    n, facts = settings["examples"], settings["facts"]
    pairs, each = len(PERSONS) * len(VERBS), 2 + len(KINDS)
    u = generator.random((n, 1 + pairs + facts * each))
    asked, chosen = whole(u[:, 0], facts), np.argsort(u[:, 1:1 + pairs], axis=1)[:, :facts]
    x, y = np.zeros((n, 3 + facts * (MOST + 4)), int), np.zeros((n, 2), int)
    for row in range(n):
        texts = [sentence(PERSONS[pair // len(VERBS)], VERBS[pair % len(VERBS)], u[row, 1 + pairs + k * each:][:each])
                 for k, pair in enumerate(chosen[row])]
        words = [*texts[asked[row]][:2], "?"]
        for k, text in enumerate(texts):
            if k == asked[row]:
                y[row] = len(words) + 2, len(words) + len(text) - 2
            words += text
        x[row, :len(words)] = [NUMBER[word] for word in words]
    return tokens_table(x, y, WORDS, classes=tuple(str(k + 1) for k in range(x.shape[1])))


RECORD = Dataset(
    "span", "A question and a short text; the answer is a piece of the text, given by its first and its last word.",
    r"\text{tom has ?} \to (\text{first}, \text{last})", "Rajpurkar, Zhang, Lopyrev and Liang, 2016", "Finding an answer in a text",
    make=make, inputs="sequence", model="pointer", task="sequence",
    knobs={"examples": EXAMPLES, "facts": Knob(4, 1, 12, kind="integer", effect="rebuild", title="Facts",
                                               help="How many facts the text tells.")})
