"""The one evaluator of what labs claim: for the check a person asks for, and for the tests that hold every lab to its word.

A **measure** is a name of run.metrics(), of the last sample of the curves, `diverged` (0 or 1), or PROBE.PATH into what a
probe answers, such as `layers.layer1.gradient_norm` or `jacobian.layers.-1.largest`. A path goes through keys, through
places counted from 0 (from the end with a minus), and through the `name` of entries in a list; `.min`, `.max`, `.mean`,
`.sum` and `.count` end it at an array.

    evaluate(check, [run, ...])  →  {"passed": True, "said": "...", "measured": [{what, run, value, expected, passed}]}
"""
import math
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine import figure

from .errors import Refused

METRICS = ("loss_train", "loss_test", "accuracy_train", "accuracy_test", "r2_train", "r2_test", "exact_train", "exact_test")
CURVES = ("step", "epoch", "loss_batch", "loss_train", "loss_test", "score_train", "score_test", "learning_rate", "gradient_norm")
WORDS = {"loss_train": "training loss", "loss_test": "test loss", "accuracy_train": "training accuracy",
         "accuracy_test": "test accuracy", "r2_train": "training R²", "r2_test": "test R²", "loss_batch": "loss of the last batch",
         "score_train": "training score", "score_test": "test score", "learning_rate": "learning rate",
         "gradient_norm": "gradient norm", "exact_train": "whole sequences right in training",
         "exact_test": "whole sequences right in the test", "diverged": "training ran away"}
SHARES = ("accuracy_", "exact_")         # told as parts of a hundred
ENDS = {"min": np.nanmin, "max": np.nanmax, "mean": np.nanmean, "sum": np.nansum, "count": np.size}

Lane = Annotated[int, Field(ge=1, le=8)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=160)]


class Claim(BaseModel):
    """One inequality between a measured number and another."""
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    measure: Name
    run: Lane = 1
    probe: dict[str, Any] = {}             # options of the probe the measure names
    over: Name | None = None               # divided by this measure
    over_run: Lane | None = None           # divided by the measure of that run
    above: Number | None = None
    below: Number | None = None
    above_run: Lane | None = None          # larger than the same measure of that run
    below_run: Lane | None = None
    equals: Number | None = None
    within: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    what: Annotated[str, Field(min_length=1, max_length=120)] | None = None      # the measure in the lab's words

    @model_validator(mode="after")
    def _compares(self):
        if not any(getattr(self, name) is not None for name in ("above", "below", "above_run", "below_run", "equals")):
            raise ValueError("one of above, below, above_run, below_run, equals")
        if self.within is not None and self.equals is None:
            raise ValueError("within only together with equals")
        if self.run in (self.above_run, self.below_run):
            raise ValueError("another run to compare with")
        return self


def full_name(name):
    """A measure as texts may shorten it: layer1.gradient_norm means layers.layer1.gradient_norm."""
    head = name.partition(".")[0]
    return f"layers.{name}" if head.startswith("layer") and head[5:].isdigit() else name


def unknown(name, probes=None):
    """What is wrong with the name of a measure: (expected, got), or None."""
    plain = {*METRICS, *CURVES, "diverged"}
    head, dot, _ = name.partition(".")
    if name in plain or (dot and (probes is None or head in probes)):
        return None
    known = "PROBE.PATH" if probes is None else "PROBE.PATH with a probe of " + ", ".join(sorted(probes))
    return f"a measure: {', '.join(sorted(plain))}, or {known}", repr(name)


class Measured:
    """Numbers of some runs at one moment, each asked for once."""

    def __init__(self, runs):
        self.runs, self._kept = runs, {}

    def value(self, name, number=1, options=None):
        """The number, or None where it is not known.  Errors: Refused for a name that leads nowhere."""
        if not 1 <= number <= len(self.runs):
            raise Refused("run", f"a run from 1 to {len(self.runs)}", number)
        run = self.runs[number - 1]
        if name == "diverged":
            return 1.0 if run.divergence else 0.0
        if name in METRICS:
            return _plain(self._once(number, "metrics", lambda: run.metrics()).get(name))
        if name in CURVES:
            return _plain(self._once(number, "curves", lambda: run.probe("curves", {})).get(name))
        probe, _, path = name.partition(".")
        key = (probe, repr(sorted((options or {}).items())))
        return _plain(follow(self._once(number, key, lambda: run.probe(probe, options or {})), path.split("."), name))

    def _once(self, number, what, ask):
        if (number, what) not in self._kept:
            self._kept[number, what] = ask()
        return self._kept[number, what]


def follow(found, path, name):
    """What a path leads to in a probe's answer.  Errors: Refused naming where it ends and what there is."""
    at = 0
    while at < len(path):
        part = path[at]
        if isinstance(found, dict):
            longest = next((n for n in range(len(path), at, -1) if ".".join(path[at:n]) in found), None)
            if longest:
                found, at = found[".".join(path[at:longest])], longest
                continue
            found = _entry(found, part, name)
        elif isinstance(found, np.ndarray) and part in ENDS:
            found = ENDS[part](found)
        elif isinstance(found, (list, tuple, np.ndarray)):
            found = _item(found, part, name)
        else:
            raise Refused(name, "a path that leads to a number", f"{part!r} after a {type(found).__name__}")
        at += 1
    return found


