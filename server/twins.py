"""Settings of several lanes: what goes to all, what to one, and which lanes there are.

A lane beside the first is defined as the first with some changes, from the same start and with the same edits; it is
made as the engine's twin.  So a change of the first is followed by all, and what makes a lane different wins.
"""
from .errors import Refused, explain
from .limits import merged
from .protocol import MOST_RUNS


def set_all(lanes, changes):
    """Change settings of all lanes; gives the effect on the first."""
    aims = _aims(lanes)
    effect = lanes.first.run.set(changes)
    if effect == "restart":
        remake(lanes)
    else:
        _follow(lanes, aims)
    lanes.look()
    return effect


def set_one(lanes, lane, changes):
    """Change settings of one lane, which from now on make it different; gives the effect on it."""
    first = lanes.first
    if lane is first:
        aims = _aims(lanes)
        effect = first.run.set(changes)
        _pin(lanes, aims)
        if effect == "restart":
            remake(lanes)
        elif first.step < lanes.clock:             # it stood still there: the change may save it, from the start
            first.run.reset()
            first.take(first.run)
            effect = "restart"
        lanes.look()
        return effect
    together, unfit, effect = joined(lane.changes, changes), lane.unfit, "restart"
    if lane.step < lanes.clock:                    # on its way, or broken on it: from the start with the new change
        lane.take(first.run.twin(together))
    elif (effect := lane.run.set(changes)) == "restart":
        run, unfit = _fitting(first.run.twin, together)
        lane.take(run)
    lane.changes, lane.unfit = together, {path: why for path, why in unfit.items() if path not in changes}
    lanes.look()
    return effect


def edit_all(lanes, change):
    """An edit by hand of all lanes; one that has no such weight is told."""
    clock, aims = lanes.clock, _aims(lanes)
    lanes.first.run.edit(change)
    if "weight" in change:
        for lane in lanes.others:
            lane.run.forget(clock)
            try:
                _do(lane, change, clock)
            except Exception as problem:
                _say(lanes, lane, problem)
    else:
        _follow(lanes, aims)
    lanes.look()


def edit_one(lanes, lane, change):
    """An edit by hand of one lane.  Errors: Refused for one that is not where the others are."""
    if lane.step < lanes.clock:
        raise Refused("run", f"a run that has made {lanes.clock:,} steps as the others have",
                      f"{lane.label}, which has made {lane.step:,}")
    first, aims = lanes.first, _aims(lanes)
    lane.run.edit(change)
    if "weight" not in change and lane is first:
        _pin(lanes, aims)
    elif "weight" not in change:
        base = first.run
        aim, lane.unfit = _fitting(base.config_with, lane.changes)
        lane.changes = joined(lane.changes, base.difference(aim, lane.run.config))
    lanes.look()


def remake(lanes):
    """All lanes beside the first from the first's start again."""
    first = lanes.first
    for lane in lanes.others:
        run, lane.unfit = _fitting(first.run.twin, lane.changes)
        lane.take(run)
        _tell_unfit(lanes, lane, {})
    first.look()


def arrange(lanes, wanted, limits, lenient=False, live=False):
    """Make the lanes what this list says: [{"label", "changes", "id" (optional)}], the first of them the first.

    A lane with its id stays as it is where its changes do; with others it is made anew, from the same start.

    lenient   a change that does not fit is told, not refused
    live      other changes are made now, to the lane as it is, and an id that is gone comes back
    Errors: Refused naming runs[1].changes and the field; nothing is changed then.
    """
    base = lanes.first.run
    _check(lanes, wanted, live)
    if not lenient:
        _within(wanted, base.config, limits)
    known, made = {lane.id: lane for lane in lanes}, {}
    for place, one in enumerate(wanted):
        lane = lanes.first if place == 0 else known.get(one.get("id"))
        if lane is None or lane.changes != one["changes"] and not (live and lane.step == lanes.clock):
            made[place] = _made(base, one["changes"], f"runs[{place}].changes", lenient)
    listed = []
    for place, one in enumerate(wanted):
        lane = lanes.first if place == 0 else known.get(one.get("id"))
        if lane is None:
            lane = lanes.new(one["label"], made[place][0], one["changes"], one.get("id"))
        elif place in made:
            lane.take(made[place][0])
        elif lane.changes != one["changes"]:
            lane.changes = one["changes"]
            _become(lanes, lane, lane.run.config)
        lane.label, lane.changes = one["label"], one["changes"]
        if place in made:
            lane.unfit = made[place][1]
            _tell_unfit(lanes, lane, {})
        listed.append(lane)
    lanes.all = listed
    if made and not base.replayable:
        lanes.said.append(("info", "The weights of the first run were put in from outside; the new runs start without."))
    lanes.look()


def beside(lanes, runs):
    """The list that a lab's [[runs]] stand for: an entry without changes that comes first names the first run."""
    runs = [{"label": one["label"], "changes": dict(one.get("changes") or {})} for one in runs]
    return runs if not runs[0]["changes"] else [{"label": lanes.first.label, "changes": {}}, *runs]


def check(lanes, wanted, base):
    """Errors: Refused for a list of lanes that cannot be beside this run."""
    _check(lanes, wanted, False)
    for place, one in enumerate(wanted):
        _made(base, one["changes"], f"runs[{place}].changes", False)


