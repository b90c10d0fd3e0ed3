"""A table of examples as a dataset makes it, before it is split, scaled or turned into features."""
from dataclasses import dataclass

import numpy as np

MASK = "▢"                               # the token behind which others are hidden; where it is one, it is the last


@dataclass(frozen=True)
class Table:
    """Examples by rows.

    x         (n, columns) float64
    y         class numbers 0 .. C-1 of shape (n,) int64, or values (n, outputs) float64,
              or a class for each position of a sequence (n, length) int64, -1 where none is asked;
              not `aligned`: a string of labels (n, longest), -1 after its end, with no place for each
    columns   a name for each column of x
    classes   a name for each class; empty for regression
    targets   a name for each output of a regression
    domain    (low, high) of the plane to draw, or None where there is no plane
    image     (height, width) where a row is a picture
    units     a unit for each column, "" where it has none
    shape     of one row of x where it is more than a list of columns: (steps,), (steps, columns), (channels, h, w)
    tokens    the words or signs that the numbers in x stand for; empty where they are plain numbers
    domains   names of the domains its rows come from, where there are several, and the number of each row's in
    domain_of (n,) int64;  shares: which share of the training rows is to be of each
    store     facts that a network may look up, (facts, columns + 1): a row as x has it, then its class number; or None
    """
    x: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("y",)
    domain: tuple[float, float] | None = None
    image: tuple[int, int] | None = None
    units: tuple[str, ...] = ()
    shape: tuple[int, ...] | None = None
    tokens: tuple[str, ...] = ()
    aligned: bool = True
    store: np.ndarray | None = None
    domains: tuple[str, ...] = ()
    domain_of: np.ndarray | None = None
    shares: tuple[float, ...] = ()

    @property
    def task(self):
        """binary (two classes), classes (more), sequence (a class a position), labels (a string of them), or regression."""
        if self.classes and self.y.ndim == 2:
            return "sequence" if self.aligned else "labels"
        return "regression" if not self.classes else "binary" if len(self.classes) == 2 else "classes"
