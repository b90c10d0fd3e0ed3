"""The grid a map is drawn on, and values as bytes: what several probes share."""
from weakref import WeakKeyDictionary

import numpy as np

from ..errors import BadSetting

KEPT = 4                                 # grids of one data set that are kept
NAN = -128                               # the byte that says "not a number"


def span(data, axes):
    """Lowest and highest value of each axis to draw: the data's own domain, or a little more than its points."""
    if data.domain is not None:
        low, high = data.domain
        return [float(low)] * len(axes), [float(high)] * len(axes)
    raw = np.concatenate([data.raw_train, data.raw_test])[:, axes]
    low, high = raw.min(0), raw.max(0)
    room = np.where(high > low, 0.06 * (high - low), 0.5)
    return (low - room).tolist(), (high + room).tolist()


def grid(data, resolution, axes=(0, 1)):
    """Raw rows for every cell of a resolution × resolution picture, row 0 the top; other columns at their mean."""
    low, high = span(data, list(axes))
    rows = np.tile(data.raw_train.mean(0), (resolution * resolution, 1))
    across, up = (np.linspace(a, b, resolution) for a, b in zip(low, high))
    rows[:, axes[0]] = np.tile(across, resolution)
    rows[:, axes[1]] = np.repeat(up[::-1], resolution)
    return rows


_fed = WeakKeyDictionary()               # data -> {(resolution, axes, precision): inputs}


def fed_grid(run, resolution, axes=(0, 1)):
    """What the network is fed for every cell of `grid`.  Kept, since pictures are drawn of the same cells again and again;
    nobody writes into it."""
    return _kept(run, (resolution, *axes), lambda: grid(run.data, resolution, axes))


def fed_line(run, resolution):
    """The same for `line`."""
    return _kept(run, (resolution,), lambda: line(run.data, resolution))


def _kept(run, key, raw):
    kept, key = _fed.setdefault(run.data, {}), (*key, run.arena.dtype)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = np.ascontiguousarray(run.data.features_of(raw()), run.arena.dtype)
    return kept[key]


def line(data, resolution):
    """Raw rows along the one column of curve data."""
    (low,), (high,) = span(data, [0])
    return np.linspace(low, high, resolution)[:, None]


def as_bytes(values, scale):
    """round(127 · value / scale) as int8, kept within ±127; NAN where the value is no number."""
    values = np.asarray(values, np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        parts = np.rint(values * (127 / np.asarray(scale)))
        np.minimum(np.maximum(parts, -127, out=parts), 127, out=parts)
        parts[np.isnan(parts)] = NAN
    return parts.astype(np.int8)


def reach(values, least=1e-6):
    """The largest finite size among values: the scale of a map."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(max(least, sizes.max())) if sizes.size else 1.0


def need_points(run):
    """Errors: BadSetting where a row of the data is no point of numbers that has one answer."""
    if run.data.tokens or run.data.task in ("sequence", "labels"):
        raise BadSetting("probe", "data that are points: columns of numbers with one answer a row", "sequences")


def check_axes(data, axes):
    """Two different columns of the data.  Errors: BadSetting."""
    if len(axes) != 2 or axes[0] == axes[1] or max(axes) >= len(data.columns):
        raise BadSetting("axes", f"two different column numbers below {len(data.columns)}", axes)
    return list(axes)
