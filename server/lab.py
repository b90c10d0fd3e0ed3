"""A lab's file: what may stand in it, checked when it is read, so that a teacher is told at once what is wrong and where.

A lab is one TOML file; ARCHITECTURE.md ("Labs") shows one. Errors name the file, the step, the field, what was expected
and what came. What a lab refers to (scenes, panels, settings, measures, runs) must exist.
"""
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from . import claims
from .errors import Refused, short
from .protocol import MOST_RUNS, Changes, Label, check_tree
from .references import References, beside, named

AT_SIGHT = 3                  # settings at first sight, beside the scenes

Text = Annotated[str, Field(min_length=1, max_length=400)]
Title = Annotated[str, Field(min_length=1, max_length=80)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]


class Strict(BaseModel):
    """Only the keys that are named here."""
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class LabRun(Strict):
    """A lane beside the first: the same setting but for these changes; a first one without changes only names the lab's own."""
    label: Label
    changes: Changes = {}


class Place(Strict):
    """Where a panel stands: its row, and its width in parts of the row."""
    name: Title
    row: Annotated[int, Field(ge=1, le=9)] = 1
    width: Annotated[float, Field(gt=0, le=100)] = 8
    when: Literal["no plane"] | None = None
    options: dict[str, Any] = {}


class Controls(Strict):
    """Which settings show: `first` beside the scenes, `free` in their place where there are no steps, `hide` never."""
    first: Annotated[list[Title], Field(max_length=AT_SIGHT)] = []
    free: list[Title] | None = None
    hide: list[Title] = []
    choices: dict[str, list[str]] = {}
    runs: Literal["fixed"] | None = None       # people may not add, name or remove runs


class Scene(Strict):
    """A preset, one press away: the lab's start with these changes, from step 0."""
    name: Title
    changes: Changes = {}
    runs: Annotated[list[LabRun], Field(max_length=MOST_RUNS)] | None = None
    panels: list[Title] | None = None


class Predict(Strict):
    """A question before it runs: choose one, or draw the curve that is expected."""
    question: Text
    choices: Annotated[list[Text], Field(min_length=2, max_length=6)] | None = None
    answer: Annotated[int, Field(ge=0)] | None = None
    because: Text | None = None
    draw: Title | None = None
    over: tuple[Number, Number] | None = None
    between: tuple[Number, Number] | None = None
    run: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 1

    @model_validator(mode="after")
    def _one_kind(self):
        if (self.choices is None) == (self.draw is None):
            raise ValueError("either choices (with answer) or draw (with over and between)")
        if self.choices is not None and not (self.answer is not None and self.answer < len(self.choices)):
            raise ValueError(f"answer as the place of the right choice, counted from 0 (0 to {len(self.choices) - 1})")
        if self.choices is not None and (self.over or self.between):
            raise ValueError("over and between only together with draw")
        for name in ("over", "between") if self.draw else ():
            pair = getattr(self, name)
            if pair is None or not pair[0] < pair[1]:
                raise ValueError(f"{name} = [from, to], the smaller number first")
        return self


class When(Strict):
    """What tells that a person has done it: exactly one of these signs."""
    setting: Title | None = None           # a path, with above, below or equals
    option: Title | None = None            # PANEL.OPTION, with above, below or equals
    steps: Count | None = None             # trained so many since this step of the lab began
    played: Literal[True] | None = None
    edited: Literal["weight", "paint", "erase"] | None = None
    painted: Annotated[int, Field(ge=1, le=1000)] | None = None
    hovered: Literal[True] | None = None   # a neuron was pointed at
    did: Literal["reset", "step", "back", "undo", "redo", "rewind"] | None = None
    scene: Title | None = None             # this scene was chosen
    above: Number | None = None
    below: Number | None = None
    equals: Any = None
    run: Annotated[int, Field(ge=1, le=MOST_RUNS)] | None = None
    example: Any = None                    # what the tests do, and "Show me"

    @model_validator(mode="after")
    def _one_sign(self):
        found = [name for name in SIGNS if getattr(self, name) is not None]
        if len(found) != 1:
            raise ValueError(f"exactly one of {', '.join(SIGNS)}, not {' and '.join(found) or 'none'}")
        compares = [name for name in ("above", "below", "equals") if getattr(self, name) is not None]
        if found[0] in ("setting", "option") and len(compares) != 1:
            raise ValueError(f"{found[0]} together with one of above, below, equals")
        if found[0] not in ("setting", "option") and compares:
            raise ValueError(f"no {compares[0]} beside {found[0]}")
        if found[0] == "option" and "." not in self.option:
            raise ValueError("option as PANEL.OPTION, such as softmax.temperature")
        return self


SIGNS = ("setting", "option", "steps", "played", "edited", "painted", "hovered", "did", "scene")


class Do(Strict):
    """A thing to do; the step knows by itself when it is done."""
    text: Text
    when: When


class Check(Strict):
    """A claim, tested on the run in front of the person."""
    claim: Text
    train: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    all: Annotated[list[claims.Claim], Field(min_length=1, max_length=12)]


class Step(Strict):
    """One step of the guide."""
    title: Title
    say: Annotated[str, Field(min_length=1, max_length=4000)]
    scene: Title | None = None
    show: Annotated[list[Title], Field(min_length=1)] | None = None
    options: dict[Title, dict[str, Any]] = {}  # how the step finds a panel, by its name: {"softmax": {"temperature": 1.0}}
    predict: Predict | None = None
    do: Do | None = None
    check: Check | None = None


