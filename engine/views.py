"""Names to array views: nothing is copied, so what training does is seen at once."""
from collections.abc import Mapping

from .errors import ShapeError, UnknownName, quoted


class Views(Mapping):
    """A mapping from dotted names to views into a run's arena."""

    def __init__(self, program, arena, names, rows, prefix=""):
        self._program, self._arena, self._names, self._rows, self._prefix = program, arena, names, rows, prefix

    def __getitem__(self, name):
        if name not in self._names:
            raise UnknownKey("name", "a tensor", name, self._names)
        return self._program.view(self._arena, self._prefix + name, self._rows)

    def __setitem__(self, name, value):
        view = self[name]
        try:
            view[...] = value
        except (TypeError, ValueError):
            raise ShapeError(name, f"numbers of shape {view.shape}", getattr(value, "shape", quoted(value))) from None

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return "{" + ", ".join(f"{name}: {self[name].shape}" for name in self) + "}"


class UnknownKey(UnknownName, KeyError):
    """A name that is not there; also a KeyError, as a mapping's users expect."""

    __str__ = UnknownName.__str__
