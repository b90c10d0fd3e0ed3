"""Undo and redo of settings: which sections a change touched, as they were and as they became."""
from copy import deepcopy

DEPTH = 100
TOGETHER = 1.0                # seconds: a slider's travel is one thing to undo


class Undo:
    """Two stacks of changes; a change is {section: value}, which the engine's `set` takes whole."""

    def __init__(self):
        self.done, self.undone = [], []
        self._last = None

    def record(self, before, after, now):
        """A change was made; several of the same sections within a second are one."""
        touched = [key for key in after if after[key] != before.get(key)]
        if not touched:
            return
        back = {key: deepcopy(before[key]) for key in touched}
        forth = {key: deepcopy(after[key]) for key in touched}
        together = self._last is not None and now - self._last < TOGETHER
        if together and self.done and set(self.done[-1][0]) == set(touched):
            self.done[-1] = (self.done[-1][0], forth)
        else:
            self.done.append((back, forth))
            del self.done[:-DEPTH]
        self.undone.clear()
        self._last = now

    def undo(self, apply):
        """Take the last change back through `apply(changes)`; False where there is none."""
        return self._move(self.done, self.undone, 0, apply)

    def redo(self, apply):
        """Make the last undone change again."""
        return self._move(self.undone, self.done, 1, apply)

    def _move(self, source, target, side, apply):
        if not source:
            return False
        apply(deepcopy(source[-1][side]))        # first, so that a refused change stays where it is
        target.append(source.pop())
        self._last = None
        return True

    def clear(self):
        """Forget everything, as after opening another setting."""
        self.done, self.undone, self._last = [], [], None
