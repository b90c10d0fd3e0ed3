"""The lanes of a session: its runs, on one clock.

All make the same steps, in rounds: nothing is shown while a round is under way.  A round may take several turns, where
a step is long.  A lane that came later is `late`: it catches up with the others before they go on, in turns as short
as any.  A lane that stands (diverged, or stopped early) is left where it is.

    clock    the step that the furthest lane has reached
    behind   a lane that is not there: what is done to all at the clock is planned for it, and done when it comes there,
             so that it makes the same edits at the same steps as the others
"""
import time

from .errors import Refused, explain
from .lane import Lane

GRACE = 0.004                 # seconds by which a round may be longer than planned before it goes on in the next turn


class Lanes:
    """The runs of one session, in their order; the first is the one everything without a lane is about."""

    def __init__(self):
        self.all, self.pending, self.target = [], [], 0
        self.said = []                   # (level, words) to be told to whoever looks
        self._named = 0

    def __iter__(self):
        return iter(self.all)

    def __len__(self):
        return len(self.all)

    def __getitem__(self, place):
        return self.all[place]

    def new(self, label, run, changes=None, id=None):
        """A lane with an id that no other of this session has had."""
        if id is None:
            self._named += 1
            id = f"r{self._named}"
        else:
            self._named = max(self._named, int(id[1:]) if id[1:].isdecimal() else 0)
        return Lane(id, label, run, changes)

    def find(self, id, field="run"):
        """The lane of this id; the first for None.  Errors: Refused naming those there are."""
        if (lane := self.at(id)) is not None:
            return lane
        raise Refused(field, "the id of a run: " + ", ".join(f"{lane.id} ({lane.label})" for lane in self.all), repr(id))

    def at(self, id):
        """The lane of this id or None; the first for None."""
        return next((lane for lane in self.all if id is None or lane.id == id), None)

    # ---- where they are

    @property
    def first(self):
        """The lab's own run."""
        return self.all[0]

    @property
    def others(self):
        """All but the first."""
        return self.all[1:]

    @property
    def clock(self):
        """Steps made by the lane that is furthest."""
        return max(lane.step for lane in self.all)

    @property
    def lead(self):
        """The lane that says where training is: the first of those that go on, or went on longest."""
        clock = self.clock
        return min((lane for lane in self.all if lane.step == clock), key=lambda lane: lane.stands)

    @property
    def stand(self):
        """Whether no lane goes on."""
        return all(lane.stands for lane in self.all)

    @property
    def late(self):
        """Those that must catch up before the others go on."""
        if len(self.all) == 1 or self.pending:
            return []
        steps = [lane.step for lane in self.all]
        clock = max(steps)
        return [lane for lane, step in zip(self.all, steps, strict=True) if step < clock and not lane.stands]

    def look(self):
        """After a change: those at the clock may go on again; one that broke before stays where it broke."""
        clock = self.clock
        for lane in self.all:
            if lane.step == clock:
                lane.look()

    # ---- training

    def begin(self, steps):
        """Begin a round of so many steps."""
        self.target = self.clock + steps
        self.pending = [lane for lane in self.all if not lane.stands]

    def go_on(self, until):
        """Work on the round until it is done or the time (of perf_counter) is well over."""
        while self.pending:
            lane = self.pending[0]
            self.train(lane, self.target - lane.step)
            if lane.stands or lane.step >= self.target:
                self.pending.pop(0)
            if time.perf_counter() > until + GRACE:
                break

    def train(self, lane, steps):
        """Train one lane; what it cannot do is said and ends nothing but itself.  Gives the steps made."""
        before, planned = lane.step, len(lane.run.future)
        try:
            lane.run.train(steps)
        except Exception as problem:
            if len(self.all) == 1:
                raise
            message = explain(problem)["message"]
            self.said.append(("info", f"{lane.label}: {message}"))
            if len(lane.run.future) == planned:          # it was no planned edit, which is gone now
                lane.breaks(message)
                return lane.step - before
        lane.look()
        return lane.step - before

    def catch_up(self, lane, until, mark):
        """Train a late lane, to this mark at most, for the time there is; gives the steps made."""
        began = time.perf_counter()
        steps = min(lane.pace.fits(max(0.0, until - began)), self.clock - lane.step, mark - lane.step)
        made = self.train(lane, max(1, steps))
        lane.pace.made(made, time.perf_counter() - began, 0.0, limited=False)
        return made

    # ---- to an earlier step

    def back_to(self, step):
        """All that are beyond this step go back to it."""
        for lane in self.all:
            if lane.step > step:
                lane.run.history.go(step)
                lane.look()
            lane.curves.truncate(lane.step)

    def rewind(self):
        """All to where those that diverged were still in order; their way there is not to be gone again."""
        broken = [lane for lane in self.all if lane.divergence]
        for lane in broken:
            lane.run.history.rewind()
            lane.look()
        step = min(lane.step for lane in broken)
        self.back_to(step)
        for lane in self.all:
            lane.run.forget(step)