def _entry(found, part, name):
    """The entry called `part` in one of a dict's lists of named entries."""
    for entries in found.values():
        if isinstance(entries, (list, tuple)):
            for entry in entries:
                if isinstance(entry, dict) and entry.get("name") == part:
                    return entry
    raise Refused(name, "one of " + ", ".join(map(str, found)), repr(part))


def _item(found, part, name):
    named = [entry for entry in found if isinstance(entry, dict) and entry.get("name") == part]
    if named:
        return named[0]
    try:
        return found[int(part)]
    except (ValueError, IndexError):
        raise Refused(name, f"a place from 0 to {len(found) - 1}", repr(part)) from None


def _plain(value):
    """A number as Python's own; None for what is none."""
    if value is None or isinstance(value, (str, dict, list)) or np.size(value) != 1:
        return None
    return float(np.asarray(value).reshape(-1)[0])


def evaluate(check, runs, labels=()):
    """Whether everything a check claims holds for these runs, and what was measured.

    check     a dict with `claim` and `all`, as a lab's step has it
    runs      the lanes, the first first; labels are their names
    Errors: Refused where a measure leads nowhere.
    """
    numbers, measured = Measured(runs), []
    for one in check["all"]:
        claim = one if isinstance(one, Claim) else Claim.model_validate(one)
        measured.append(_hold(claim, numbers, labels))
    passed = all(one["passed"] for one in measured)
    return {"passed": passed, "said": check["claim"] if passed else _failure(measured), "measured": measured}


def _hold(claim, numbers, labels):
    value, what = numbers.value(claim.measure, claim.run, claim.probe), claim.what or _words(claim.measure)
    if claim.over is not None or claim.over_run is not None:
        other = numbers.value(claim.over or claim.measure, claim.over_run or claim.run, claim.probe)
        value = None if value is None or other is None else _ratio(value, other)
        if claim.what is None:
            part = [_words(claim.over)] if claim.over else []
            part += [f"that of {_label(claim.over_run, labels)}"] if claim.over_run else []
            what = f"{what} divided by {' of '.join(part)}"
    share = claim.measure.startswith(SHARES) and claim.over is None and claim.over_run is None
    text = _percent if share else figure
    bounds = _bounds(claim, numbers, labels, text)
    passed = value is not None and not math.isnan(value) and all(holds(value) for holds, _ in bounds)
    return {"what": what, "measure": claim.measure, "run": claim.run, "label": labels[claim.run - 1] if claim.run <= len(labels) else "",
            "value": value, "share": share, "expected": " and ".join(words for _, words in bounds), "passed": bool(passed)}


def _ratio(value, other):
    if other:
        return value / other
    return math.nan if value == 0 else math.copysign(math.inf, value)


def _bounds(claim, numbers, labels, text):
    """(what must hold, in words) for each bound of a claim."""
    found = []
    if claim.above is not None:
        found.append((lambda v: v > claim.above, f"above {text(claim.above)}"))
    if claim.below is not None:
        found.append((lambda v: v < claim.below, f"below {text(claim.below)}"))
    for side, number in (("above", claim.above_run), ("below", claim.below_run)):
        if number is not None:
            other = numbers.value(claim.measure, number, claim.probe)
            words = f"{side} that of {_label(number, labels)} ({'not known' if other is None else text(other)})"
            found.append((_beside(side, other), words))
    if claim.equals is not None:
        within = claim.within or 0.0
        found.append((lambda v: abs(v - claim.equals) <= within,
                      f"{text(claim.equals)}" + (f", give or take {text(within)}" if within else "")))
    return found


def _beside(side, other):
    if other is None:
        return lambda v: False
    return (lambda v: v > other) if side == "above" else (lambda v: v < other)


def _label(number, labels):
    return f"run {number}" + (f" ({labels[number - 1]})" if number <= len(labels) and labels[number - 1] else "")


def _words(name):
    return WORDS.get(name, name.replace("_", " ").replace(".", " · "))


def _percent(value):
    return f"{100 * value:.3g} %"


def _failure(measured):
    wrong = next(one for one in measured if not one["passed"])
    text = _percent if wrong["share"] else figure
    value = "could not be measured" if wrong["value"] is None else f"is {text(wrong['value'])}"
    return f"Not on this run: {wrong['what']} {value}, expected {wrong['expected']}."


def answer(session, number, steps):
    """The answer to `check`: what was measured, or for how many steps to wait.

    number   the step of the lab, counted from 1; steps are the lab's
    """
    if number > len(steps):
        raise Refused("step", f"a step from 1 to {len(steps)}" if steps else "a lab with steps", number)
    check = steps[number - 1].get("check")
    if check is None:
        raise Refused("step", "a step that claims something", number)
    lanes, train = list(session.lanes), check.get("train", 0)
    wait = max([0, *(train - lane.step for lane in lanes if not lane.stands)])
    if wait:
        return {"passed": False, "said": f"{wait:,} more steps of training first.", "measured": [], "ready": False, "wait": wait}
    for one in check["all"]:
        for measure, lane in ((one["measure"], one.get("run", 1)), (one.get("over"), one.get("over_run") or one.get("run", 1))):
            if measure and "." in measure and lane <= len(lanes):
                session.need(lanes[lane - 1], measure.partition(".")[0])
    return {**evaluate(check, [lane.run for lane in lanes], [lane.label for lane in lanes] if len(lanes) > 1 else [""]), "ready": True, "wait": 0}
