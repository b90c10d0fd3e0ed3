"""What the server refuses, in the same four words as the engine: field, expected, got, hint."""
import logging

log = logging.getLogger("playground")


class Refused(ValueError):
    """Something a client asked for that cannot be had: which field, what was expected, what came, what to do."""

    def __init__(self, field, expected, got, hint=""):
        self.field, self.expected, self.got, self.hint = field, str(expected), short(got), hint
        super().__init__(f"{field}: expected {self.expected}, got {self.got}." + (f" {hint}" if hint else ""))

    def as_dict(self):
        """The same as plain data, for a message."""
        return {"field": self.field, "expected": self.expected, "got": self.got,
                "hint": self.hint, "message": str(self)}


def short(value, limit=120):
    """A value as a few words; a stranger's megabyte does not come back to them in an error."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def explain(problem):
    """The error of any exception as plain data; what nobody foresaw goes to the log with its trace."""
    if hasattr(problem, "as_dict"):
        error = problem.as_dict()
        # JSON has no lone surrogates, and an engine's message may quote what a client sent.
        return {key: short(str(value).encode("utf-8", "replace").decode(), 2000) for key, value in error.items()}
    if isinstance(problem, MemoryError):
        return Refused("memory", "a smaller network or fewer points", "more than this machine can hold").as_dict()
    log.error("unforeseen: %s", type(problem).__name__, exc_info=problem)
    return {"field": "server", "expected": "no fault", "got": type(problem).__name__, "hint": "",
            "message": f"The server made a mistake ({type(problem).__name__}: {short(str(problem))}). "
                       "The session goes on; the terminal has the details."}
