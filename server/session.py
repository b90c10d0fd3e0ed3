"""A session: the runs that a person (or several, looking at the same) trains, changes and watches.

It lives in the scheduler's turns and nowhere else, so it needs no locks: pages put orders into its inbox, a turn
carries them out (orders.py), trains a slice, cuts the pictures that are due, and hands everything to be sent to the
event loop at once.

    turn:  orders → a slice of training → a sample for the curves → pictures → state if more than the step changed
"""
import asyncio
import time
from collections import deque

from . import protocol, twins
from .errors import Refused, explain
from .limits import NoLimits, merged
from .longtext import LongTexts, conceal
from .looking import Looking, NotYet
from .orders import ORDERS
from .state import describe
from .stopping import StopAt
from .training import Training
from .undo import Undo
from .viewer import cut

LONGEST_SLEEP = 5.0
HIDDEN = 0.25                 # the weight of a session nobody sees


class Session(Looking, Training):
    """One person's runs with their speed, curves, undo and viewers.

    build      called in the first turn: gives the run, or raises what the first order is refused with
    deliver    called with a list of (function, *arguments) to be called on the event loop
    wake       called when there is something to do (urgent: somebody waits)
    limits     what may be asked for
    lesson     gives the lab, with its steps
    prepare    called with the run, the session and perhaps a precision: True when all it needs is compiled, else it is compiled
               and session.release called
    precisions the precision of each probe that has one of its own
    """

    def __init__(self, build, deliver, wake, limits=None, prepare=lambda run, session, precision=None: True,
                 clock=time.monotonic, lab=None, name="", lesson=lambda: {"steps": []}, precisions=None):
        self.build, self.deliver, self._wake, self.prepare = build, deliver, wake, prepare
        self.limits, self.clock, self.lab, self.name, self.lesson = limits or NoLimits(), clock, lab, name, lesson
        super().__init__(precisions or {})
        self.stillborn = lambda session: None  # called where the run could not be made
        self.beside, self.strict = (), False   # the runs to begin with, and whether all of them must fit
        self.inbox = deque()
        self.viewers = ()                      # replaced, never changed: turns read it while the loop writes it
        self.weight = 1.0
        self.undo, self.texts = Undo(), LongTexts()
        self.settings_version, self.saved = 0, -1
        self.data_version, self.data = 0, None              # how often other data came, and the present ones
        self.began = self.touched = self.left = clock()     # made; last order; when the last viewer left
        self._changed, self._at_once = False, False         # more than the step; shown without regard to the rate
        self._out, self._asked, self.closed = [], set(), False
        self._shown = 0.0                                   # when pictures were last looked for

    # ------------------------------------------------------------------ on the event loop

    def attach(self, viewer):
        """A page begins to look."""
        self.resting = False
        self.viewers = (*self.viewers, viewer)
        self._weigh()

    def detach(self, viewer):
        """A page went; the session stays."""
        self.viewers = tuple(one for one in self.viewers if one is not viewer)
        self.left = self.clock()
        self._weigh()

    def show(self, viewer, on):
        """A tab was hidden or shown."""
        viewer.visible = on
        self._weigh()
        if on:
            self._wake(self)

    def _weigh(self):
        self.weight = 1.0 if any(viewer.visible for viewer in self.viewers) else HIDDEN

    def order(self, viewer, command, value=None, also=()):
        """Carry out a command in the next turn.

        value   makes the answer's value of what the command gave
        also    numbers of older commands that this one stands for; they get the same answer
        """
        self.touched = self.clock()
        self.inbox.append((self._obey, viewer, command, value, also))
        self._wake(self, urgent=True)

    def acknowledge(self, viewer, seq):
        """A frame was drawn: there may be credit for the next."""
        viewer.outbox.acknowledge(seq)
        if viewer.hungry and viewer.outbox.credit():
            viewer.hungry = False
            self._wake(self)

    async def ask(self, work):
        """What work(session) gives, called between two slices; raises what it raises."""
        future = asyncio.get_running_loop().create_future()
        if self.closed:
            raise _gone()
        self._asked.add(future)
        future.add_done_callback(self._asked.discard)

        def settle(result, problem):
            if not future.done():
                future.set_exception(problem) if problem else future.set_result(result)

        def task():
            try:
                self.tell(settle, work(self), None)
            except Exception as problem:
                self.tell(settle, None, problem)

        self.inbox.append((task,))
        self._wake(self, urgent=True)
        return await future

    def close(self):
        """No more turns will come: whoever waits for one must not wait for ever."""
        self.closed = True
        for act, *order in (*self.inbox, *self.held):
            if act == self._obey:
                viewer, command, _, also = order
                for number in (*also, command.id):
                    viewer.outbox.say(protocol.refusal(number, _gone().as_dict()))
        for future in list(self._asked):
            if not future.done():
                future.set_exception(_gone())

    # ------------------------------------------------------------------ the turn

    def turn(self, seconds):
        """Work for about so long; when to come again (0: soon, None: when woken)."""
        try:
            while self.inbox and not self.lanes.pending:      # nothing happens to half a round
                act, *arguments = self.inbox.popleft()
                act(*arguments)
            if self.run is None:
                return None
            if self._prepared():
                self._work(seconds)
            return self._show()
        finally:
            if self._out:
                out, self._out = self._out, []
                self.deliver(out)

    def tell(self, function, *arguments):
        """Call this on the event loop when the turn is over."""
        self._out.append((function, *arguments))

    def _obey(self, viewer, command, value, also):
        """One command, answered once whatever happens."""
        numbers, put_off = (*also, command.id), []

        def done(result):
            result = value(result) if value else result
            for number in numbers:
                self.tell(viewer.outbox.say, protocol.answer(number, result))

        def later():
            put_off.append(True)
            return done

        try:
            if self.run is None:
                self.adopt(self.build())
            result = ORDERS[command.do](self, command, viewer, later)
            if not put_off:
                done(result)
        except NotYet as reason:
            self.hold((self._obey, viewer, command, value, also), reason)
        except Exception as problem:
            error = explain(problem)
            for number in numbers:
                self.tell(viewer.outbox.say, protocol.refusal(number, error))
            if self.run is None:
                self.tell(self.stillborn, self)

    def _prepared(self):
        """Whether all the runs need is compiled; until then they can be changed, but neither trained nor measured."""
        if not self.ready and self._prepare():
            self.ready = True
            self.changed()
            self._sample(anew=True)
        return self.ready

    def _prepare(self):
        return all([self.prepare(lane.run, self) for lane in self.lanes])

    # ------------------------------------------------------------------ changing

    def adopt(self, run):
        """Take this run as the first of one's own, and make those that begin beside it."""
        self.lanes.all = [self.lanes.new("Run 1", run)]
        self.texts.remember(run.config)
        if self.beside:
            try:
                twins.arrange(self.lanes, twins.beside(self.lanes, self.beside), self.limits, lenient=not self.strict)
            except Exception:
                self.lanes.all = []                        # the greeting is refused: there is no run
                raise
        self.rewritten()

    def resume(self, about):
        """The lanes have come from a checkpoint; go on as it says."""
        self.playing, self.stopped, self.pace.speed = about["playing"], about["stopped"], about["speed"]
        self.undo.done = [tuple(pair) for pair in about["undo"]]
        self.undo.undone = [tuple(pair) for pair in about["redo"]]
        for lane in self.lanes:
            self.texts.remember(lane.run.config)
        self._next_sample = self.lanes.clock + 1
        self.rewritten()
        self.stop_at = StopAt(**about["stop_at"])
        self.stop_at.arm(self.lanes.lead.run, self.loss)

    def change(self, changes, lane=None):
        """Change settings by path, of all lanes or of one; gives the config that came of it and what it did."""
        before = self.setting()
        changes = {path: self.texts.reveal(value) for path, value in changes.items()}
        self._allow(changes, lane)
        effect = twins.set_all(self.lanes, changes) if lane is None else twins.set_one(self.lanes, lane, changes)
        self.after_change(before)
        return {"config": conceal((lane or self.lanes.first).run.config), "effect": effect}

    def _allow(self, changes, lane):
        """Errors: Refused where the changes of a lane, or of all, lead to something too large."""
        base, lanes = self.run.config, self.lanes
        if (guess := merged(lane.run.config if lane else base, changes)) is None:
            return
        self.limits.all([guess if one is (lane or lanes.first) else merged(base if lane else guess, one.fits)
                         or (base if lane else guess) for one in lanes])

    def edit(self, change, lane=None):
        """Change a weight or the points by hand, of all lanes or of one."""
        before, run = self.setting(), (lane or self.lanes.first).run
        if "paint" in change:
            self.limits.painted(len(run.config["data"].get("painted") or ()) + len(change["paint"]))
        twins.edit_all(self.lanes, change) if lane is None else twins.edit_one(self.lanes, lane, change)
        self.after_change(before)

    def arrange(self, wanted):
        """Other lanes."""
        before = self.setting()
        wanted = [{**one, "changes": {path: self.texts.reveal(value) for path, value in one["changes"].items()}}
                  for one in wanted]
        twins.arrange(self.lanes, wanted, self.limits)
        self.after_change(before)

    def setting(self):
        """What undo brings back: the first lane's settings, and which lanes there are."""
        return {**self.run.config, "runs": [lane.entry() for lane in self.lanes]}

    def put_back(self, changes):
        """Make a setting what it was: whole sections, and maybe the lanes."""
        changes = dict(changes)
        runs = changes.pop("runs", None)
        if changes:
            self._allow(changes, None)
            twins.set_all(self.lanes, changes)
        if runs:
            twins.arrange(self.lanes, runs, self.limits, lenient=True, live=True)
        self.after_change()

    def after_change(self, before=None):
        """The runs are not what they were: the curves and everybody who looks must know."""
        if before:
            self.undo.record(before, self.setting(), self.clock())
        for lane in self.lanes:
            self.texts.remember(lane.run.config)
            if lane.step == 0:
                lane.curves.clear()
        if not self.lanes.stand:
            self.stopped = None
        self._next_sample = min(self._next_sample, self.lanes.clock)
        self.rewritten()

    def open(self, config, runs=None):
        """Another whole setting, from step 0, with the same lanes or others; refused as a whole where it cannot be."""
        config = self.texts.reveal(config)
        self.limits.all([config, *[merged(config, lane.changes) or config for lane in self.lanes.others]])
        before, run = self.setting(), type(self.run)(config)
        if runs:
            twins.check(self.lanes, runs, run)
        self.stand_still()
        self.lanes.first.take(run)
        if runs:
            twins.arrange(self.lanes, runs, self.limits)
        else:
            twins.remake(self.lanes)
        self.texts.remember(run.config)
        self.undo.record(before, self.setting(), self.clock())
        self.begin_anew()

    def reset(self, seed=None):
        """All lanes at step 0, with the present settings."""
        self.stand_still()
        self.run.reset(seed)
        twins.remake(self.lanes)
        self.begin_anew()

    def begin_anew(self):
        """The runs are at step 0 again."""
        for lane in self.lanes:
            lane.curves.clear()
        self.pace.begin_anew()
        self._next_sample, self._sample_cost = 0, 0.0
        self.stop_at.arm(self.lanes.lead.run, self.loss)
        self.rewritten()

    def go_back(self, move):
        """`move` takes the lanes to an earlier step."""
        self.stand_still()
        move()
        self._next_sample = self.lanes.clock
        self.rewritten()

    def rewritten(self):
        """The runs are not what they were, in settings or in numbers."""
        self.ready = self._prepare()
        self.version += 1
        self.settings_version += 1
        for lane in self.lanes:
            lane.version = self.version
            lane.pace.forget()
        self.pace.forget()
        self.changed(at_once=True)
        self._sample(anew=True)

    def _replayed(self):
        """A change was made again on the way, as after going back."""
        self.settings_version += 1
        self.pace.forget()
        self.changed(at_once=True)

    def changed(self, at_once=False):
        """More than the step changed; at_once: what is seen, too, and somebody waits to see it."""
        self._changed = True
        self._at_once = self._at_once or at_once

    # ------------------------------------------------------------------ what is seen

    def _show(self):
        """Cut what is due for every viewer, and say when the next turn is wanted."""
        now, cache, waits = self.clock(), {}, []
        for level, words in self.lanes.said:
            message = protocol.event("notice", level=level, message=words)
            for viewer in self.viewers:
                self.tell(viewer.outbox.say, message)
        self.lanes.said = []
        if self.lanes.pending:                               # half a round is not shown
            return 0
        between, self._shown = min(0.1, now - self._shown) if self.trains and self.pace.speed is None else 0.0, now
        for viewer in self.viewers if self.ready else ():
            parts, problems, wait = cut(viewer, self, now, cache, self._at_once, between)
            if parts:
                self.tell(viewer.outbox.offer, self.moment(), parts)
            for sub, problem in problems:
                error = explain(problem)
                self.tell(viewer.outbox.say, protocol.event("notice", level="info", message=error["message"],
                                                            key=sub.key, error=error))
            if wait is not None:
                waits.append(wait)
        self._at_once = False
        if self._changed:
            self._changed = False
            message = protocol.event("state", state=self.state())
            for viewer in self.viewers:
                self.tell(viewer.outbox.say_latest, "state", message)
        if self.inbox or self.busy:
            return 0
        if self.trains:
            if self.goals or self.pace.speed is None:
                return 0
            waits.append(self.pace.wait())
        return max(0.001, min(*waits, LONGEST_SLEEP)) if waits else None

    def moment(self):
        """When a frame was cut."""
        return {**self.place(), "time": round(self.clock() - self.began, 4)}

    def place(self):
        """Where training is; epochs with their fraction."""
        return self.lanes.lead.place()

    def state(self):
        """Everything about the runs but their numbers."""
        if self.run.data is not self.data:
            self.data, self.data_version = self.run.data, self.data_version + 1
        return describe(self)


def _gone():
    return Refused("session", "a session that is there", "one that has gone", "Reload the page.")
