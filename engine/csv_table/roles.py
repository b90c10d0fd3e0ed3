"""Which column is to be predicted, as classes or as a number, and which are shown to the network."""
import numpy as np

from ..errors import BadSetting, EngineError, UnknownName
from .words import listed, refused

VALUES = 32                  # of a text column that is shown to the network, one input each
INPUTS = 256                 # after that
CLASSES = 50
TARGET_NAMES = ("target", "class", "label", "y", "outcome", "output", "species", "diagnosis", "category", "survived")


def find_roles(reading):
    by_name = {column.name: column for column in reading.columns}
    usable = [column for column in reading.columns if column.kind in ("number", "text")
              and (column.kind == "number" or len(column.values) <= CLASSES)]
    wanted = " ".join(reading.settings["target"].split())
    if wanted:
        if wanted not in by_name:
            raise UnknownName("data.target", "a column", wanted, by_name)
        reading.target = by_name[wanted]
    elif not usable:
        raise refused("a column that can be predicted", "none",
                       f"A column of words needs 2 to {CLASSES} different ones.")
    else:
        named = [column for name in TARGET_NAMES for column in usable if column.name.casefold() == name]
        reading.target = named[0] if named else usable[-1]
        if not named:
            reading.ask("target", "Which column is to be predicted?", [column.name for column in usable],
                      reading.target.name)
    find_task(reading)
    find_inputs(reading, by_name)
    ask_for_missing(reading)


def find_task(reading):
    target, values = reading.target, reading.target.values
    where = f"column {target.name!r}"
    if len(values) < 2:
        raise EngineError("data.target", "a column with at least two different values",
                          f"{where} with {len(values)}", "Choose another column to predict.")
    wanted = reading.settings["task"]
    if target.numbers is None:
        if wanted == "regression":
            raise BadSetting("data.task", "classes, because the column to predict holds words", "regression",
                             f"{where} holds, for example, {values[0][:40]!r}.")
        reading.task = "classes"
    elif wanted != "auto":
        reading.task = wanted
    else:
        few = target.whole and len(values) <= 10
        counting = few and values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
        reading.task = "classes" if few and (len(values) == 2 or counting) else "regression"
        if few and len(values) > 2:
            reading.ask("task", f"The column {target.name!r} holds only {listed(f'{v:g}' for v in values)}: are "
                              "these classes to be told apart, or numbers to be estimated?",
                      ("classes", "regression"), reading.task)
    if reading.task == "classes":
        rows = len(target.cells) - int(target.absent.sum())
        if len(values) > CLASSES or target.kind == "identifier":
            or_number = ", or predict it as a number (regression)" if target.numbers is not None else ""
            raise EngineError("data.target", f"2 to {CLASSES} classes that come again",
                              f"{where} with {len(values)} different values in {rows} rows",
                              f"Choose another column to predict{or_number}.")


def find_inputs(reading, by_name):
    names = reading.settings["inputs"]
    if names is None:
        reading.inputs = [column for column in reading.columns if column is not reading.target
                       and (column.kind == "number" or column.kind == "text" and len(column.values) <= VALUES)]
        left = [column for column in reading.columns if column is not reading.target and column not in reading.inputs]
        if not reading.inputs:
            reading.inputs = [column for column in left if column.kind == "identifier" and column.numbers is not None]
        if not reading.inputs:
            raise refused("at least one column to learn from", f"none beside {reading.target.name!r}")
        for kind, why in (("constant", "one value only"), ("identifier", "another value in every row"),
                          ("text", f"more than {VALUES} different words")):
            if some := [column.name for column in left if column.kind == kind and column not in reading.inputs]:
                reading.notes.append(f"Not shown to the network: {listed(some)} ({why}).")
    else:
        if not names:
            raise BadSetting("data.inputs", "at least one column", "none")
        for i, name in enumerate(names):
            if name not in by_name:
                raise UnknownName(f"data.inputs[{i}]", "a column", name, by_name)
            if name == reading.target.name:
                raise BadSetting(f"data.inputs[{i}]", "a column other than the one to predict", repr(name))
            if name in names[:i]:
                raise BadSetting(f"data.inputs[{i}]", "every column once", f"{name!r} again")
            column = by_name[name]
            if column.absent.all():
                raise BadSetting(f"data.inputs[{i}]", "a column with values", f"{name!r}, all missing")
            if column.numbers is None and len(column.values) > VALUES:
                raise BadSetting(f"data.inputs[{i}]", f"a text column with at most {VALUES} different values",
                                 f"{name!r} with {len(column.values)}")
        reading.inputs = [by_name[name] for name in names]
    width = sum(1 if c.numbers is not None else one_hot_width(c) for c in reading.inputs)
    if width > INPUTS:
        raise refused(f"at most {INPUTS} inputs", f"{width}, counting one for each value of a text column",
                       "Choose fewer columns in `inputs`.")


def ask_for_missing(reading):
    reading.fill = reading.settings["missing"] == "mean"
    incomplete = np.any([column.absent for column in reading.inputs], axis=0) & ~reading.target.absent
    if incomplete.any():
        count, rows = int(incomplete.sum()), int((~reading.target.absent).sum())
        suggestion = "drop" if count <= 0.1 * rows else "mean"
        if reading.settings["missing"] == "auto":
            reading.fill = suggestion == "mean"
        reading.ask("missing", f"{count} of {rows} rows have a missing cell: leave these rows out, or fill the cell "
                             "with the mean of its column?", ("drop", "mean"), suggestion)
    if reading.target.absent.any():
        reading.notes.append(f"{int(reading.target.absent.sum())} rows without {reading.target.name!r} are left out.")


def one_hot_width(column):
    return 1 if len(column.values) == 2 else len(column.values)
