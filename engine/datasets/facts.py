"""Facts about people, and questions about them: who lives where, likes what.  Nothing but the fact itself tells the answer.

    Ada · home → Oslo            the question is two words, who and what, the answer one
All facts stand in a store (Table.store) in the first wording; a question takes any of three.  The rows for testing ask for facts
that training never asks for, so that a network which only has its weights can but guess: eight answers are possible to
each kind of question.  Three people are strangers: nothing is known of them until somebody adds a fact.
`added` holds facts a person put into the store: [who, what, answer] by number; one about a known question takes its place.
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..registry import Dataset
from ..table import Table

PEOPLE = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ida", "Jan", "Kai", "Lea", "Max", "Nora", "Otto", "Pia", "Quin", "Rosa",
          "Sam", "Tess", "Udo", "Vera", "Wim", "Ann", "Bo", "Cara", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jule", "Kim", "Leo", "Mia",
          "Nick", "Olga", "Paul", "Rita", "Sven", "Tina", "Uma", "Vito", "Wanda", "Alma", "Bruno", "Clara", "David", "Elsa", "Frida", "Georg",
          "Hilda", "Igor", "Jonas", "Karla", "Lars", "Maya", "Nils", "Oda")
STRANGERS = ("Xenia", "Yannis", "Zoe")
KINDS = {("home", "lives", "address"): ("Oslo", "Rome", "Lima", "Cairo", "Delhi", "Paris", "Quito", "Tokyo"),
         ("food", "eats", "dish"): ("bread", "rice", "soup", "fish", "beans", "cheese", "apples", "pasta"),
         ("music", "plays", "instrument"): ("piano", "violin", "drums", "flute", "guitar", "harp", "cello", "trumpet"),
         ("pet", "keeps", "animal"): ("cat", "dog", "parrot", "rabbit", "turtle", "hamster", "goldfish", "pony")}
WORDINGS = 3
ANSWERS = tuple(answer for answers in KINDS.values() for answer in answers)


def make(generator, settings):
    people, kinds = settings["subjects"], len(KINDS)
    u = generator.random((people, kinds, 2))
    who, kind = (place.ravel() for place in np.meshgrid(np.arange(people), np.arange(kinds), indexing="ij"))
    answer = 8 * kind + (8 * u[:, :, 0].ravel()).astype(np.int64)
    first = people + len(STRANGERS)                          # the number of the first word that asks
    wording = (WORDINGS * u[:, :, 1].ravel()).astype(np.int64)
    x = np.column_stack([who, first + WORDINGS * kind + wording]).astype(np.float64)
    tokens = (*PEOPLE[:people], *STRANGERS, *(word for words in KINDS for word in words))
    known = np.column_stack([who, first + WORDINGS * kind, answer]).astype(np.float64)
    return Table(x, answer, ("who", "what"), classes=ANSWERS, shape=(2,), tokens=tokens, store=_with(known, settings["added"], first))


def _with(known, added, first):
    """The store with a person's facts in it, the latest about each question."""
    facts = {tuple(row[:2]): row for row in known.tolist()}
    for i, row in enumerate(added):
        where = f"data.added[{i}]"
        if not isinstance(row, list) or len(row) != 3 or any(value != int(value) for value in row):
            raise BadSetting(where, "three whole numbers: who, what, answer", repr(row)[:80])
        who, what, answer = row
        if not 0 <= who < first:
            raise BadSetting(f"{where}[0]", f"the number of a person, 0 to {first - 1}", who)
        if not first <= what < first + WORDINGS * len(KINDS):
            raise BadSetting(f"{where}[1]", f"the number of a word that asks, {first} to {first + WORDINGS * len(KINDS) - 1}", what)
        if not 0 <= answer < len(ANSWERS):
            raise BadSetting(f"{where}[2]", f"the number of an answer, 0 to {len(ANSWERS) - 1}", answer)
        what = what - (what - first) % WORDINGS              # a store has one wording
        facts[who, what] = [who, what, answer]
    return np.array(list(facts.values()))


RECORD = Dataset(
    "facts", "Facts about people in a store, and questions about them, half of them about facts never asked for in training.",
    r"(\text{Ada}, \text{home}) \to \text{Oslo}", "", "Facts", make=make, inputs="sequence", model="retrieval", task="classes",
    knobs={"subjects": Knob(60, 5, 60, kind="integer", effect="rebuild", title="People", help="Of how many people facts are known, four of each."),
           "added": Knob([], kind="points", effect="live", title="Added facts",
                         help="Facts a person put into the store, each who, what, answer by number; nothing is trained on them.")})
