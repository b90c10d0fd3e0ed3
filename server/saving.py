"""What of a session outlasts it: a checkpoint's content and the way back; and weights that come from a file."""
import numpy as np

from .errors import Refused, explain


def taken(session):
    """In the session's turn: (version, plain values, [(snapshot, samples of the curves) of every lane])."""
    lanes = [{**lane.entry(), "unfit": lane.unfit, "divergence": lane.divergence, "curves": lane.curves.state()[0]}
             for lane in session.lanes]
    about = {"lab": session.lab, "playing": session.playing, "speed": session.pace.speed,
             "stop_at": session.stop_at.as_dict(), "stopped": session.stopped, "lanes": lanes,
             "undo": session.undo.done[-20:], "redo": session.undo.undone[-20:]}
    return session.version, about, [(lane.run.snapshot(), lane.curves.state()[1]) for lane in session.lanes]


def bring_back(session, about, kept):
    """In the session's turn: the session of a checkpoint; `kept` holds (run or None, samples) of every lane."""
    lanes = session.lanes
    # before there were lanes, the curves of the one run stood beside it
    entries = about.get("lanes") or [{"id": "r1", "label": "Run 1", "changes": {}, "unfit": {},
                                      "divergence": None, "curves": about["curves"]}]
    for entry, (run, rows) in zip(entries, kept, strict=True):
        lane = lanes.new(entry["label"], run or lanes.first.run.twin(entry["changes"]), entry["changes"], entry["id"])
        if run is not None:
            lane.curves.load(entry["curves"], rows)
            lane.unfit, lane.divergence = entry["unfit"], lane.divergence or entry["divergence"]
        lanes.all.append(lane)
    session.resume(about)


def load_parameters(session, arrays, lane=None):
    """Take these weights, all or none, for one lane or for every lane that they fit.

    Errors: Refused naming the array that does not fit (the named, or the first, lane).
    """
    chosen = lane or session.lanes.first
    check_parameters(chosen.run, arrays)
    taking = [chosen]
    for other in session.lanes.others if lane is None else ():
        try:
            check_parameters(other.run, arrays)
            taking.append(other)
        except Refused as problem:
            session.lanes.said.append(("info", f"{other.label}: {explain(problem)['message']}"))
    for one in taking:
        own = one.run.parameters
        for name, values in arrays.items():
            own[name][...] = values
    session.rewritten()
    return {"loaded": list(arrays)}


def check_parameters(run, arrays):
    """Errors: Refused for weights that are not this network's."""
    own = run.parameters
    for name in own:
        if name not in arrays:
            raise Refused("weights", "all of " + ", ".join(own), f"no {name}")
    for name, values in arrays.items():
        if name not in own:
            raise Refused("weights", "only " + ", ".join(own), name)
        if values.dtype.kind not in "fiu" or values.shape != own[name].shape:
            raise Refused(f"weights: {name}", f"numbers of shape {own[name].shape}",
                          f"{values.dtype} of shape {values.shape}",
                          "The network must have the layers it had when the weights were exported.")
        if not np.isfinite(values).all():
            raise Refused(f"weights: {name}", "finite numbers", "some that are not")
