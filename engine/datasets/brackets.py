"""Brackets: how deep each place lies, or whether the whole string is well formed.

Strings over one to three kinds of brackets.  Well-formed ones (Dyck words) are drawn by opening or closing at even odds,
as far as the length and the greatest depth allow.  For the question whether all is well, half of them are then
spoilt: one bracket, drawn evenly, is exchanged for another, which never leaves a well-formed string.
Source: W. Dyck, 1882; for recurrent networks F. Gers and J. Schmidhuber, 2001.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ._sequence import EXAMPLES, tokens_table, uniforms, whole

PAIRS = "()[]{}"


def make(generator, settings):
    n, half, kinds, deepest = settings["examples"], settings["pairs"], settings["kinds"], settings["depth"]
    length = 2 * half
    u = uniforms(generator, n, 2 * length + 3)
    x, depth = np.zeros((n, length), np.int64), np.zeros((n, length), np.int64)
    for row in range(n):
        open_kinds, opened = [], 0
        for t in range(length):
            may_open, may_close = opened < half and len(open_kinds) < deepest, len(open_kinds) > 0
            if may_open and (not may_close or u[row, t] < 0.5):
                kind = int(whole(u[row, length + t], kinds))
                open_kinds.append(kind)
                opened += 1
                x[row, t] = 2 * kind
            else:
                x[row, t] = 2 * open_kinds.pop() + 1
            depth[row, t] = len(open_kinds)
    tokens = PAIRS[:2 * kinds]
    if settings["asked"] == "depth":
        return tokens_table(x, depth, tokens, tuple(str(k) for k in range(min(deepest, half) + 1)))
    spoilt = u[:, -1] < 0.5
    at, by = whole(u[:, -2], length), 1 + whole(u[:, -3], 2 * kinds - 1)
    rows = np.arange(n)
    x[rows, at] = np.where(spoilt, (x[rows, at] + by) % (2 * kinds), x[rows, at])
    return tokens_table(x, (~spoilt).astype(np.int64), tokens, ("broken", "well formed"))


RECORD = Dataset(
    "brackets", "Strings of brackets; how deep each place lies, or whether every bracket finds its partner.",
    r"S \to (\,S\,)\,S \mid \varepsilon", "W. Dyck, 1882", "Brackets", make=make, inputs="sequence", model="recurrent", task="auto",
    knobs={"examples": EXAMPLES,
           "pairs": Knob(8, 1, 50, kind="integer", effect="rebuild", title="Pairs", help="How many pairs a string has."),
           "kinds": Knob(1, 1, 3, kind="integer", effect="rebuild", title="Kinds", help="How many kinds of brackets there are."),
           "depth": Knob(4, 1, 10, kind="integer", effect="rebuild", title="Depth", help="How deep brackets may lie."),
           "asked": Knob("depth", kind="choice", choices=("depth", "valid"), effect="rebuild", title="Asked",
                         help="The depth after every bracket, or once whether the string is well formed.")})
