"""What the data sets of sequences share.

Tokens are numbers in x (n, T) that stand for signs (Table.tokens).  Answers are class numbers y (n, L), with -1 where
nothing is asked.  Every example is made from numbers of its own, drawn in the order of the examples, so that
asking for more leaves the others where they are.
"""
import numpy as np

from ..knob import Knob
from ..table import Table

NOT_ASKED = -1
EXAMPLES = Knob(500, 20, 5000, kind="integer", effect="rebuild", title="Examples", scale="log",
                help="How many sequences there are.")
ANSWER = Knob("in_place", kind="choice", choices=("in_place", "apart", "prompt"), effect="rebuild", title="Answer",
              help="in_place: written over blanks after the question, a sign a step. apart: a sequence of its own, as "
                   "an encoder and decoder have it. prompt: each sign is asked while those before it are shown, as a "
                   "language model has it.")


def steps(count):
    """Names for the columns of a sequence of so many steps."""
    return tuple(f"step {k + 1}" for k in range(count))


def uniforms(generator, n, count):
    """(n, count) numbers in [0, 1): row i is the same whatever n."""
    return generator.random((n, count))


def whole(u, count):
    """Uniform numbers as whole numbers 0 … count - 1."""
    return np.minimum((u * count).astype(np.int64), count - 1)


def tokens_table(x, y, tokens, classes=None):
    """Token numbers x (n, T) and answers y, (n,) or (n, L), as a table."""
    return Table(x.astype(np.float64), y.astype(np.int64), steps(x.shape[1]),
                 classes=tuple(tokens if classes is None else classes), shape=(x.shape[1],), tokens=tuple(tokens))


def question_and_answer(question, answer, tokens, layout):
    """Question (n, Q) and answer (n, A), numbers of tokens, laid out as the knob ANSWER says.

    The last of the tokens must be the blank; a question should end with a sign that says so.
    """
    n, asked = question.shape[0], question.shape[1]
    if layout == "apart":
        return tokens_table(question, answer, tokens)
    silent = np.full((n, asked - 1), NOT_ASKED)
    shown = answer[:, :-1] if layout == "prompt" else np.full((n, answer.shape[1] - 1), len(tokens) - 1)
    return tokens_table(np.hstack([question, shown]), np.hstack([silent, answer]), tokens)


LETTERS, EQUALS, BLANK = "ABCDEFGHIJ", "=", "_"
LETTER_KNOBS = {
    "examples": EXAMPLES,
    "length": Knob(6, 1, 50, kind="integer", effect="rebuild", title="Length", help="How many letters are read."),
    "symbols": Knob(5, 2, 10, kind="integer", effect="rebuild", title="Letters", help="How many different letters there are."),
    "answer": ANSWER,
}


def letters(generator, settings):
    """Letters drawn evenly (n, length), the question they make with "=" behind them, and all tokens."""
    n, symbols = settings["examples"], settings["symbols"]
    x = whole(uniforms(generator, n, settings["length"]), symbols)
    return x, np.hstack([x, np.full((n, 1), symbols)]), (*LETTERS[:symbols], EQUALS, BLANK)
