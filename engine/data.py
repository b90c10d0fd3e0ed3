"""From a table of examples to what a network is fed, and the way back.

    table (n, columns) ─ split ─┬─ training rows + painted rows ─ features ─ standardise ─→ x_train (N, inputs)
                                ├─ validation rows ─────────────  the same  ────────────→ x_validation
                                └─ test rows ───────────────────  the same  ────────────→ x_test

Standardising takes each column's mean and spread, x' = (x - mean) / std, over the training rows only, since the
test rows stand for examples not seen yet.  The pixels of pictures share one mean and one spread.  A regression's
targets are scaled in the same way where they are large: a house price of 300,000 would make the first gradients
300,000 times as large as the weights can bear.  `targets_of` turns the network's outputs back into prices.

A row keeps its number: generated rows are 0 .. n-1, painted ones n, n+1, ...  Which generated row is in which
part depends on the seed and the number of rows alone, so painting or erasing moves no other row.
"""
from dataclasses import dataclass

import numpy as np

from .errors import BadSetting, EngineError, ShapeError, UnknownName
from .features import FEATURES
from .knob import Knob, check_knobs
from .random import generator
from .registry import datasets

# ---------------------------------------------------------------- settings

def settings_of(name):
    """All knobs of a data set, by name: those every set has, then its own."""
    record = datasets.get(name, "data.name")
    share = 0.5 if record.made else 0.25
    if record.features:
        chosen = Knob(list(record.features[:2 if record.plane else 1]), kind="choices", choices=record.features,
                      effect="rebuild", title="inputs", help="Which features of a point the network is shown.")
    else:
        chosen = Knob(None, kind="columns", optional=True, effect="rebuild", title="inputs",
                      help="Which columns the network is shown; null means all of them.")
    return {
        "test_share": Knob(share, 0.0, 0.9, effect="rebuild", title="test share",
                           help="The share of the rows kept from training, to see how well unseen ones are done; "
                                "0 keeps none."),
        "validation_share": Knob(0.0, 0.0, 0.8, effect="rebuild", title="validation share",
                                 help="The share of the rows kept from training to choose settings by and to stop early by, "
                                      "so that the test rows stay unseen until the end; 0 keeps none."),
        "standardize": Knob(None, kind="boolean", optional=True, effect="rebuild", title="standardise inputs",
                            symbol=r"(x - \mu) / \sigma",
                            help="Shift and scale every input to mean 0 and spread 1 over the training rows; null "
                                 f"means as this set usually is, {'on' if record.standardize else 'off'}."),
        "standardize_target": Knob(None, kind="boolean", optional=True, effect="rebuild", title="standardise target",
                                   symbol=r"(y - \mu) / \sigma",
                                   help="Scale the numbers to be predicted in the same way (regression only); null "
                                        f"means as this set usually is, {'on' if record.standardize else 'off'}."),
        "features": chosen,
        "painted": Knob([], kind="points", effect="live", title="painted points",
                        help="Rows a person added: the columns, then the class number or value. They are trained on."),
        "erased": Knob([], 0, kind="integers", effect="live", title="erased points",
                       help="Numbers of rows taken away; numbers beyond the last row have no effect."),
        "seed": Knob(None, 0, 2**53 - 1, kind="integer", optional=True, effect="rebuild", title="seed of the data",
                     help="Other numbers draw other data and another split, with the same weights; null means the "
                          "seed of the run."),
    } | record.knobs


def check(settings):
    """The settings of the data with every knob filled in, or an error naming the field."""
    if not isinstance(settings, dict):
        raise BadSetting("data", "an object with a name, such as {\"name\": \"spiral\"}", repr(settings)[:80])
    if "name" not in settings:
        raise BadSetting("data.name", "the name of a dataset", "nothing", "Known: " + ", ".join(datasets.names()) + ".")
    record = datasets.get(settings["name"], "data.name")
    rest = {name: value for name, value in settings.items() if name != "name"}
    return {"name": record.name} | check_knobs(settings_of(record.name), rest, "data")


# ---------------------------------------------------------------- what a network is fed

