"""What each command does to a session, one function a command: `NAME(session, command, viewer, later)`.

What a function returns is the answer's value.  `later()` says that the answer comes later and gives the function to
call with its value.  What it raises is the refusal.
"""
import secrets
from contextlib import suppress

from . import claims, frames, protocol
from .errors import Refused
from .longtext import conceal
from .looking import NotYet
from .stopping import StopAt
from .viewer import OWN, SUBSCRIPTIONS, Subscription


def hello(session, command, viewer, later):
    """A page greets: it begins with no subscriptions."""
    viewer.subscriptions.clear()
    if command.run_to and session.lanes.clock < command.run_to:
        with suppress(Refused):                  # too far to catch up with: it goes on from where it is
            session.limits.steps("run_to", command.run_to - session.lanes.clock, len(session.lanes))
            session.train_to(command.run_to)
    return session.state()


# ---------------------------------------------------------------------------------------------- in time

def play(session, command, viewer, later):
    """Train until told otherwise."""
    _goes_on(session, "play")
    session.playing, session.stopped = True, None
    session.stop_at.arm(session.lanes.lead.run, session.loss)
    session.changed()


def pause(session, command, viewer, later):
    """Stand still."""
    session.stand_still()
    session.changed(at_once=True)


def step(session, command, viewer, later):
    """So many batches, or to the end of the present epoch and then whole ones."""
    _goes_on(session, "step")
    run, steps = session.lanes.lead.run, command.count
    if command.by == "epoch":
        steps = run.steps_left_in_epoch + (command.count - 1) * run.steps_per_epoch
    session.limits.steps("count", steps, len(session.lanes))
    session.playing, session.stopped = False, None
    done = later()
    start = session.goals[-1].until if session.goals else session.lanes.clock
    session.train_to(start + steps, lambda: done(session.place()))
    session.changed()


def back(session, command, viewer, later):
    """So many batches back, or to the beginning of the present epoch and then whole ones."""
    lanes, run, steps = session.lanes, session.lanes.lead.run, command.count
    if not lanes.clock:
        raise Refused("back", "a run that has made a step", "one at step 0")
    if command.by == "epoch":
        inside = run.steps_per_epoch - run.steps_left_in_epoch
        steps = (inside or run.steps_per_epoch) + (command.count - 1) * run.steps_per_epoch
    session.go_back(lambda: lanes.back_to(max(0, lanes.clock - steps)))
    return session.place()


def rewind(session, command, viewer, later):
    """After a divergence: to where the numbers were finite."""
    if not any(lane.divergence for lane in session.lanes):
        raise Refused("rewind", "a run that diverged", "one whose numbers are finite", "Use back instead.")
    session.go_back(session.lanes.rewind)
    return session.place()


def speed(session, command, viewer, later):
    """Steps a second, or as fast as possible."""
    session.pace.speed = command.steps_per_second
    session.pace.stand()
    session.changed()


def stop_at(session, command, viewer, later):
    """When to pause by itself."""
    session.stop_at = StopAt(command.loss, command.epoch, command.step)
    session.stop_at.arm(session.lanes.lead.run, session.loss)
    session.changed()


def reset(session, command, viewer, later):
    """To step 0, from the same start or another."""
    seed = {"same": None, "new": secrets.randbelow(1_000_000)}.get(command.seed, command.seed)
    session.reset(seed)
    return _config(session)


def _goes_on(session, what):
    if not session.lanes.stand:
        return
    if any(lane.divergence for lane in session.lanes):
        raise Refused(what, "a run whose numbers are finite", "one that diverged", "Go back or reset first.")
    raise Refused(what, "a run that goes on", "one that early stopping has ended",
                  "Change a setting, switch early stopping off, go back or reset first.")


# ------------------------------------------------------------------------------------------- what it is

def set(session, command, viewer, later):
    """Change settings by path."""
    return session.change(command.changes, _lane(session, command))


def edit(session, command, viewer, later):
    """Change a weight or the points by hand."""
    change, lane = command.edit(), _lane(session, command)
    session.edit(change, lane)
    return {"value": change.get("value")} if "weight" in change else _config(session, lane)


def runs(session, command, viewer, later):
    """Which runs there are, all of them."""
    session.arrange([one.model_dump() for one in command.runs])
    return {"runs": [lane.describe() for lane in session.lanes]}


def _lane(session, command):
    """The lane that was named, or None for all of them."""
    return None if command.run is None else session.lanes.find(command.run)


def undo(session, command, viewer, later):
    """Take the last change of settings or points back."""
    if not session.undo.undo(session.put_back):
        raise Refused("undo", "a change to take back", "none")
    return _config(session)


def redo(session, command, viewer, later):
    """Make the change again that was taken back last."""
    if not session.undo.redo(session.put_back):
        raise Refused("redo", "a change to make again", "none")
    return _config(session)


def open(session, command, viewer, later):
    """Another whole setting."""
    session.open(command.config)
    return _config(session)


def recipe(session, command, viewer, later):
    """What the session's runs are made from: whoever begins with it and trains as far has the same numbers."""
    made = session.run.recipe()
    if len(made["edits"]) > protocol.MOST_EDITS:
        raise Refused("recipe", f"at most {protocol.MOST_EDITS} changes on the way", len(made["edits"]), "Share the present setting from its start.")
    return {"config": conceal(made["config"]), "edits": conceal(made["edits"]), "step": session.lanes.clock,
            "runs": [lane.entry() for lane in session.lanes]}


def _config(session, lane=None):
    return {"config": conceal((lane or session.lanes.first).run.config)}


# ------------------------------------------------------------------------------------------ what is seen

def subscribe(session, command, viewer, later):
    """Watch a probe."""
    if command.key not in viewer.subscriptions and len(viewer.subscriptions) >= SUBSCRIPTIONS:
        raise Refused("subscribe", f"at most {SUBSCRIPTIONS} subscriptions", "one more", "Unsubscribe from one first.")
    lane = session.lanes.find(command.run)
    if command.probe not in OWN and session.ready:
        with suppress(NotYet):
            session.look(lane, command.probe, command.options)    # refuse now what would never come
    old = viewer.subscriptions.get(command.key)
    new = Subscription(command.key, command.probe, command.options, command.rate, command.run)
    if old and old.name == new.name and command.probe != "curves":
        new.due = old.due                     # no sooner than before, but once more even where nothing moves: somebody new may look on
    viewer.subscriptions[command.key] = new
    session.tell(viewer.outbox.forget, command.key)


def unsubscribe(session, command, viewer, later):
    """Watch it no more."""
    viewer.subscriptions.pop(command.key, None)
    session.tell(viewer.outbox.forget, command.key)


def measure(session, command, viewer, later):
    """A probe once: its values, or the number of the frame that brings them."""
    lane = session.lanes.find(command.run)
    part = frames.part("measure", command.probe, session.look(lane, command.probe, command.options))
    if command.run is not None:
        part.meta["run"] = command.run
    if not part.arrays:
        return part.meta
    later()
    session.tell(viewer.outbox.measured, command.id, session.moment(), part)


def check(session, command, viewer, later):
    """Whether what a step of the lab claims holds on the run, and what was measured."""
    return claims.answer(session, command.step, session.lesson()["steps"])


ORDERS = {function.__name__: function for function in (
    hello, play, pause, step, back, rewind, speed, stop_at, reset, set, edit, runs, undo, redo, open,
    recipe, subscribe, unsubscribe, measure, check)}
