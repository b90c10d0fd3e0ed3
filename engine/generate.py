"""Text from a language model: one token after the other, each drawn from what the network says of the next.

    p = softmax(z / temperature), cut down to its k likeliest tokens (top-k), or to the fewest that together have a share
    of at least p (top-p), and drawn from.  Temperature 0, or `greedy`, always takes the likeliest.

Every draw depends on (seed, how many were drawn before) alone, so the same call says the same text.
Source: Fan, Lewis and Dauphin, 2018 (top-k); Holtzman and others, 2019 (top-p, nucleus sampling).
"""
import numpy as np

from .errors import BadSetting, UnknownName, quoted
from .knob import Knob
from .random import generator

KNOBS = {
    "temperature": Knob(1.0, 0.0, 100.0, title="Temperature", symbol="T",
                        help="Below 1 likely tokens become likelier still, above 1 all become alike; 0 takes the likeliest."),
    "top_k": Knob(None, 1, 100_000, kind="integer", optional=True, title="Top k", symbol="k",
                  help="Only the k likeliest tokens may be drawn; null means all."),
    "top_p": Knob(None, 1e-6, 1.0, optional=True, title="Top p", symbol="p",
                  help="Only the fewest likeliest tokens that together have this share may be drawn; null means all."),
}


def distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """Shares (C,) from logits (C,): what is drawn from."""
    z = np.asarray(logits, np.float64)
    if temperature == 0:
        return (np.arange(z.size) == z.argmax()).astype(np.float64)
    with np.errstate(over="ignore"):                     # a tiny temperature: everything else is infinitely far below
        e = np.exp((z - z.max()) / temperature)
    p = e / e.sum()
    order = np.argsort(-p, kind="stable")
    kept = np.ones(z.size, bool)
    if top_k is not None:
        kept[order[top_k:]] = False
    if top_p is not None:                # a token stays while those before it have not reached the share
        before = np.cumsum(p[order]) - p[order]
        kept[order[before >= top_p]] = False
        kept[order[0]] = True
    p = np.where(kept, p, 0.0)
    return p / p.sum()


def generate(run, prompt, count, temperature=1.0, top_k=None, top_p=None, seed=None):
    """`count` token numbers that follow the numbers `prompt`, by a run that asks for the next token at every position.

    The network sees as many of the last tokens as it has positions.  seed: that of the run where left out.
    Errors: BadSetting where the network cannot go on by itself, or for a token number there is none of.
    """
    check_model(run)
    tokens = len(run.data.tokens)
    said = [_token(value, tokens, f"prompt[{k}]") for k, value in enumerate(prompt)]
    if not said:
        raise BadSetting("prompt", "at least one token to go on from", "none")
    values = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    values = {name: knob.check(values[name], name) for name, knob in KNOBS.items()}
    seed = run.config["seed"] if seed is None else seed
    for k in range(Knob(1, 0, 100_000, kind="integer", help="How many.").check(count, "count")):
        p = distribution(next_logits(run, said), **values)
        u = generator(seed, "generate", k).random()
        said.append(min(int(np.searchsorted(np.cumsum(p), u, side="right")), int(np.flatnonzero(p)[-1])))
    return said[len(said) - count:] if count else []


def next_logits(run, said):
    """Logits (C,) of the token that follows the numbers `said`."""
    steps = run.data.shape[0]
    seen = said[-steps:]
    x = np.zeros((1, steps))             # what comes after the last one is not looked at, since the network is causal
    x[0, :len(seen)] = seen
    return run.predict(x)[len(seen) - 1]


def check_model(run):
    """Errors: BadSetting unless the answers are the inputs' own tokens, one a position, seen from the left only."""
    data, model = run.data, run.config["model"]
    if data.task != "sequence" or not data.tokens or data.classes != data.tokens or data.y_train.shape[1] != data.shape[0]:
        raise BadSetting("data.name", "data that asks for the next token at every position, such as text", quoted(run.config["data"]["name"]))
    sees_all = model.get("causal") is False or model.get("bidirectional") is True
    if sees_all or model["name"] not in ("transformer", "recurrent"):
        raise BadSetting("model.name", "a causal model, which sees only what came before", quoted(model["name"]),
                         "Set model.causal to true." if sees_all else "Take transformer or recurrent.")


def encode(run, text):
    """The token numbers of a text: signs where all tokens are single signs, else words between spaces."""
    known = {token: k for k, token in enumerate(run.data.tokens)}
    parts = list(text) if all(len(token) == 1 for token in known) else text.split()
    for part in parts:
        if part not in known:
            raise UnknownName("prompt", "a token", part, known)
    return [known[part] for part in parts]


def decode(run, numbers):
    """The text of token numbers."""
    tokens = run.data.tokens
    return ("" if all(len(token) == 1 for token in tokens) else " ").join(tokens[k] for k in numbers)


def _token(value, count, where):
    return Knob(0, 0, count - 1, kind="integer", help="A token.").check(value, where)
