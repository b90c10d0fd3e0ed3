"""What a network is to answer, as the (N, K) float64 array a loss reads.

Kernels use class numbers as places in a row without looking, so a wrong one must not get past this file.
"""
import numpy as np

from ..errors import EngineError


def values(y):
    """The numbers of a regression, one column a target."""
    y = np.asarray(y, np.float64)
    return y[:, None] if y.ndim == 1 else y


def class_numbers(y, classes):
    """Class numbers 0 … C-1 in one column."""
    y = np.asarray(y, np.float64).reshape(-1, 1)
    wrong = ~np.isin(y, np.arange(classes))
    if wrong.any():
        raise EngineError("data.y", f"class numbers from 0 to {classes - 1}", f"{y[wrong][0]:g}")
    return y


def signs(y):
    """-1 for class 0, +1 for class 1, in one column."""
    return 2.0 * class_numbers(y, 2) - 1.0


def one_hot(y, classes):
    """A column for each class: 1 in that of the right class, 0 in the others."""
    return np.eye(classes)[class_numbers(y, classes)[:, 0].astype(int)]