@dataclass(frozen=True, eq=False)
class Data:
    """Parts, train, validation (often empty) and test, as drawn (raw), as fed to a network (x), and the answers (y).

    raw_train, raw_test    (N, columns) float64, the original columns
    x_train, x_test        (N, inputs) float64: features, standardised where asked
    y_train, y_test        class numbers (N,) int64, or values (N, outputs) float64, standardised where asked
    train_rows, test_rows  (N,) int64, the rows' numbers
    task                   "binary", "classes", "regression", "sequence" or "labels"
    columns, units         names of the raw columns and their units
    features               names of the inputs
    classes, targets       names of the classes, or of a regression's outputs
    domain                 (low, high) of the plane or the curve to draw, or None
    image                  (height, width) where a row of inputs is a picture
    shape                  of one row of inputs: (inputs,), (channels, height, width), (steps,), (steps, columns)
    tokens                 what the numbers of the inputs stand for, where they are tokens
    domains                names of the domains the rows come from, where there are several; their numbers for each row in
    train_domains, test_domains   (N,) int64, -1 for painted ones; None where there is one domain
    store                  (facts, columns + 1) facts to look up, each a raw row and its class number, or None
    raw_validation, x_validation, y_validation, validation_rows   the same of the rows kept for choosing; may have no rows
    made                   True where the numbers are invented by a formula
    x_mean, x_std          (inputs,) what was subtracted and divided by; 0 and 1 where nothing was
    target_mean, target_std  (outputs,) the same for a regression's targets
    """
    raw_train: np.ndarray
    raw_test: np.ndarray
    x_train: np.ndarray
    x_test: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray
    train_rows: np.ndarray
    test_rows: np.ndarray
    task: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    features: tuple[str, ...]
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    domain: tuple[float, float] | None
    image: tuple[int, int] | None
    made: bool
    x_mean: np.ndarray
    x_std: np.ndarray
    target_mean: np.ndarray
    target_std: np.ndarray
    raw_validation: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    validation_rows: np.ndarray
    shape: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    store: np.ndarray | None = None
    domains: tuple[str, ...] = ()
    train_domains: np.ndarray | None = None
    test_domains: np.ndarray | None = None

    @property
    def plane(self):
        """Whether it can be drawn as points in a plane."""
        return len(self.columns) == 2 and self.domain is not None

    def features_of(self, raw):
        """Raw rows (n, columns) -> what the network is fed for them (n, inputs)."""
        raw = np.asarray(raw, dtype=np.float64)
        if raw.ndim != 2 or raw.shape[1] != len(self.columns):
            raise ShapeError("raw", f"rows of {len(self.columns)} numbers ({_listed(self.columns)})",
                             f"shape {raw.shape}")
        return np.ascontiguousarray((_inputs(raw, self.columns, self.features) - self.x_mean) / self.x_std)

    def targets_of(self, output):
        """The network's outputs of a regression, (n, outputs), in the targets' own units."""
        return np.asarray(output, dtype=np.float64) * self.target_std + self.target_mean

    def describe(self):
        """What a page must know of it, as plain data."""
        return {"task": self.task, "plane": self.plane, "made": self.made, "columns": list(self.columns),
                "units": list(self.units), "features": list(self.features), "classes": list(self.classes),
                "targets": list(self.targets), "domain": self.domain and list(self.domain),
                "image": self.image and list(self.image), "shape": list(self.shape), "tokens": list(self.tokens),
                "rows_train": len(self.x_train), "rows_validation": len(self.x_validation), "rows_test": len(self.x_test)}


