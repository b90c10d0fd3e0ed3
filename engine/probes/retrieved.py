"""What a network with a store looked up for a question, and what it made of it."""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..measure import probabilities
from ..registry import Probe
from ._sequence import EXAMPLE, example


def needs(run):
    """Errors: BadSetting where nothing is looked up."""
    if "retrieved.read" not in run.assembly.graph.tensors:
        raise BadSetting("probe", "a network with a store", f"the model {run.config['model']['name']!r}",
                         "Take the model retrieval, with model.store on.")


def measure(run, options):
    """`attention` float32 (k,) over the facts found, nearest first, `distance` float32 (k,) of each, `row` int32 (k,) in the store;
    `probabilities` float32 (C,) of the answers.

    meta     read (the question's words), facts (words of each fact found and its answer), said, right (None for a question of
             one's own), count (facts in the store)
    """
    data = run.data
    raw, answer, row = _question(run, options)
    values = run.forward(raw, ["retrieved.weights", "retrieved.neighbours", "retrieved.scores", "output"])
    place = values["retrieved.neighbours"][0].astype(int)
    p = probabilities(run, values["output"])[0]
    return {"attention": values["retrieved.weights"][0].astype(np.float32), "row": place.astype(np.int32),
            "distance": np.sqrt(np.maximum(-values["retrieved.scores"][0].astype(np.float64), 0)).astype(np.float32),
            "probabilities": p.astype(np.float32), "read": _words(data, raw[0]),
            "facts": [[*_words(data, fact[:-1]), data.classes[int(fact[-1])]] for fact in data.store[place]],
            "said": data.classes[int(p.argmax())],
            "right": None if answer is None else data.classes[int(answer)], "example": row, "count": len(data.store)}


def _question(run, options):
    asked, data = options["question"], run.data
    if asked is None:
        return example(run, options)
    count = len(data.columns)
    if len(asked) != count or not all(isinstance(v, float) and v in range(len(data.tokens)) for v in asked):
        raise BadSetting("question", f"{count} numbers of words, 0 to {len(data.tokens) - 1}", asked)
    return np.array([asked]), None, None


def _words(data, numbers):
    return [data.tokens[int(k)] for k in numbers]


RECORD = Probe("retrieved", "What was looked up in the store for a question, and the answer that was made of it.", needs=needs, measure=measure,
               knobs=EXAMPLE | {"question": Knob(None, kind="points", optional=True, help="A question of one's own: the numbers of its words.")})
