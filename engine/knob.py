"""A knob: one setting of a registered thing, with its default, its range and how to show it; what is given for it is checked here."""
import math
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any

from .errors import BadSetting, UnknownName, quoted

KINDS = ("number", "integer", "boolean", "choice", "integers", "choices", "activations", "text", "points",
         "columns", "record", "records")
EFFECTS = ("live", "rebuild", "restart")
REGISTRIES = {}                       # by the name of their folder, for knobs that are things; registry.py fills it


@dataclass(frozen=True)
class Knob:
    """One setting of a record: its default, its range, and how to show it.

    kind     number | integer | boolean | choice | integers (a list) | choices (a list) | text | points | columns
             | activations (a name, a dict of name and knobs, or a list of them)
             | record (one thing of the registry `of`: a name, or a dict of name and knobs) | records (a list of them)
    scale    linear | log: how a slider should move
    effect   live (training goes on) | rebuild (weights that fit are kept) | restart (takes hold at a new start)
    optional None is allowed, and means what `help` says
    """
    default: Any
    low: float | None = None
    high: float | None = None
    kind: str = "number"
    scale: str = "linear"
    unit: str = ""
    help: str = ""
    choices: tuple = ()
    effect: str = "live"
    optional: bool = False
    title: str = ""
    symbol: str = ""
    of: str = ""

    def __post_init__(self):
        if self.kind not in KINDS or self.scale not in ("linear", "log") or self.effect not in EFFECTS:
            raise TypeError(f"knob with kind {self.kind!r}, scale {self.scale!r}, effect {self.effect!r}")
        if not self.help:
            raise TypeError("a knob needs a sentence of help")
        self.check(self.default, "default")

    def check(self, value, where):
        """Give the value in its own type, or raise BadSetting naming the field `where`."""
        if value is None:
            if self.optional:
                return None
            raise BadSetting(where, self.expected, "nothing (null)")
        return getattr(self, f"_{self.kind}")(value, where)

    @property
    def expected(self):
        """The allowed values in words."""
        span = ""
        if self.low is not None or self.high is not None:
            span = f" from {'-∞' if self.low is None else self.low:g} to {self.high:g}" if self.high is not None \
                else f" of at least {self.low:g}"
        words = {"number": f"a number{span}", "integer": f"a whole number{span}", "boolean": "true or false",
                 "choice": "one of " + ", ".join(map(str, self.choices)), "integers": f"a list of whole numbers{span}",
                 "choices": "one or a list of " + ", ".join(map(str, self.choices)), "text": "text",
                 "activations": "an activation, or a list of them", "points": "a list of rows of numbers", "columns": "a list of column names",
                 "record": f"one of the {self.of}, by its name or as its settings", "records": f"a list of {self.of}, each by its name or as its settings"}[self.kind]
        return words + (" or null" if self.optional else "")

    def _range(self, value, where):
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not (_finite(value) and low <= value <= high):
            raise BadSetting(where, self.expected, value)
        return value

    def _number(self, value, where):
        if isinstance(value, bool) or not isinstance(value, Real):
            raise BadSetting(where, self.expected, quoted(value))
        return float(self._range(value, where))

    def _integer(self, value, where):
        whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise BadSetting(where, self.expected, quoted(value))
        return int(self._range(value, where))

    def _boolean(self, value, where):
        if not isinstance(value, bool):
            raise BadSetting(where, self.expected, quoted(value))
        return value

    def _choice(self, value, where):
        if value not in self.choices:
            if isinstance(value, str):
                raise UnknownName(where, "one of the choices", value, map(str, self.choices))
            raise BadSetting(where, self.expected, quoted(value))
        return value

    def _integers(self, value, where):
        if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
            raise BadSetting(where, self.expected, quoted(value))
        return [self._integer(item, f"{where}[{i}]") for i, item in enumerate(value)]

    def _choices(self, value, where):
        if isinstance(value, str):
            return self._choice(value, where)
        if not hasattr(value, "__iter__"):
            raise BadSetting(where, self.expected, quoted(value))
        return [self._choice(item, f"{where}[{i}]") for i, item in enumerate(value)]

    def _activations(self, value, where):
        if isinstance(value, (list, tuple)):
            return [self._activation(item, f"{where}[{i}]") for i, item in enumerate(value)]
        return self._activation(value, where)

    def _activation(self, value, where):
        if isinstance(value, dict):
            record = REGISTRIES["activations"].get(value.get("name"), where)
            knobs = check_knobs(record.knobs, {k: v for k, v in value.items() if k != "name"}, where)
            return {"name": record.name, **knobs} if knobs else record.name
        return REGISTRIES["activations"].get(value, where).name

    def _text(self, value, where):
        if not isinstance(value, str):
            raise BadSetting(where, self.expected, quoted(value))
        return value

    def _points(self, value, where):
        if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
            raise BadSetting(where, self.expected, quoted(value))
        number = Knob(0.0, help="one number of a row")
        return [[number._number(item, f"{where}[{i}][{j}]") for j, item in enumerate(row)]
                if hasattr(row, "__iter__") and not isinstance(row, (str, bytes))
                else number._number(row, f"{where}[{i}]") for i, row in enumerate(value)]

    def _columns(self, value, where):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise BadSetting(where, self.expected, quoted(value))
        return [self._text(item, f"{where}[{i}]") for i, item in enumerate(value)]

    def _record(self, value, where):
        if isinstance(value, str):
            value = {"name": value}
        if not isinstance(value, dict):
            raise BadSetting(where, self.expected, quoted(value))
        record = REGISTRIES[self.of].get(value.get("name"), f"{where}.name")
        return {"name": record.name, **check_knobs(record.knobs, {k: v for k, v in value.items() if k != "name"}, where)}

    def _records(self, value, where):
        if not isinstance(value, (list, tuple)):
            raise BadSetting(where, self.expected, quoted(value))
        return [self._record(item, f"{where}[{i}]") for i, item in enumerate(value)]

    def describe(self):
        """The knob as plain data."""
        return {f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in fields(self)}


def _finite(value):
    try:
        return math.isfinite(value)
    except OverflowError:                # a whole number beyond all floats
        return False


def check_knobs(knobs, values, where):
    """Every knob's value, checked, with defaults for those not given; an unknown one is refused by name."""
    for name in values:
        if name not in knobs:
            raise UnknownName(f"{where}.{name}", "a setting", name, knobs)
    return {name: knob.check(values[name], f"{where}.{name}") if name in values else knob.default
            for name, knob in knobs.items()}
