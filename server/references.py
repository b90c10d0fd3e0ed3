"""What a lab's file refers to must exist: scenes, panels, settings, measures, runs; and its texts must be short and well formed."""
import re

from . import claims
from .errors import Refused, explain

WORDS = 120                   # of a step's text: what is read before anything is done
FORMULA = re.compile(r"\$[^$]+\$")
LIVE = re.compile(r"\{([^{}]*)\}")
NUMBER = re.compile(r"(?:run (?P<run>\d+): *)?(?P<name>[^:{}]+?)(?::(?P<format>%|whole|\.\d))?")


def beside(runs):
    """The runs beside the lab's own: all, or all but a first one that only names the lab's own."""
    if not runs:
        return runs
    changes = runs[0].get("changes") if isinstance(runs[0], dict) else runs[0].changes
    return runs if changes else runs[1:]


class named:
    """Puts the file and the place before whatever is refused inside."""

    def __init__(self, file, where):
        self.where = f"{file}: {where}"

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        if problem is None or not isinstance(problem, Exception):
            return
        error = explain(problem)
        raise Refused(f"{self.where}: {error['field']}", error["expected"], error["got"], error["hint"]) from None


def usual(when):
    """A value beyond the bound by half."""
    if when.equals is not None:
        return when.equals
    bound, up = (when.above, True) if when.above is not None else (when.below, False)
    return bound + (1 if up else -1) * (abs(bound) / 2 or 1.0)


def meets(when, value):
    """Whether a value fulfils above, below or equals."""
    if when.equals is not None:
        return value == when.equals
    return isinstance(value, (int, float)) and (value > when.above if when.above is not None else value < when.below)


class References:
    """Everything a lab names must be there."""

    def __init__(self, file, lab, known, configs):
        self.file, self.lab, self.known, self.configs = file, lab, known, configs
        self.scenes = [scene.name for scene in lab.scenes]

    def check(self):
        lab = self.lab
        if len(set(self.scenes)) < len(self.scenes):
            twice = next(name for name in self.scenes if self.scenes.count(name) > 1)
            raise Refused(f"{self.file}: scenes", "a name of its own for each", f"{twice!r} twice")
        for field in ("present", "panels"):
            for one in getattr(lab, field):
                self._panel(field, getattr(one, "name", one))
        for field in ("first", "free", "hide"):
            for path in getattr(lab.controls, field) or []:
                self._setting(f"controls.{field}", path, lab.config)
        for path in lab.controls.choices:
            self._setting("controls.choices", path, lab.config)
        for number, scene in enumerate(lab.scenes, 1):
            for name in scene.panels or []:
                self._panel(f"scene {number} ({scene.name}): panels", name)
        runs, config = lab.runs, lab.config
        for number, step in enumerate(lab.steps, 1):
            if step.scene is not None:
                self._one_of(f"step {number} ({step.title}): scene", step.scene, self.scenes, "a scene of this lab")
                at = self.scenes.index(step.scene)
                runs, config = lab.runs if lab.scenes[at].runs is None else lab.scenes[at].runs, self.configs[at]
            self._step(f"step {number} ({step.title})", step, 1 + len(beside(runs)), config)

    def _step(self, where, step, runs, config):
        for name in step.show or []:
            self._panel(f"{where}: show", name)
        for name in step.options:
            self._panel(f"{where}: options", name)
        self._text(f"{where}: say", step.say, runs, config)
        if step.predict and step.predict.draw:
            self._one_of(f"{where}: predict.draw", step.predict.draw, claims.CURVES, "a curve")
            self._run(f"{where}: predict.run", step.predict.run, runs)
        if step.do:
            when = step.do.when
            if when.setting is not None:
                self._setting(f"{where}: do.when.setting", when.setting, config)
                when.example = self._example(f"{where}: do.when.example", when, config)
            elif when.option is not None and when.example is None:
                when.example = usual(when)
            if when.option is not None:
                self._panel(f"{where}: do.when.option", when.option.partition(".")[0])
            if when.scene is not None:
                self._one_of(f"{where}: do.when.scene", when.scene, self.scenes, "a scene of this lab")
            self._run(f"{where}: do.when.run", when.run, runs)
        for at, claim in enumerate(step.check.all if step.check else [], 1):
            here = f"{where}: check.all {at}"
            for field in ("measure", "over"):
                self._measure(f"{here}.{field}", getattr(claim, field))
            for field in ("run", "above_run", "below_run", "over_run"):
                self._run(f"{here}.{field}", getattr(claim, field), runs)

    def _example(self, where, when, config):
        """What does it, for the tests and for "Show me"; refused where the setting does not take it."""
        given = [when.example] if when.example is not None else [usual(when), round(usual(when))] if when.equals is None else [when.equals]
        for value in given:
            try:
                self.known.after(config, {when.setting: value})
                break
            except Exception as problem:
                error = explain(problem)
        else:
            raise self._refused(where, error["expected"], error["got"])
        if not meets(when, value):
            raise self._refused(where, "a value that fulfils the step's own condition", value)
        return value

    def _text(self, where, text, runs, config):
        plain = FORMULA.sub(" x ", text)
        if "$" in plain:
            raise self._refused(where, "formulas between two $", "a single $")
        count = len(plain.split())
        if count > WORDS:
            raise self._refused(where, f"at most {WORDS} words", f"{count}")
        inside = [inner for formula in FORMULA.findall(text) for inner in re.findall(r"\{\{([^{}]*)\}\}", formula)]
        for inner in [*LIVE.findall(plain), *inside]:
            found = NUMBER.fullmatch(inner)
            if not found:
                raise self._refused(where, "a live number as {name}, {name:%} or {run 2: name}", f"{{{inner}}}")
            self._run(where, int(found["run"] or 1), runs)
            self._live(where, found["name"], config)

    def _live(self, where, name, config):
        if name.partition(".")[0] in config and "." in name:
            return self._setting(where, name, config)
        if name.startswith("exact_"):
            raise self._refused(where, "a number that comes while it trains", repr(name))
        self._measure(where, claims.full_name(name))

    def _measure(self, where, name):
        problem = name is not None and claims.unknown(name, self.known.probes)
        if problem:
            raise self._refused(where, *problem)

    def _setting(self, where, path, config):
        full = self.known.after(config, {})
        section, _, key = path.partition(".")
        if section not in full or key and isinstance(full[section], dict) and key not in full[section]:
            options = [f"{section}.{one}" for one in full[section]] if section in full else list(full)
            raise self._refused(where, "a setting: " + ", ".join(options), repr(path))

    def _panel(self, where, name):
        if self.known.panels is not None:
            self._one_of(where, name, sorted(self.known.panels), "a panel")

    def _run(self, where, number, runs):
        if number is not None and number > runs:
            raise self._refused(where, f"a run from 1 to {runs}", number)

    def _one_of(self, where, name, names, what):
        if name not in names:
            raise self._refused(where, f"{what}: " + (", ".join(names) or "there is none"), repr(name))

    def _refused(self, where, expected, got):
        return Refused(f"{self.file}: {where}", expected, got)
