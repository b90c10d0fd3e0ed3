"""Columns into the arrays of a Table: words as one column a value, missing cells filled or their rows left out."""
import numpy as np

from ..errors import EngineError
from ..table import Table
from .words import unique


def table(reading):
    """The Table that follows from all this."""
    kept = ~reading.target.absent
    if not reading.fill:
        kept &= ~np.any([column.absent for column in reading.inputs], axis=0)
    if not kept.any():
        raise EngineError("data.missing", "rows without a missing cell", "none",
                          "Fill missing cells with their column's mean, or choose fewer columns.")
    names, columns = [], []
    for column in reading.inputs:
        for name, values in _as_numbers(column):
            present = ~np.isnan(values)
            names.append(name)
            columns.append(np.where(present, values, values[present].mean())[kept])
    x = np.stack(columns, axis=1)
    names = tuple(unique(names))
    if reading.task == "classes":
        words = reading.target.numbers is None
        answers = [cell for cell, keep in zip(reading.target.cells, kept) if keep] if words \
            else reading.target.numbers[kept].tolist()
        classes = sorted(set(answers))
        label = classes if words else [f"{value:.15g}" for value in classes]
        if len(classes) < 2:
            raise EngineError("data.target", "at least two classes", f"only {label[0]!r} in the rows that are left",
                              "Fill missing cells with their column's mean, or choose another column to predict.")
        number = {value: k for k, value in enumerate(classes)}
        return Table(x, np.array([number[answer] for answer in answers], dtype=np.int64), names,
                     classes=tuple(unique(label)), units=("",) * len(names))
    y = reading.target.numbers[kept]
    if y.min() == y.max():
        raise EngineError("data.target", "at least two different values",
                          f"only {y[0]:g} in the rows that are left",
                          "Fill missing cells with their column's mean, or choose another column to predict.")
    return Table(x, y[:, None], names, targets=(reading.target.name,), units=("",) * len(names))


def _as_numbers(column):
    """(name, values) of each input a column makes: itself if numbers, else one a word; nan where missing."""
    if column.numbers is not None:
        return [(column.name, column.numbers)]
    words, cells = column.values, np.array(column.cells)
    return [(f"{column.name}={word}", np.where(column.absent, np.nan, cells == word))
            for word in (words[1:] if len(words) == 2 else words)]
