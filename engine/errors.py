"""What can be wrong with what a person asked for, in words that say what to do.

    EngineError            a ValueError with .field, .expected, .got
    ├── UnknownName        no such activation, dataset, setting, ...: names the nearest and the whole list
    ├── BadSetting         wrong type or out of range
    └── ShapeError         two shapes that do not fit
"""
import difflib

LONGEST = 120                            # characters of what came that an error repeats


class EngineError(ValueError):
    """Something a person can put right: which field, what was expected, what came."""

    def __init__(self, field, expected, got, hint=""):
        self.field, self.expected, self.got, self.hint = shortened(field), expected, got, hint
        super().__init__(f"{self.field}: expected {expected}, got {shortened(got)}." + (f" {hint}" if hint else ""))

    def as_dict(self):
        """The same as plain data, for a message or a log."""
        return {"field": self.field, "expected": str(self.expected), "got": shortened(self.got),
                "hint": self.hint, "message": str(self)}


def shortened(value):
    """The value as text that fits into a message, however long what came was."""
    try:
        text = str(value)
    except (ValueError, RecursionError):     # a number of more digits, a list of more levels, than Python writes out
        return f"a {type(value).__name__} too long to write out"
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def quoted(value):
    """Text in quotes, anything else as it is, for a message: "0.1" is no number, 0.1 is one."""
    return repr(value) if isinstance(value, str) else value


class UnknownName(EngineError):
    """A name that is not registered; says the nearest one and all there are."""

    def __init__(self, field, kind, name, known):
        known = sorted(known)
        near = difflib.get_close_matches(shortened(name).lower(), known, 1, 0.5)
        hint = (f"Did you mean {near[0]!r}? " if near else "") + "Known: " + ", ".join(known) + "."
        self.nearest = near[0] if near else None
        super().__init__(field, f"the name of {kind}", quoted(name), hint)


class BadSetting(EngineError):
    """A value of the wrong type or out of its range."""


class ShapeError(EngineError):
    """Two shapes that do not fit each other."""
