"""The curves of one session: samples it takes itself, bounded for hours, each client sent only what it has not seen.

When full, the series is thinned: the last 200 samples stay, of the older ones those nearest to an even grid over the
steps (and some on a logarithmic one, so that the beginning keeps its shape).
"""
import numpy as np

from .frames import Part

LIMIT = 2_000
RECENT, EVEN, EARLY = 200, 700, 200
WIDE = ("step", "epoch")                 # float64: float32 counts only to 16 million


class Curves:
    """Samples in rows; a column for each number the first sample had."""

    def __init__(self):
        self.names, self.words = [], {}
        self.rows = np.empty((LIMIT, 0))
        self.count = 0
        self.generation = 0              # raised whenever what was sent before no longer holds

    def add(self, sample):
        """One more sample: a dict of numbers (None for not known) and words."""
        numbers = {k: v for k, v in sample.items() if not isinstance(v, str)}
        words = {k: v for k, v in sample.items() if isinstance(v, str)}
        if list(numbers) != self.names or words != self.words:
            self._begin(list(numbers), words)
        row = [np.nan if v is None else v for v in numbers.values()]
        if self.count and self.rows[self.count - 1, self._step] >= numbers["step"]:
            if self.rows[self.count - 1, self._step] == numbers["step"]:
                if np.array_equal(self.rows[self.count - 1], row, equal_nan=True):
                    return
                self.generation += 1     # the same step measured anew: a setting changed what the loss is
                self.rows[self.count - 1] = row
                return
            self.truncate(numbers["step"] - 1)
        if self.count == LIMIT:
            self._thin()
        self.rows[self.count] = row
        self.count += 1

    @property
    def last_step(self):
        """The step of the last sample, or None."""
        return self.rows[self.count - 1, self._step] if self.count else None

    @property
    def _step(self):
        return self.names.index("step")

    def _begin(self, names, words):
        """Another set of numbers, as after a change of the task: what was kept of the old ones stays, by name."""
        if self.words.get("score", words.get("score")) != words.get("score"):
            kept = np.empty((0, 0))                        # accuracy and R² do not belong on one curve
            old = []
        else:
            kept, old = self.rows[:self.count], self.names
        rows = np.full((LIMIT, len(names)), np.nan)
        for place, name in enumerate(names):
            if name in old:
                rows[:len(kept), place] = kept[:, old.index(name)]
        self.count = len(kept) if "step" in old else 0
        self.rows, self.names, self.words = rows, names, words
        self.generation += 1

    def truncate(self, step):
        """Forget what came after this step."""
        if not self.count:
            return
        kept = int(np.searchsorted(self.rows[:self.count, self._step], step, side="right"))
        if kept < self.count:
            self.count = kept
            self.generation += 1

    def clear(self):
        """Forget everything."""
        self.count = 0
        self.generation += 1

    def _thin(self):
        steps = self.rows[:self.count, self._step]
        old = steps[:-RECENT]
        grid = np.r_[np.linspace(old[0], old[-1], EVEN), np.geomspace(old[0] + 1, old[-1] + 1, EARLY) - 1]
        nearest = np.clip(np.searchsorted(old, grid), 0, len(old) - 1)
        keep = np.r_[np.unique(nearest), np.arange(len(old), self.count)]
        self.rows[:len(keep)] = self.rows[keep]
        self.count = len(keep)
        self.generation += 1

    def since(self, key, cursor):
        """What a client has not had: (part, new cursor); the part is None where that is nothing."""
        now = (self.generation, self.count)
        if cursor == now:
            return None, now
        whole = cursor is None or cursor[0] != self.generation
        rows = self.rows[0 if whole else cursor[1]:self.count]
        arrays = {name: np.ascontiguousarray(rows[:, place], np.float64 if name in WIDE else np.float32)
                  for place, name in enumerate(self.names)}
        return Part(key, "curves", {"reset": whole, **self.words}, arrays, series=True), now

    def columns(self):
        """All samples so far: {name: values}."""
        return {name: self.rows[:self.count, place] for place, name in enumerate(self.names)}

    def table(self):
        """All samples: names and rows, for a file."""
        return self.names, self.rows[:self.count].copy()

    def state(self):
        """What a checkpoint keeps: plain values and one array."""
        return {"names": self.names, "words": self.words}, self.rows[:self.count].copy()

    def load(self, about, rows):
        """The samples of a checkpoint."""
        self.names, self.words = list(about["names"]), dict(about["words"])
        self.rows = np.full((LIMIT, len(self.names)), np.nan)
        self.count = min(len(rows), LIMIT)
        self.rows[:self.count] = rows[-self.count:] if self.count else rows
        self.generation += 1