class Miniature(Strict):
    """What the lab's small picture on the shelf shows, and after how many steps; measured on the lab's own start."""
    show: Literal["plane", "curves", "gradients"] | None = None    # None: what its data and runs suggest
    steps: Annotated[int, Field(ge=1, le=20_000)] | None = None


class Lab(Strict):
    """A whole lab."""
    title: Title
    wonder: Annotated[str, Field(max_length=200)] = ""
    teaches: Annotated[str, Field(max_length=40)] = ""
    minutes: Annotated[int, Field(ge=1, le=240)] | None = None
    order: Number = 100.0
    speed: Annotated[float, Field(gt=0, le=1e9)] | None = None       # steps a second it begins with; None: as fast as possible
    rows: list[Annotated[float, Field(gt=0)]] = [3, 2]
    present: list[Title] = []
    config: dict[str, Any] = {}
    runs: Annotated[list[LabRun], Field(max_length=MOST_RUNS)] = []
    panels: list[Place] = []
    controls: Controls = Controls()
    scenes: Annotated[list[Scene], Field(max_length=12)] = []
    steps: Annotated[list[Step], Field(max_length=20)] = []
    miniature: Miniature | None = None


@dataclass
class Known:
    """What labs may refer to; None where it cannot be told.

    check     called with a whole config: raises what is wrong with it
    after     called with a config and changes: gives the complete config that comes of them, or raises
    """
    panels: frozenset | None = None
    probes: frozenset | None = None
    check: callable = lambda config: None
    after: callable = lambda config, changes: {**config, **changes}


def checker(limits, count):
    """What a lab's config is checked by: what it can cost, and before that whether it can be at all (count tells)."""
    def check(config):
        count(config)
        limits.config(config)
    return check


def read_lab(path, known=None):
    """A lab's file, checked, as plain data; each scene has the whole `config` it leads to.  Errors: Refused."""
    path, known = Path(path), known or Known()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise Refused(path.name, "a TOML file", str(problem)) from None
    try:
        check_tree(raw)
        lab = Lab.model_validate(raw)
    except ValidationError as problem:
        raise _first(path.name, raw, problem) from None
    except Refused as problem:
        raise Refused(f"{path.name}: {problem.field}", problem.expected, problem.got, problem.hint) from None
    configs = _configs(path.name, lab, known)
    References(path.name, lab, known, configs).check()
    plain = lab.model_dump(exclude_none=True)
    for made, config in zip(plain["scenes"], configs):
        made["config"] = config
    return plain


def _configs(file, lab, known):
    """The whole config of each scene; the lab's own, those and the other runs' are checked."""
    with named(file, "config"):
        known.check(lab.config)
        known.after(lab.config, {})
    configs, all_runs = [], [("", lab.config, lab.runs)]
    for number, scene in enumerate(lab.scenes, 1):
        with named(file, f"scene {number} ({scene.name}), changes"):
            configs.append(known.after(lab.config, scene.changes))
            known.check(configs[-1])
        all_runs.append((f"scene {number} ({scene.name}), ", configs[-1], scene.runs or []))
    for where, config, runs in all_runs:
        for number, run in enumerate(beside(runs), 2):
            if not run.changes:
                raise Refused(f"{file}: {where}run {number} ({run.label}): changes", "what makes it different", "nothing",
                              "Only the first may have none: it names the lab's own run.")
            with named(file, f"{where}run {number} ({run.label}), changes"):
                known.check(known.after(config, run.changes))
    return configs


def _first(file, raw, problem):
    """The first thing pydantic found, in our words; a misspelt name rather than the one that is missed for it."""
    errors = problem.errors(include_url=False)
    error = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    expected, got = error["msg"].removeprefix("Value error, "), short(error["input"])
    expected, hint = (expected[0].lower() + expected[1:]).removesuffix(f" after validation, not {error.get('ctx', {}).get('actual_length')}"), ""
    if error["type"] == "missing":
        expected, got = "this field", "nothing"
        hint = 'A lab begins with: title = "..."' if error["loc"] == ("title",) else ""
    elif error["type"] == "extra_forbidden":
        known = _keys(error["loc"][:-1])
        expected, got = "only " + ", ".join(known), f"also {str(error['loc'][-1])!r}"
    return Refused(f"{file}: {_place(raw, error['loc'])}", expected, got, hint)


def _keys(place):
    """The keys a part of a lab may have."""
    model = Lab
    for name in place:
        if isinstance(name, int):
            continue
        found = [one for one in _models(model.model_fields[name].annotation)]
        model = found[0] if found else model
    return list(model.model_fields)


def _models(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def _place(raw, loc):
    """steps.2.check.claim as a person says it: step 3 (Its title): check.claim."""
    kinds = {"steps": ("step", "title"), "scenes": ("scene", "name"), "runs": ("run", "label"), "panels": ("panel", "name")}
    if len(loc) > 1 and loc[0] in kinds and isinstance(loc[1], int):
        kind, called = kinds[loc[0]]
        entry = raw[loc[0]][loc[1]]
        name = entry.get(called) if isinstance(entry, dict) else None
        number = loc[1] + 1
        rest = "".join(f" {part + 1}" if isinstance(part, int) else f".{part}" for part in loc[2:]).lstrip(".")
        return f"{kind} {number}" + (f" ({short(name, 40)})" if isinstance(name, str) else "") + (f": {rest}" if rest else "")
    return ".".join(str(part) for part in loc) or "the file"
