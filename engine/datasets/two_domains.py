r"""Two domains with opposite rules: what is learned of the second overwrites the first, unless the first is shown again.

    A    the upper half of the plane:  blue is right, orange left
    B    the lower half:               blue is left, orange right

`domain` says what is trained on now, and may be changed in the middle of a run; `replay` is the share of the training rows
that are taken from A while B is trained on.  The test rows are always of both, so that forgetting shows (probe `domains`).
Which rows are for testing does not depend on either setting.
Source: McCloskey and Cohen, 1989 (catastrophic interference); Robins, 1995 (rehearsal).
"""
import numpy as np

from ..features import PLANE_NAMES
from ..knob import Knob
from ..registry import Dataset
from ._plane import KNOBS, draws, table, take_turns

GAP = 0.25                               # between the middle lines and the nearest points, without noise
DOMAINS = ("A", "B")


def make(generator, settings):
    n = settings["points"]
    u, v, scatter = draws(generator, n, 4)
    turn = take_turns(n, 4)
    y, domain = turn % 2, turn // 2
    side = np.where((y == 1) == (domain == 0), 1, -1)        # class 1 is blue: right in A, left in B
    x = np.column_stack([side * (GAP + (2.9 - GAP) * u), np.where(domain == 0, 1, -1) * (GAP + (2.9 - GAP) * v)])
    return table(x + 0.5 * settings["noise"] * scatter, y, domains=DOMAINS, domain_of=domain,
                 shares=_shares(settings["domain"], settings["replay"]))


def _shares(domain, replay):
    """What part of the training rows is of each domain."""
    return {"A": (1.0, 0.0), "B": (replay, 1.0 - replay), "both": (0.5, 0.5)}[domain]


RECORD = Dataset(
    "two_domains", "Two halves of the plane with opposite rules, trained on one after the other.",
    r"y = [x_1 x_2 > 0]\ \text{in two parts}", "McCloskey and Cohen, 1989", "Two domains",
    knobs=KNOBS | {
        "domain": Knob("A", kind="choice", choices=("A", "B", "both"), effect="live", title="Trained on",
                       help="Which domain is trained on now; the test rows are of both."),
        "replay": Knob(0.0, 0.0, 0.5, effect="live", title="Replay", symbol="ρ",
                       help="The share of what is trained on that comes from A while B is learned.")},
    make=make, task="binary", plane=True, features=PLANE_NAMES)