def prepare(settings, seed):
    """Draw or read the data set that `settings` (the config's "data") names, and make it ready for training."""
    settings = check(settings)
    record = datasets.get(settings["name"], "data.name")
    if settings["seed"] is not None:
        seed = settings["seed"]
    table = record.make(generator(seed, "data"), {name: settings[name] for name in record.knobs})
    regression = table.task == "regression"

    stratified = table.task in ("binary", "classes")
    test, validation = split(table.y, settings["test_share"], seed, stratified), np.zeros(len(table.y), dtype=bool)
    if settings["validation_share"]:
        rest = np.flatnonzero(~test)
        share = settings["validation_share"] * len(table.y) / len(rest)
        validation[rest[split(table.y[rest], min(share, 1.0), seed, stratified, "validation split")]] = True
    kept = np.ones(len(table.y), dtype=bool)
    kept[[row for row in settings["erased"] if row < len(table.y)]] = False
    train_rows, validation_rows, test_rows = (np.flatnonzero(part & kept) for part in (~test & ~validation, validation, test))
    domains = {}
    if table.domains:
        train_rows = _in_shares(train_rows, table.domain_of[train_rows], table.shares)
        domains = {"domains": tuple(table.domains), "test_domains": table.domain_of[test_rows],
                   "train_domains": np.concatenate([table.domain_of[train_rows], np.full(len(settings["painted"]), -1)])}

    painted_x, painted_y = _painted(settings["painted"], table)
    raw_train = np.concatenate([table.x[train_rows], painted_x])
    y_train = np.concatenate([table.y[train_rows], painted_y])
    train_rows = np.concatenate([train_rows, len(table.y) + np.arange(len(painted_x))])
    if not len(raw_train):
        raise EngineError("data.erased", "at least one row left to train on", "none",
                          "Undo an erasure, paint points, or make the test share smaller.")

    features = settings["features"]
    features = list(table.columns) if features is None else [features] if isinstance(features, str) else features
    _check_features(features, record.features or table.columns)
    habit = record.standardize
    scale_x = habit if settings["standardize"] is None else settings["standardize"]
    scale_y = habit if settings["standardize_target"] is None else settings["standardize_target"]
    return assemble(raw_train, table.x[test_rows], y_train, table.y[test_rows], train_rows, test_rows,
                     validation=(table.x[validation_rows], table.y[validation_rows], validation_rows),
                     task=table.task, columns=tuple(table.columns),
                     units=tuple(table.units) or ("",) * len(table.columns), features=tuple(features),
                     classes=tuple(table.classes), targets=tuple(table.targets) if regression else (),
                     shape=_shape(table, features), tokens=tuple(table.tokens), store=table.store, **domains,
                     domain=table.domain, image=table.image if tuple(features) == tuple(table.columns) else None,
                     made=record.made, scale_x=scale_x, scale_y=scale_y and regression)


def thumbnail(name, points=60, seed=1):
    """A few points of a set of the plane or of a curve, as plain data, for a small picture of it; else None."""
    record = datasets.get(name, "data.name")
    if not record.features:
        return None
    table = record.make(generator(seed, "data"), record.defaults() | {"points": points})
    return {"points": np.round(table.x, 3).tolist(), "y": np.round(table.y.reshape(-1), 3).tolist(),
            "task": table.task, "classes": len(table.classes), "domain": list(table.domain)}


# ---------------------------------------------------------------- the steps

def split(y, share, seed, stratified, purpose="split"):
    """Which rows are for testing (or another purpose), a boolean (n,): round(share n) of them, drawn with the seed.

    Stratified: every class gives its share, as nearly as whole rows allow, and keeps a row for training.
    """
    n = len(y)
    random_order = generator(seed, purpose).permutation(n)
    test = np.zeros(n, dtype=bool)
    if not stratified:
        test[random_order[:min(round(share * n), n - 1)]] = True
        return test
    counts = np.bincount(y)
    quota = share * counts
    take = np.floor(quota + 1e-9).astype(int)
    missing = max(round(share * n) - take.sum(), 0)
    take[np.argsort(take - quota, kind="stable")[:missing]] += 1       # the largest remainders are rounded up
    take = np.minimum(take, np.maximum(counts - 1, 0))
    for label in np.flatnonzero(counts):
        test[random_order[y[random_order] == label][:take[label]]] = True
    return test


def _in_shares(rows, domain_of, shares):
    """The most rows that can be had with these shares of the domains: the first of each."""
    whole = min(np.count_nonzero(domain_of == k) / share for k, share in enumerate(shares) if share)
    return np.sort(np.concatenate([rows[domain_of == k][:round(whole * share)] for k, share in enumerate(shares)]))


def assemble(raw_train, raw_test, y_train, y_test, train_rows, test_rows, *, scale_x, scale_y, domain, validation=None, **names):
    """Data from what a table holds, (rows, columns) and their answers by part: scaled by the training rows alone.

    scale_x, scale_y   whether inputs and targets are standardised; `names` are further fields of Data
    """
    columns, features = names["columns"], names["features"]
    raw_valid, y_valid, valid_rows = validation or (raw_test[:0], y_test[:0], test_rows[:0])
    inputs = _inputs(raw_train, columns, features)
    x_mean, x_std = mean_and_std(inputs) if scale_x else (np.zeros(len(features)), np.ones(len(features)))
    if scale_x and names["image"]:
        # a pixel that is inked once in a thousand pictures would be blown up by its tiny spread: all pixels share one
        x_mean, x_std = np.full(len(features), inputs.mean()), np.full(len(features), inputs.std())
    outputs = len(names["targets"])
    target_mean, target_std = mean_and_std(y_train) if scale_y else (np.zeros(outputs), np.ones(outputs))
    if outputs:
        y_train, y_valid, y_test = ((y - target_mean) / target_std for y in (y_train, y_valid, y_test))
    if domain is None:
        domain = square_around(np.concatenate([raw_train, raw_test]))
    return Data(raw_train=np.ascontiguousarray(raw_train), raw_test=np.ascontiguousarray(raw_test),
                x_train=np.ascontiguousarray((inputs - x_mean) / x_std),
                x_test=np.ascontiguousarray((_inputs(raw_test, columns, features) - x_mean) / x_std),
                y_train=np.ascontiguousarray(y_train), y_test=np.ascontiguousarray(y_test),
                train_rows=train_rows.astype(np.int64), test_rows=test_rows.astype(np.int64),
                raw_validation=np.ascontiguousarray(raw_valid), y_validation=np.ascontiguousarray(y_valid),
                x_validation=np.ascontiguousarray((_inputs(raw_valid, columns, features) - x_mean) / x_std),
                validation_rows=valid_rows.astype(np.int64),
                domain=domain, x_mean=x_mean, x_std=x_std, target_mean=target_mean, target_std=target_std, **names)


