"""Text that the network goes on with by itself: a prompt, then one drawn token after the other."""
import numpy as np

from ..errors import BadSetting
from ..generate import KNOBS, check_model, decode, distribution, encode, generate, next_logits
from ..knob import Knob
from ..registry import Probe

LIKELY = 10                              # so many of the next tokens are told


def needs(run):
    """Errors: BadSetting where the network cannot go on by itself."""
    try:
        check_model(run)
    except BadSetting as problem:
        raise BadSetting("probe", problem.expected, problem.got, problem.hint) from None


def measure(run, options):
    """`text` that follows `prompt`, its tokens `said`, and of the first of them the likeliest: `tokens` and `shares` (≤ 10,).

    The shares are those that are drawn from, after temperature, top-k and top-p.
    Errors: UnknownName for a sign of the prompt that it does not know.
    """
    how = {name: options[name] for name in KNOBS}
    prompt = decode(run, run.data.raw_train[0].astype(int).tolist()) if options["prompt"] is None else options["prompt"]
    start = encode(run, prompt)
    said = generate(run, start, options["count"], seed=options["seed"], **how)
    shares = distribution(next_logits(run, start), **how)
    likely = np.argsort(-shares, kind="stable")[:LIKELY]
    return {"text": decode(run, said), "prompt": prompt, "said": [run.data.tokens[k] for k in said],
            "tokens": [run.data.tokens[k] for k in likely], "shares": shares[likely].astype(np.float32)}


RECORD = Probe("generated", "Text that the network goes on with by itself.", needs=needs, measure=measure, knobs=KNOBS | {
    "prompt": Knob(None, kind="text", optional=True, help="What to go on from: signs of the text, or words between spaces; null means the "
                                                          "first example that is trained on."),
    "count": Knob(80, 0, 1000, kind="integer", help="How many tokens."),
    "seed": Knob(None, 0, 2**53, kind="integer", optional=True, help="Another number draws other tokens; null means the seed of the run.")})
