"""Reading the real data that scikit-learn carries with it; nothing is fetched."""
from functools import cache

import numpy as np


@cache
def bundled(name, **options):
    """x (n, columns) float64 and the answers y (n,) of scikit-learn's load_<name>, read once and read-only.

    scikit-learn is imported here and not above, because importing it takes a second.
    """
    from sklearn import datasets
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True, **options)
    x, y = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(y)
    x.flags.writeable = y.flags.writeable = False
    return x, y
