"""What becomes of the answers when a head is silenced, or a word is exchanged: what matters, rather than what is looked at."""
from types import SimpleNamespace

import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..measure import Predictor
from ..registry import Probe
from ._attention import attention_names
from ._sequence import EXAMPLE, example

OTHERS = 8                               # so many other words are tried in the place of one


def needs(run):
    """Errors: BadSetting without classes, or without heads whose weights are kept."""
    if run.data.task == "regression":
        raise BadSetting("probe", "a run with classes", "a regression")
    if not attention_names(run) or run.config["model"].get("heads") is None:
        raise BadSetting("probe", "a network whose attention has heads and keeps its weights", f"the model {run.config['model']['name']!r}")


def measure(run, options):
    """`accuracy` and `loss` float32 (blocks, heads) with each head silenced; `words` float32 (T,), where inputs are tokens.

    words     for the chosen example: by how much the probability of the right answers falls, on average, when the word
              at a position is exchanged for others
    meta      accuracy_whole and loss_whole of the network as it is, over up to `limit` examples
    """
    made, data = run.assembly, run.data
    blocks, heads = list(attention_names(run)), run.config["model"]["heads"]
    part = options["part"]
    x, y, truth = (made.x, made.y, data.y_train) if part == "train" else (made.x_test, made.y_test, data.y_test)
    raw, answer, row = example(run, options)
    some = np.unique(np.linspace(0, len(x) - 1, options["limit"]).astype(int))
    x, y, truth = np.ascontiguousarray(x[some]), np.ascontiguousarray(y[some]), truth[some]
    predictor = Predictor(made)
    whole = _scores(predictor, run, x, y, truth)
    silenced = [[_scores(predictor, silence(run, block, head, heads), x, y, truth) for head in range(heads)] for block in blocks]
    accuracy, loss = np.moveaxis(np.array(silenced), 2, 0)
    found = {"accuracy": accuracy.astype(np.float32), "loss": loss.astype(np.float32), "accuracy_whole": whole[0],
             "loss_whole": whole[1], "blocks": blocks, "example": row, "part": part}
    if data.tokens:
        found |= {"words": words(run, raw[0], answer).astype(np.float32), "read": [data.tokens[int(k)] for k in raw[0]]}
    return found


def silence(run, block, head, heads):
    """A copy of the run's memory in which nothing of what this head heard goes on."""
    program, arena = run.assembly.program, run.arena.copy()
    layer = f"{block.removesuffix('.cross')}.multihead_attn" if block.endswith(".cross") else f"{block}.self_attn"
    out = program.view(arena, f"{layer}.out_proj.weight", 0)       # rows: the heads' columns, side by side
    width = len(out) // heads
    out[head * width:(head + 1) * width] = 0
    return SimpleNamespace(arena=arena)


def _scores(predictor, memory, x, y, truth):
    outputs, loss = predictor.outputs(memory, x, y=y, loss=True)
    z = outputs["output"]
    said = (z[:, 0] > 0).astype(int) if z.shape[1] == 1 else z.argmax(1)
    asked = truth.ravel() >= 0
    return float((said == truth.ravel())[asked].mean()), loss


def words(run, raw, answer):
    """By how much the probability of the right answers falls when the token at each position is exchanged for others."""
    count, steps = len(run.data.tokens), len(raw)
    others = [[k for k in range(count) if k != raw[place]] for place in range(steps)]
    tried = [row[::max(1, len(row) // OTHERS)][:OTHERS] for row in others]
    x = np.repeat(raw[None], 1 + sum(map(len, tried)), axis=0)
    place_of = np.repeat(np.arange(steps), list(map(len, tried)))
    x[np.arange(1, len(x)), place_of] = np.concatenate(tried)
    z = run.predict(x).astype(np.float64)
    z = np.hstack([-z / 2, z / 2]) if z.shape[1] == 1 else z             # one logit: two classes
    p = np.exp(z - z.max(1, keepdims=True))
    p = (p / p.sum(1, keepdims=True)).reshape(len(x), -1, p.shape[1])
    asked = np.flatnonzero(np.atleast_1d(answer) >= 0)
    right = p[:, asked, np.atleast_1d(answer)[asked]].mean(1)
    return np.array([right[0] - right[1:][place_of == place].mean() for place in range(steps)])


RECORD = Probe("ablation", "What becomes of the answers when a head is silenced, or a word exchanged.", needs=needs, measure=measure,
               knobs=EXAMPLE | {"limit": Knob(256, 8, 4096, kind="integer", help="Over how many examples at most.")})
