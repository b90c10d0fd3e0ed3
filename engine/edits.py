"""Edits: the changes a person makes to a run, as plain data, applied in one place so that replay does the same.

{"step": 120, "set": {"optimizer.learning_rate": 0.1}}
{"step": 300, "weight": "layer1.weight", "index": [0, 1], "value": 0.5}
{"step": 400, "paint": [[0.5, -1.0, 1]]}
{"step": 500, "erase": {"at": [0.4, -1.0], "radius": 0.3}}
"""
import numpy as np

from . import config as settings
from .errors import BadSetting, UnknownName, quoted
from .knob import Knob

NUMBER = Knob(0.0, -1e30, 1e30, help="a number")
STEP = Knob(0, 0, 2**53, kind="integer", help="a step")
FIELDS = {"set": ("set",), "weight": ("weight", "index", "value"), "paint": ("paint",), "erase": ("erase",)}


def apply_edit(run, edit):
    """Do what the edit says to the run; raises an EngineError and changes nothing where that cannot be."""
    APPLY[kind_of(edit)](run, edit)


def kind_of(edit):
    """Which of the four an edit is.  Errors: UnknownName for another, or for a field that it does not have."""
    kind = next((k for k in FIELDS if k in edit), None)
    if kind is None:
        raise UnknownName("edit", "an edit", next(iter(edit), ""), FIELDS)
    for name in edit:
        if name not in FIELDS[kind] and name != "step":
            raise UnknownName(f"edit.{name}", f"a field of the edit {kind!r}", name, FIELDS[kind])
    return kind


def checked(edits):
    """A list of edits as somebody gave it: plain data, each with its step, in the order of the steps."""
    if not isinstance(edits, (list, tuple)) or not all(isinstance(edit, dict) for edit in edits):
        raise BadSetting("edits", "a list of edits", quoted(edits))
    for edit in edits:
        kind_of(edit)
    return sorted(({**plain(edit), "step": STEP.check(edit.get("step"), "edits.step")} for edit in edits),
                  key=lambda edit: edit["step"])


def plain(value):
    """A copy in lists, dicts and Python's own numbers, so that it can be kept, compared and written as JSON."""
    try:
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    except RecursionError:
        raise BadSetting("edit", "plain data", "lists within lists without end") from None


def record(edits, edit, kept):
    """Append an edit.  A slider sets one thing many times at a step: then the last edit is replaced by this one.

    kept     how many of the edits a keyframe relies on; those stay as they are
    """
    last = edits[-1] if len(edits) > kept else {}
    if last.get("step") == edit["step"] and _forgettable(last) and last["set"].keys() == edit.get("set", {}).keys():
        edits[-1] = edit
    else:
        edits.append(edit)


def _forgettable(edit):
    """Whether an edit leaves no trace once it is overwritten (cutting a layer and widening it again does)."""
    return all(path.partition(".")[0] in ("optimizer", "schedule", "regularization", "clip") and "." in path
               and not path.endswith(".name") for path in edit.get("set", [""]))


def _set(run, edit):
    run._exchange(settings.changed(run.config, edit["set"]))


def _weight(run, edit):
    names = [p.name for p in run.assembly.program.parameters]
    name, index = edit["weight"], edit.get("index", [])
    if name not in names:
        raise UnknownName("edit.weight", "a parameter", name, names)
    view = run.assembly.program.view(run.arena, name, 0)
    if not isinstance(index, list) or len(index) != view.ndim or not all(
            isinstance(i, int) and not isinstance(i, bool) and 0 <= i < axis for i, axis in zip(index, view.shape)):
        raise BadSetting("edit.index", f"{view.ndim} whole numbers within {view.shape}", quoted(index))
    view[tuple(index)] = NUMBER.check(edit.get("value"), "edit.value")


def _paint(run, edit):
    rows = Knob([], kind="points", help="rows").check(edit["paint"], "edit.paint")
    _need_plane(run, "edit.paint")
    run._exchange(settings.changed(run.config, {"data.painted": run.config["data"]["painted"] + rows}))


def _erase(run, edit):
    _need_plane(run, "edit.erase")
    where = edit["erase"] if isinstance(edit["erase"], dict) else {}
    at = Knob([], kind="points", help="a place").check(where.get("at"), "edit.erase.at")
    if len(at) != len(run.data.columns) or not all(isinstance(v, float) for v in at):
        raise BadSetting("edit.erase.at", f"{len(run.data.columns)} numbers", quoted(where.get("at")))
    radius = Knob(0.1, 0.0, 1e6, help="a distance").check(where.get("radius"), "edit.erase.radius")
    section, data = run.config["data"], run.data
    rows = np.concatenate([data.train_rows, data.test_rows])
    close = np.linalg.norm(np.concatenate([data.raw_train, data.raw_test]) - at, axis=1) <= radius
    drawn = data.train_rows[-len(section["painted"]):].tolist() if section["painted"] else []
    near = set(rows[close].tolist())
    painted = {i for i, row in enumerate(drawn) if row in near}
    erased = near - set(drawn)
    run._exchange(settings.changed(run.config, {
        "data.painted": [row for i, row in enumerate(section["painted"]) if i not in painted],
        "data.erased": sorted({*section["erased"], *erased})}))


def _need_plane(run, where):
    if "painted" not in run.config["data"]:
        raise BadSetting(where, "data in the plane", repr(run.config["data"]["name"]),
                         "Points can be painted on the two-input data sets.")


APPLY = {"set": _set, "weight": _weight, "paint": _paint, "erase": _erase}
