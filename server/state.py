"""What a page is told of a session whenever more than the step changed."""
from .longtext import conceal


def describe(session):
    """Everything about the runs but their numbers; without a lane's name, of the first."""
    run = session.run
    return {"config": conceal(run.config), "playing": session.playing, **session.place(), "speed": session.pace.speed,
            "steps_per_second_measured": round(session.pace.measured, 1), "stop_at": session.stop_at.as_dict(),
            "can_undo": bool(session.undo.done), "can_redo": bool(session.undo.undone),
            "can_back": session.lanes.clock > 0,
            "parameters": run.parameter_count, "layers": run.layers, "probes": run.measurable(), "steps_per_epoch": run.steps_per_epoch,
            "data": describe_data(run.data) | {"version": session.data_version}, "ready": session.ready,
            "divergence": session.lanes.first.divergence, "stopped": session.stopped,
            "runs": [lane.describe() | _own(lane.run, run) for lane in session.lanes]}


def _own(run, first):
    """Layers, data and what can be measured of a lane, where its changes have made them other than the first's."""
    own = {}
    if run.layers != first.layers:
        own["layers"] = run.layers
    if (probes := run.measurable()) != first.measurable():
        own["probes"] = probes
    if run.data is not first.data and (data := describe_data(run.data)) != describe_data(first.data):
        own["data"] = data | {"version": -1}
    return own


def describe_data(data):
    """What a page must know of the examples; the examples themselves come by probes."""
    names = ("task", "plane", "columns", "units", "features", "classes", "targets", "domain", "image", "made")
    return {name: getattr(data, name, None) for name in names} | {
        "rows_train": _rows(data, "raw_train"), "rows_validation": _rows(data, "raw_validation"), "rows_test": _rows(data, "raw_test")}


def _rows(data, name):
    rows = getattr(data, name, None)
    return 0 if rows is None else len(rows)
