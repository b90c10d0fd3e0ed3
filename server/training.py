"""The training of a session: when its lanes make how many steps, and when their curves get a sample.

    a slice:  rounds of all lanes (or a late one catches up) → a sample where one is due → whether it is time to stop
"""
import math
import time
from dataclasses import dataclass

import numpy as np

from .errors import explain
from .lanes import Lanes
from .pace import Pace
from .stopping import StopAt

SAMPLE = 0.1                  # seconds between samples of the curves
SAMPLE_SHARE = 20             # a sample that takes t is taken every 20 t at most
CHEAP = 0.001                 # seconds: a sample as quick as that is taken often in the first steps
TELL = 0.25                   # seconds between words about a lane that catches up


@dataclass
class Goal:
    """A step somebody waits for."""
    until: int
    done: object = None           # called when it is reached or given up


class Training:
    """What a session is while it trains; `changed`, `inbox`, `clock` and `settings_version` are the session's."""

    def __init__(self):
        self.lanes, self.ready, self.version = Lanes(), False, 0
        self.worked = 0.0                              # seconds of a processor that training has had
        self.playing, self.stopped, self.resting = False, None, False
        self.pace, self.stop_at, self.goals = Pace(), StopAt(), []
        self._round = (0, 0.0, 0.0, False)             # from which step, since when, seconds spent, at a limited speed
        self._sampled, self._sample_cost, self._next_sample = -math.inf, 0.0, 0
        self._told = -math.inf

    @property
    def run(self):
        """The first lane's run, or None before it is made."""
        return self.lanes.first.run if len(self.lanes) else None

    @property
    def curves(self):
        """The first lane's curves."""
        return self.lanes.first.curves

    @property
    def trains(self):
        """Whether there is something to train for."""
        return bool((self.playing or self.goals) and self.ready and not self.resting and not self.lanes.stand)

    @property
    def busy(self):
        """Whether lanes have steps to make before anything else: a round is under way, or one catches up."""
        return bool(self.ready and (self.lanes.pending or self.lanes.late))

    # ------------------------------------------------------------------ steps

    def _work(self, seconds):
        """Train and sample for about so long; whatever training does, it ends training and nothing else."""
        try:
            until = time.perf_counter() + seconds
            while self._train(until):
                self._sample()
                if until - time.perf_counter() < seconds / 4 or self.inbox:
                    break                             # the rest would not be worth a call
            self._sample()
        except Exception as problem:
            self.lanes.pending = []
            self._fail(problem)

    def _train(self, until):
        """As many steps as fit into the time, as the speed allows, and as lead to the next mark; whether it was any."""
        lanes = self.lanes
        if lanes.pending:
            return self._go_on(until)
        if late := lanes.late:
            self._catch_up(late[0], until)
            return False
        goal = self.goals[0] if self.goals else None
        if not self.trains:
            self.pace.stand()
            return False
        step, lead = lanes.clock, lanes.lead.run
        bounds = [self.pace.fits(until - time.perf_counter())]
        if goal:
            bounds.append(goal.until - step)
        else:
            bounds += [self.pace.allowed(self.clock()), self.stop_at.steps_to(lead)]
        if self._sample_cost < CHEAP:
            bounds.append(max(1, self._next_sample - step))
        steps = min(bound for bound in bounds if bound is not None)
        if steps < 1:
            if goal:
                self._reached(self.goals.pop(0))
            return False
        self._round = step, self.clock(), 0.0, not goal and self.pace.speed is not None
        lanes.begin(steps)
        return self._go_on(until)

    def _go_on(self, until):
        """Work on the round; whether it is done."""
        lanes, (start, since, spent, limited) = self.lanes, self._round
        standing, configs = [lane for lane in lanes if lane.stands], [lane.run.config for lane in lanes]
        began = time.perf_counter()
        lanes.go_on(until)
        spent += time.perf_counter() - began
        self._round = start, since, spent, limited
        self.version += 1
        for lane in lanes:
            if lane not in standing:
                lane.version = self.version
        if any(lane.stands for lane in lanes if lane not in standing):
            self._sampled = -math.inf                 # its curve ends where it did
            self.changed(at_once=True)
        if any(lane.run.config is not config for lane, config in zip(lanes, configs, strict=True)):
            self._replayed()
        if lanes.pending:
            return False
        self.worked += self.pace.made(lanes.clock - start, spent, since, limited)
        self._after_round()
        return True

    def _after_round(self):
        """Whether it is time to stop."""
        lanes, goal = self.lanes, self.goals[0] if self.goals else None
        if lanes.stand:
            self._stop(self._why())
            self._give_up()
        elif goal and lanes.clock >= goal.until:
            self._reached(self.goals.pop(0))
        elif not goal and (why := self.stop_at.met(lanes.lead.run, self.loss)):
            self._stop(why)

    def _catch_up(self, lane, until):
        """A late lane goes the way the first went, with samples where the first has them."""
        curves = self.curves
        marks = curves.rows[:curves.count, curves.names.index("step")] if curves.count else np.empty(0)
        every, worked = max(1, math.ceil(self._sample_cost / CHEAP)), time.thread_time()
        if lane.curves.last_step is None:
            lane.curves.add(lane.run.probe("curves", {}))
        while lane in self.lanes.late:
            place = int(np.searchsorted(marks, lane.step, side="right")) + every - 1
            mark = int(marks[place]) if place < len(marks) else None
            self.lanes.catch_up(lane, until, self.lanes.clock if mark is None else mark)
            if lane.step == mark or lane.stands:
                lane.curves.add(lane.run.probe("curves", {}))
            if time.perf_counter() > until or self.inbox:
                break
        self.worked += time.thread_time() - worked
        self.version += 1
        lane.version = self.version
        done = not self.lanes.late
        if done or self.clock() - self._told > TELL:
            self._told = self.clock()
            self.settings_version += done             # a picture that had no place in it on its way may have one now
            self.changed(at_once=done)

    def train_to(self, step, done=None):
        """Train to this step, at full speed; `done` is called there, or where it is given up."""
        self.goals.append(Goal(step, done))

    def _reached(self, goal):
        self.changed(at_once=True)
        if goal.done:
            goal.done()

    def stand_still(self):
        """No more training until somebody asks for it."""
        self._give_up()
        self.playing, self.stopped = False, None
        self._sampled = -math.inf                     # the curves end where training did

    def _stop(self, why):
        self.playing, self.stopped = False, why
        self._sampled = -math.inf
        self.changed(at_once=True)

    def _give_up(self):
        goals, self.goals = self.goals, []
        for goal in goals:
            if goal.done:
                goal.done()

    def _why(self):
        """Why no lane goes on, in words."""
        last = max(self.lanes, key=lambda lane: lane.step)
        why = last.divergence["message"] if last.divergence else _ended_early(last.run.best)
        return why if len(self.lanes) == 1 else f"No run goes on. {last.label}: {why}"

    def loss(self):
        """The lowest loss over the training set of all lanes; infinite where it cannot be told."""
        if not self.ready:
            return math.inf
        found = [lane.run.metrics().get("loss_train") for lane in self.lanes]
        return min(math.inf if value is None or math.isnan(value) else value for value in found)

    # ------------------------------------------------------------------ the curves

    def _sample(self, anew=False):
        """A sample for the curves where one is due: often in the first steps, then by the clock."""
        lanes = self.lanes
        if not self.ready or lanes.pending:
            return
        now, step, late = self.clock(), lanes.clock, lanes.late
        due = [lane for lane in lanes if (anew or lane.curves.last_step != lane.step) and lane not in late]
        if not anew:
            if not due:
                return
            early = self._sample_cost < CHEAP and step >= self._next_sample
            if not early and now - self._sampled < max(SAMPLE, SAMPLE_SHARE * self._sample_cost * len(lanes)):
                return
        began = time.perf_counter()
        self.version += 1
        try:
            for lane in due:
                lane.curves.add(lane.run.probe("curves", {}))
                lane.version = self.version
        except Exception as problem:
            self._fail(problem)
        each = (time.perf_counter() - began) / max(1, len(due))
        self._sample_cost = 0.8 * self._sample_cost + 0.2 * each
        self._sampled, self._next_sample = now, step + max(1, step // 20)

    def _fail(self, problem):
        error = explain(problem)
        self._stop(error["message"])
        self._give_up()
        self.lanes.said.append(("error", error["message"]))


def _ended_early(best):
    """What is said where early stopping has put an end to training."""
    if not best:
        return "Early stopping has ended the training, with the best weights there were."
    return f"Early stopping: no better loss for {best['since']} epochs; these are the weights of epoch {best['epoch']}, the best there were."
