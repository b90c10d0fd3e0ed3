"""What is said over the wire: commands as models, answers and events as JSON; no I/O in here, and frames in frames.py."""
import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from .errors import Refused, short

VERSION = 1
MOST_RUNS = 8                 # of one session
MOST_EDITS = 1000             # that a run can be made again with
DEPTH = 16                    # of nested lists and objects in a command
WHOLE = 2 ** 53               # beyond it JavaScript's numbers are no longer whole

# ---------------------------------------------------------------------------------------------- commands

Name = Annotated[str, Field(min_length=1, max_length=64)]
Path = Annotated[str, Field(min_length=1, max_length=120)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Setting = dict[str, Any]
Changes = dict[Path, Any]
RunId = Annotated[str, Field(min_length=1, max_length=16)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class Command(BaseModel):
    """What every command has: its number, by which it is answered."""
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    id: Annotated[int, Field(ge=0, lt=WHOLE)]


class OneRun(BaseModel):
    """One of the runs of a session: the first as it is, the others with some settings changed."""
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    label: Label
    changes: Annotated[Changes, Field(max_length=64)] = {}
    id: RunId | None = None


SeveralRuns = Annotated[list[OneRun], Field(min_length=1, max_length=MOST_RUNS)]


class Hello(Command):
    do: Literal["hello"]
    session: Annotated[str, Field(max_length=128)] | None = None
    lab: Name | None = None
    config: Setting | None = None
    runs: SeveralRuns | None = None
    edits: Annotated[list[Setting], Field(max_length=MOST_EDITS)] | None = None
    run_to: Annotated[int, Field(ge=0, lt=WHOLE)] | None = None


class Play(Command):
    do: Literal["play"]


class Pause(Command):
    do: Literal["pause"]


class Step(Command):
    do: Literal["step"]
    by: Literal["batch", "epoch"] = "batch"
    count: Annotated[int, Field(ge=1, lt=WHOLE)] = 1


class Back(Command):
    do: Literal["back"]
    by: Literal["batch", "epoch"] = "batch"
    count: Annotated[int, Field(ge=1, lt=WHOLE)] = 1


class Speed(Command):
    do: Literal["speed"]
    steps_per_second: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None = None


class StopAt(Command):
    do: Literal["stop_at"]
    loss: Finite | None = None
    epoch: Annotated[float, Field(gt=0, lt=WHOLE, allow_inf_nan=False)] | None = None
    step: Annotated[int, Field(ge=1, lt=WHOLE)] | None = None


class Set(Command):
    do: Literal["set"]
    changes: Annotated[Changes, Field(min_length=1, max_length=64)]
    run: RunId | None = None


class Edit(Command):
    do: Literal["edit"]
    weight: Path | None = None
    index: Annotated[list[int], Field(max_length=8)] | None = None
    value: Finite | None = None
    paint: Annotated[list[list[Finite]], Field(min_length=1, max_length=1000)] | None = None
    erase: Setting | None = None
    run: RunId | None = None

    def edit(self):
        """The edit alone, as the engine takes it."""
        return self.model_dump(exclude_none=True, exclude={"id", "do", "run"})


class Runs(Command):
    """All the runs there shall be, in their order."""
    do: Literal["runs"]
    runs: SeveralRuns


class Undo(Command):
    do: Literal["undo"]


class Redo(Command):
    do: Literal["redo"]


class Reset(Command):
    do: Literal["reset"]
    seed: Literal["same", "new"] | Annotated[int, Field(ge=0, lt=WHOLE)] = "same"


class Open(Command):
    do: Literal["open"]
    config: Setting


class Recipe(Command):
    do: Literal["recipe"]


class Subscribe(Command):
    do: Literal["subscribe"]
    key: Name
    probe: Name
    options: Setting = {}
    rate: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 10.0
    run: RunId | None = None


class Unsubscribe(Command):
    do: Literal["unsubscribe"]
    key: Name


class Measure(Command):
    do: Literal["measure"]
    probe: Name
    options: Setting = {}
    run: RunId | None = None


class Check(Command):
    do: Literal["check"]
    step: Annotated[int, Field(ge=1, le=1000)]


class Ack(Command):
    """A frame was drawn; needs no number and gets no answer."""
    do: Literal["ack"]
    id: Annotated[int, Field(ge=0, lt=WHOLE)] | None = None
    seq: Annotated[int, Field(ge=0, lt=WHOLE)]


class Visible(Command):
    do: Literal["visible"]
    on: bool


class Rewind(Command):
    do: Literal["rewind"]


ALL = (Hello, Play, Pause, Step, Back, Speed, StopAt, Set, Edit, Runs, Undo, Redo, Reset, Open,
       Recipe, Subscribe, Unsubscribe, Measure, Check, Ack, Visible, Rewind)
COMMANDS = {model.model_fields["do"].annotation.__args__[0]: model for model in ALL}
_runs = TypeAdapter(SeveralRuns)
_command = TypeAdapter(Annotated[Union[ALL], Field(discriminator="do")])     # noqa: UP007  of a tuple, so that it is listed once


class BadMessage(Refused):
    """A message that is no command; `.id` is the number it came with, if one could be read."""

    def __init__(self, field, expected, got, hint="", id=None):
        self.id = id
        super().__init__(field, expected, got, hint)


def parse(message):
    """One command from the text of a message, or BadMessage."""
    if not isinstance(message, (str, bytes)):
        raise BadMessage("message", "text", type(message).__name__)
    try:
        raw = from_json(message, allow_inf_nan=False)
    except (ValueError, RecursionError) as problem:
        raise BadMessage("message", "one JSON object", short(str(problem))) from None
    if not isinstance(raw, dict):
        raise BadMessage("message", "one JSON object", type(raw).__name__,
                         'For example {"id": 1, "do": "play"}.')
    number = raw.get("id")
    number = number if type(number) is int and 0 <= number < WHOLE else None
    if not isinstance(raw.get("do"), str) or raw["do"] not in COMMANDS:
        raise BadMessage("do", "one of " + ", ".join(COMMANDS), repr(raw.get("do")), id=number)
    try:
        check_tree(raw)
        return _command.validate_python(raw)
    except BadMessage as problem:
        problem.id = number
        raise
    except ValidationError as problem:
        raise _first(problem, number) from None


def several_runs(raw):
    """The list of runs in a file, as the command `runs` has it.  Errors: Refused."""
    try:
        return [one.model_dump() for one in _runs.validate_python(raw)]
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        raise Refused("runs" + _where(error["loc"]), error["msg"], short(error.get("input"))) from None


def check_tree(value, depth=0, where="message"):
    """Refuse what JSON allows but nobody means: infinite numbers, numbers past 2⁵³, nesting past 16."""
    if depth > DEPTH:
        raise BadMessage(where, f"at most {DEPTH} levels of nesting", "more")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadMessage(where, "a finite number", str(value))
    if isinstance(value, int) and abs(value) > WHOLE:
        raise BadMessage(where, "a number up to 2⁵³", "a larger one")
    if isinstance(value, dict):
        for key, item in value.items():
            check_tree(item, depth + 1, short(key, 60))
    elif isinstance(value, list):
        for item in value:
            check_tree(item, depth + 1, where)


def _first(problem, number):
    """The first thing pydantic found, in our words."""
    error = problem.errors(include_url=False)[0]
    where = _where(error["loc"][1:])[1:] or "message"
    expected, got = error["msg"], error.get("input")
    expected = expected[0].lower() + expected[1:]
    if error["type"] == "missing":
        expected, got = "this field", "nothing"
    elif error["type"] == "extra_forbidden":
        model = OneRun if "runs" in error["loc"][1:-1] else COMMANDS[error["loc"][0]]
        known = sorted(model.model_fields, key=lambda name: ("id", "do", name).index(name))
        expected, got = "only " + ", ".join(known), f"also {short(where, 40)!r}"
    return BadMessage(short(where, 60), expected, short(got), id=number)


def _where(places):
    return "".join(f"[{place}]" if isinstance(place, int) else f".{place}" for place in places)


# ---------------------------------------------------------------------------------------- answers, events

def answer(number, value=None):
    """The answer to a command that was carried out."""
    return _json({"re": number, "ok": True, "value": value})


def refusal(number, error):
    """The answer to a command that was not: `error` as from errors.explain()."""
    return _json({"re": number, "ok": False, "error": error})


def event(name, /, **fields):
    """Something a client did not ask for: state, progress, closing, notice."""
    return _json({"event": name, **fields})


def _json(value):
    return to_json(value, inf_nan_mode="null", fallback=plain).decode()


def plain(value):
    """NumPy's scalars and small arrays inside a message, as Python's own."""
    if isinstance(value, np.generic):
        return _finite(value.item())
    if isinstance(value, np.ndarray):
        return [_finite(item) for item in value.tolist()]
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Iterable):
        return list(value)
    return str(value)


def _finite(value):
    return None if isinstance(value, float) and not math.isfinite(value) else value
