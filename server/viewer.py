"""One page that looks at a session: what it subscribed to, and what of it is due."""
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from .frames import part
from .looking import NotYet
from .outbox import Outbox

OWN = ("curves", "coach")     # streams that are no probes: made of what the session kept
SUBSCRIPTIONS = 64
SHARE = 2.0                   # after a picture that took t to compute, at least SHARE·t go to training
TOGETHER = 0.010              # seconds: what is due within them goes into one frame
LATER = 0.25                  # seconds until a picture whose kernels are being compiled is looked for again
EARLY = 0.3                   # of its period: what is due that soon goes along when a frame is cut anyway


@dataclass
class Subscription:
    """A probe somebody watches."""
    key: str
    probe: str
    options: dict
    rate: float
    run: str | None = None        # the id of a lane; None: the first
    due: float = 0.0
    seen: int = -1                # the lane's version that was drawn last
    cursor: Any = None            # curves: what was sent already, and of which curves
    curves: Any = None
    broken: int = -1              # the version of the settings for which the probe refused
    name: tuple = ()              # what makes two subscriptions the same picture

    def __post_init__(self):
        self.name = (self.run, self.probe, to_json(dict(sorted(self.options.items()))))


@dataclass(eq=False)
class Viewer:
    """One client of a session; the subscriptions belong to the session's turns, the outbox to the event loop."""
    outbox: Outbox = field(default_factory=Outbox)
    subscriptions: dict = field(default_factory=dict)
    visible: bool = True
    hungry: bool = False          # something was due without credit: the next acknowledgement wakes the session

    def outdated(self, lanes):
        """(subscription, its lane or None where that is gone) of those that do not show the present.

        A lane that still catches up has no picture beside the others; its curves may be seen growing.
        """
        late, found = lanes.late, []
        for sub in self.subscriptions.values():
            lane = lanes.at(sub.run)
            if lane is None or sub.seen != lane.version and (lane not in late or sub.probe == "curves"):
                found.append((sub, lane))
        return found


def cut(viewer, session, now, cache, at_once=False, between=0.0):
    """The parts due for this viewer: (parts, problems, seconds until something is due or None).

    cache     holds the pictures of this very moment, so that several viewers of the same compute it once
    between   seconds between two turns of late: what is nearer to this turn than to the next is cut now
    """
    outdated = viewer.outdated(session.lanes)
    if not outdated or not viewer.visible:
        return [], [], None
    viewer.hungry = True                        # before asking, so that an acknowledgement in between is not lost
    if not viewer.outbox.credit():
        return [], [], None
    viewer.hungry = False
    parts, problems, wait, room = [], [], None, viewer.outbox.room
    together = max(TOGETHER, between / 2)
    something = at_once or any(sub.due <= now + together for sub, _ in outdated)
    for sub, lane in sorted(outdated, key=lambda pair: pair[0].due):
        version = lane.version if lane else -1
        if sub.broken == session.settings_version:
            sub.seen = version
            continue
        ahead = max(together, EARLY / sub.rate) if something else together
        if not at_once and sub.due > now + ahead:
            wait = min(wait or 60.0, sub.due - now)
            continue
        if room <= 0:                           # on a slow line the rest goes with the next frame
            wait = TOGETHER
            break
        began = time.perf_counter()
        try:
            made = _measure(sub, lane or session.lanes.find(sub.run), cache, session)
        except NotYet:                          # its kernels are being compiled: the session is woken when they are there
            sub.due, wait = now + LATER, min(wait or 60.0, LATER)
            continue
        except Exception as problem:            # one that no longer fits (its layer is gone) waits for other settings
            sub.broken = session.settings_version
            problems.append((sub, problem))
            made = None
        cost = time.perf_counter() - began
        sub.seen = version
        sub.due = max(sub.due + 1 / sub.rate, now + 0.5 / sub.rate, now + SHARE * cost)
        if made is not None:
            parts.append(made)
            room -= made.size
    return parts, problems, wait


def _measure(sub, lane, cache, session):
    if sub.probe == "curves":
        if sub.curves is not lane.curves:
            sub.curves, sub.cursor = lane.curves, None
        made, sub.cursor = lane.curves.since(sub.key, sub.cursor)
    elif sub.probe == "coach":
        made = part(sub.key, sub.probe, {"advice": lane.run.advise(lane.curves.columns())})
    else:
        same = (lane.id, *sub.name[1:])
        if same not in cache:
            cache[same] = session.look(lane, sub.probe, sub.options)
        made = part(sub.key, sub.probe, cache[same])
    if made is not None and sub.run is not None:
        made.meta["run"] = sub.run
    return made