def joined(old, new):
    """Changes, and later ones on top of them."""
    made = dict(old)
    for path, value in new.items():
        section, _, key = path.partition(".")
        if not key:
            made = {other: kept for other, kept in made.items() if other.partition(".")[0] != section}
        elif key == "name":
            made.pop(section, None)                # names are set first, so a whole section would win over it
        made.pop(path, None)
        made[path] = value
    return made


# ---- what they are to be

def _aims(lanes):
    """The settings that each lane beside the first has, or will have where it is behind."""
    base, clock = lanes.first.run, lanes.clock
    return {lane: lane.run.config if lane.step == clock else _fitting(base.config_with, lane.fits)[0]
            for lane in lanes.others}


def _follow(lanes, aims):
    """The first has changed: all others become the same, but for their own changes."""
    for lane in lanes.others:
        lane.run.forget(lanes.clock)
        _become(lanes, lane, aims[lane])


def _become(lanes, lane, before):
    """Change what leads from these settings of a lane to those it is defined by."""
    base, told, clock, effect = lanes.first.run, lane.unfit, lanes.clock, None
    aim, lane.unfit = _fitting(base.config_with, lane.changes)
    try:
        effect = _do(lane, {"set": base.difference(before, aim)}, clock)
    except Exception:                              # only together with the data can it be seen that it does not fit
        def built(fits):
            config = base.config_with(fits)
            type(base)(config)
            return config

        aim, lane.unfit = _fitting(built, lane.changes)
        try:
            effect = _do(lane, {"set": base.difference(before, aim)}, clock)
        except Exception as problem:
            lane.breaks(explain(problem)["message"])
    if effect == "restart" and clock:              # from the start, and the way the first has gone since
        run, lane.unfit = _fitting(base.twin, lane.changes)
        lane.take(run)
    _tell_unfit(lanes, lane, told)


def _do(lane, edit, clock):
    """Make an edit where the lane is at the clock (gives its effect); else it is made when the lane comes there."""
    if edit.get("set") == {}:
        return None
    if lane.step < clock:
        return lane.run.plan({**edit, "step": clock})
    return lane.run.set(edit["set"]) if "set" in edit else lane.run.edit(edit)


def _pin(lanes, aims):
    """The first has changed and the others are to stay as they are: that makes them different now."""
    base = lanes.first.run
    for lane in lanes.others:
        aim, lane.unfit = _fitting(base.config_with, lane.changes)
        lane.changes = joined(lane.changes, base.difference(aim, aims[lane]))


def _fitting(attempt, changes):
    """(what attempt(changes) gives, {}); where it raises, of as many of the changes as fit, and {path: why} of the rest."""
    try:
        return attempt(changes), {}
    except Exception:
        fits, unfit = {}, {}
        for path, value in changes.items():
            try:
                attempt({**fits, path: value})
                fits[path] = value
            except Exception as problem:
                unfit[path] = explain(problem)["message"]
        return attempt(fits), unfit


def _tell_unfit(lanes, lane, told):
    for path, why in lane.unfit.items():
        if path not in told:
            lanes.said.append(("info", f"{lane.label}: {path} has no place at present. {why}"))


def _say(lanes, lane, problem):
    lanes.said.append(("info", f"{lane.label}: {explain(problem)['message']}"))


# ---- the list

def _check(lanes, wanted, live):
    """Errors: Refused for a list that cannot be, whatever the changes are."""
    if not 1 <= len(wanted) <= MOST_RUNS:
        raise Refused("runs", f"1 to {MOST_RUNS} runs", len(wanted))
    known, labels, ids = [lane.id for lane in lanes], set(), set()
    for place, one in enumerate(wanted):
        where, label, id = f"runs[{place}]", one["label"], one.get("id")
        if label in labels:
            raise Refused(f"{where}.label", "a label that no other run has", repr(label))
        labels.add(label)
        if id is None:
            continue
        if id in ids or place and id == known[0]:
            raise Refused(f"{where}.id", "an id that no other run has", repr(id))
        if not place and id != known[0]:
            raise Refused(f"{where}.id", f"{known[0]!r}: the first run stays the first", repr(id))
        if id not in known and not live:
            raise Refused(f"{where}.id", "one of " + ", ".join(known) + ", or none for a new run", repr(id))
        ids.add(id)
    if wanted[0]["changes"]:
        raise Refused("runs[0].changes", "none: the first run is what the others are compared with",
                      ", ".join(wanted[0]["changes"]), "Set it instead, or give the change to another run.")


def _within(wanted, config, limits):
    """Errors: Refused where one of them, or all together, would be too large."""
    guesses = [merged(config, one["changes"]) or config for one in wanted]
    for place, guess in enumerate(guesses):
        with_name(f"runs[{place}].changes", limits.config, guess)
    limits.all(guesses)


def _made(base, changes, where, lenient):
    if lenient:
        return _fitting(base.twin, changes)
    return with_name(where, base.twin, changes), {}


def with_name(where, work, *arguments):
    """What work(*arguments) gives; what it refuses is named by where it stood."""
    try:
        return work(*arguments)
    except Exception as problem:
        if not hasattr(problem, "as_dict"):
            raise
        error = explain(problem)
        raise Refused(f"{where}: {error['field']}", error["expected"], error["got"], error["hint"]) from None
