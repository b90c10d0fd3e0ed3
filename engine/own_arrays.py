"""A person's own arrays as data: used exactly as they are given, once they are known to be what they must be."""
import numpy as np

from .data import assemble
from .errors import BadSetting, ShapeError, UnknownName

MOST_CLASSES = 1000


def own(x_train, y_train, x_test=None, y_test=None, task="regression"):
    """A person's own arrays, used exactly as they are: no scaling, no shuffling between train and test.

    x is (n, inputs).  For task "regression" y is (n, outputs), (n,) meaning one output; for "binary" (0 and 1)
    and "classes" (0 .. C-1) y is (n,).  The test part may be None or have no rows.
    """
    if task not in ("binary", "classes", "regression"):
        raise UnknownName("task", "a task", task, ("binary", "classes", "regression"))
    x_train, y_train = _own_part(x_train, y_train, "train", task)
    if x_test is None and y_test is None or x_test is not None and np.size(x_test) == 0:
        x_test, y_test = x_train[:0], y_train[:0]
    else:
        x_test, y_test = _own_part(x_test, y_test, "test", task)
    if x_test.shape[1] != x_train.shape[1]:
        raise ShapeError("x_test", f"{x_train.shape[1]} columns as in x_train", f"{x_test.shape[1]}")
    if y_test.shape[1:] != y_train.shape[1:]:
        raise ShapeError("y_test", f"{y_train.shape[1]} columns as in y_train", f"{y_test.shape[1]}")
    classes, targets = (), ()
    if task == "regression":
        targets = ("y",) if y_train.shape[1] == 1 else tuple(f"y{k + 1}" for k in range(y_train.shape[1]))
    else:
        classes = tuple(str(k) for k in range(max(2, int(np.concatenate([y_train, y_test]).max()) + 1)))
    columns = tuple(f"x{j + 1}" for j in range(x_train.shape[1]))
    rows = np.arange(len(x_train) + len(x_test))
    return assemble(x_train, x_test, y_train, y_test, rows[:len(x_train)], rows[len(x_train):], task=task,
                     columns=columns, units=("",) * len(columns), features=columns, classes=classes, targets=targets,
                     domain=None, image=None, made=False, scale_x=False, scale_y=False, shape=(len(columns),))


def _own_part(x, y, part, task):
    x, y = _numbers(x, f"x_{part}"), _numbers(y, f"y_{part}")
    if x.ndim != 2 or x.shape[1] == 0:
        raise ShapeError(f"x_{part}", "shape (rows, inputs)", f"shape {x.shape}",
                         "One input a row is x.reshape(-1, 1), one row is x.reshape(1, -1)." if x.ndim == 1 else "")
    if len(x) == 0:
        raise ShapeError(f"x_{part}", "at least one row", "none")
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(f"y_{part}", f"{len(x)} rows as in x_{part}", f"shape {y.shape}")
    if task == "regression":
        y = y[:, None] if y.ndim == 1 else y
        if y.ndim != 2 or y.shape[1] == 0:
            raise ShapeError(f"y_{part}", "shape (rows, outputs) or (rows,)", f"shape {y.shape}")
        return x, y
    if y.ndim != 1:
        raise ShapeError(f"y_{part}", "class numbers of shape (rows,)", f"shape {y.shape}",
                         "Use y.ravel() for one column, y.argmax(axis=1) for one column a class.")
    most = 2 if task == "binary" else MOST_CLASSES
    wrong = np.flatnonzero((y != np.floor(y)) | (y < 0) | (y >= most))
    if len(wrong):
        raise BadSetting(f"y_{part}[{wrong[0]}]", f"a class number from 0 to {most - 1}", f"{y[wrong[0]]:g}",
                         "For more than two classes use the loss cross_entropy." if task == "binary" else "")
    return x, y.astype(np.int64)


def _numbers(values, where):
    """A float64 array of finite numbers, or an error naming the first place that is none."""
    if values is None:
        raise BadSetting(where, "an array of numbers", "nothing (None)")
    try:
        array = np.array(values, dtype=np.float64)                 # a copy: the caller's may change later
    except (TypeError, ValueError):
        raise BadSetting(where, "an array of numbers, all rows of one length", repr(values)[:80]) from None
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise BadSetting(f"{where}[{', '.join(map(str, place))}]", "finite numbers", f"{array[place]:g}",
                         f"{len(wrong)} of {array.size} are not finite.")
    return array