def _shape(table, features):
    """The shape of one row of inputs: the table's own, while all its columns are shown."""
    whole = tuple(features) == tuple(table.columns)
    return tuple(table.shape or (1, *table.image) if whole and (table.shape or table.image) else (len(features),))


def _inputs(raw, columns, features):
    """The chosen features of raw rows: a column of that name, or a formula of all columns."""
    if tuple(features) == tuple(columns):
        return raw
    place = {name: j for j, name in enumerate(columns)}
    return np.stack([raw[:, place[name]] if name in place else FEATURES[name].of(*raw.T) for name in features], axis=1)


def mean_and_std(values):
    """Mean and spread of each column; a column that never changes gets the spread 1, and so becomes 0."""
    mean, std = values.mean(axis=0), values.std(axis=0)
    # a constant such as 0.1 has a computed spread of 1e-17, not 0: to divide by that would blow up dust
    return mean, np.where(std > 1e-12 * np.abs(mean), std, 1.0)


def square_around(raw):
    """(low, high) with room for all points of one or two columns; None where one square cannot serve both."""
    if raw.shape[1] > 2 or not len(raw):
        return None
    low, high = raw.min(axis=0), raw.max(axis=0)
    side = high.max() - low.min()
    if not np.isfinite(side) or side == 0 or ((high - low) < side / 4).any():
        return None                             # one column would be squeezed into a line
    return float(low.min() - side / 20), float(high.max() + side / 20)


def _painted(rows, table):
    """Painted rows [columns..., answer] as x and y, checked against the table they join."""
    width, outputs = len(table.columns), 1 if table.classes else len(table.targets)
    if table.task in ("sequence", "labels"):
        if rows:
            raise BadSetting("data.painted", "no painted rows: an answer here is a whole sequence", f"{len(rows)} of them")
        return np.empty((0, width)), np.empty((0, table.y.shape[1]), np.int64)
    for i, row in enumerate(rows):
        where = f"data.painted[{i}]"
        if not isinstance(row, (list, tuple)) or len(row) != width + outputs:
            raise BadSetting(where, f"{width + outputs} numbers: {_listed(table.columns)}, then the "
                             + ("class number" if table.classes else _listed(table.targets)), repr(row)[:80])
        if table.domain and any(not table.domain[0] <= v <= table.domain[1] for v in row[:width]):
            raise BadSetting(where, f"{_listed(table.columns)} from {table.domain[0]:g} to {table.domain[1]:g}",
                             repr(row))
        if table.classes and row[width] not in range(len(table.classes)):
            raise BadSetting(f"{where}[{width}]", f"a class number from 0 to {len(table.classes) - 1}", row[width])
    values = np.array(rows, dtype=np.float64).reshape(len(rows), width + outputs)
    if table.classes:
        return values[:, :width], values[:, width].astype(np.int64)
    return values[:, :width], values[:, width:]


def _check_features(features, known):
    if not features:
        raise BadSetting("data.features", "at least one input", "none", f"Choose from {_listed(known)}.")
    for i, name in enumerate(features):
        if name not in known:
            raise UnknownName(f"data.features[{i}]", "an input", name, known)
        if name in features[:i]:
            raise BadSetting(f"data.features[{i}]", "every input once", f"{name!r} again")


def _listed(names):
    names = list(names)
    return ", ".join(names[:8]) + (f", ... ({len(names)})" if len(names) > 8 else "")
