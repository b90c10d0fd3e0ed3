"""Columns: number, text, constant (one value only) or identifier (a different value in every row)."""
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .numbers import is_missing, number_of
from .words import one_column, refused

LARGEST = 1e30               # beyond any measurement; the sum of such numbers' squares still fits a float64
IDENTIFIER_NAMES = {"id", "no", "nr", "nr.", "no.", "number", "index", "row", "key", "uid", "uuid"}


@dataclass
class Column:
    """One column: its cells as text, and what they are."""
    name: str
    cells: list[str]
    kind: str = "text"                        # number, text, constant, identifier
    absent: np.ndarray = None                 # (rows,) where the cell is missing or unreadable
    numbers: np.ndarray | None = None         # (rows,) float64, nan where absent; None for text
    unreadable: list[int] = field(default_factory=list)      # rows whose cell is no number in a column of numbers

    @cached_property
    def values(self):
        """The distinct values, missing ones left out, in order."""
        kept = {cell for cell, absent in zip(self.cells, self.absent) if not absent}
        if self.numbers is None:
            return sorted(kept)
        return sorted({float(v) for v in self.numbers[~self.absent]})

    @property
    def whole(self):
        """Whether it holds whole numbers only."""
        return self.numbers is not None and all(value.is_integer() for value in self.values)

    def report(self):
        examples = list(dict.fromkeys(cell for cell, gone in zip(self.cells, self.absent) if not gone))
        return {"name": self.name, "kind": self.kind, "missing": int(self.absent.sum()) - len(self.unreadable),
                "unreadable": len(self.unreadable), "distinct": len(self.values),
                "examples": [example[:40] for example in examples[:5]]}


def column_of(name, cells, decimal, lines):
    """Find out what a column holds; nine of ten cells being numbers make it a column of numbers."""
    column = Column(name, cells)
    distinct = set(cells)
    lookup = {cell: None if is_missing(cell) else number_of(cell, decimal) for cell in distinct}
    column.absent = np.array([is_missing(cell) for cell in cells], dtype=bool)
    present = len(cells) - int(column.absent.sum())
    numbers = [lookup[cell] for cell in cells]
    readable = sum(value is not None for value in numbers)
    if present and readable >= 0.9 * present:
        column.numbers = np.array([np.nan if value is None else value for value in numbers])
        column.unreadable = [i for i, value in enumerate(numbers) if value is None and not column.absent[i]]
        column.absent[column.unreadable] = True
        wrong = np.flatnonzero(np.abs(column.numbers) > LARGEST)
        if len(wrong):
            raise refused("finite numbers within ±1e30", f"{cells[wrong[0]]!r} in line {lines[wrong[0]]}, "
                           f"column {name!r}")
    count = len(column.values)
    if count <= 1:
        column.kind = "constant"
    elif column.numbers is None:
        column.kind = "identifier" if count > 0.8 * present else "text"
    else:
        different = column.whole and count == present
        named = name.casefold().strip("# ") in IDENTIFIER_NAMES
        counted = present >= 10 and column.values[0] in (0, 1) \
            and bool((np.diff(column.numbers[~column.absent]) == 1).all())
        column.kind = "identifier" if different and (named or counted) else "number"
    return column


def find_columns(reading):
    for j, name in enumerate(reading.names):
        cells = [row[j] for row in reading.rows]
        if any(cells) or name != f"column {j + 1}":       # else: there is a parting mark at the end of every line
            reading.columns.append(column_of(name, cells, reading.decimal, reading.lines))
    if len(reading.columns) < 2:
        raise one_column()
    for column in reading.columns:
        if column.unreadable:
            row = column.unreadable[0]
            more = f" ({len(column.unreadable)} such cells)" if len(column.unreadable) > 1 else ""
            reading.notes.append(f"Column {column.name!r} holds numbers, but line {reading.lines[row]} says "
                              f"{column.cells[row][:40]!r}{more}, which counts as missing.")
    if all(column.absent.all() for column in reading.columns):
        raise refused("some values", "missing cells only")
    if not any(column.kind in ("number", "text") for column in reading.columns):
        raise refused("columns of numbers, or of words that come again",
                       "neither: every column is one value throughout, or another value in every row")
