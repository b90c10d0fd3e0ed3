"""Keyframes: copies of a run's memory on the way, denser towards the present, from which any earlier step is replayed.

    |          |       |     |   |  | ||||now      a few copies for each doubling of the distance

Going back to step s restores the last keyframe before s and trains from there with the same edits: a run is
a pure function of config, seed and edits, so the bits are the same.  A raw write into a view is no edit and cannot
be replayed, so a `fixed` keyframe is kept of what it left; training that comes by takes it up again.
"""
import math

from .errors import BadSetting, quoted

BUDGET = 2_000_000                       # bytes of copies for one run
LARGE = 4_000_000                        # bytes of one copy from which on only the fewest are kept
SPACING = 256                            # steps between keyframes at first
WORSE = 10                               # how many times its lowest loss a run may have and still be worth going back to


class Keyframe:
    """A copy of everything a run's future depends on."""

    def __init__(self, run, fixed=False):
        self.step, self.edits, self.fixed = run.step, len(run.edits), fixed
        self.assembly, self.arena, self.counters = run.assembly, run.arena.copy(), run.counters.copy()
        self.trace, self.loss = run.trace.copy(), run.loss

    def load(self, run):
        """Make the run what it was; the edits that came after it wait to be made again."""
        edits = run.edits + run.future
        run.adopt(self.assembly, self.arena, self.counters, self.trace)
        run.edits, run.future = edits[:self.edits], edits[self.edits:]


class History:
    """The keyframes of one run."""

    def __init__(self, run):
        self.run = run
        self.clear()

    def clear(self):
        """Begin with the present state only."""
        self.frames = []
        self.keep(fixed=True)

    def steps_to_next(self):
        """How many steps until something is to be done: a keyframe is due, or a raw write is to be taken up again."""
        step = self.run.step
        writes = [f.step - step for f in self.frames if f.fixed and f.step > step]
        return max(1, min([self._due() - step, *writes]))

    def _due(self):
        last = self.frames[-1].step
        return last + max(SPACING, last // 64)

    def offer(self):
        """Keep a copy if one is due, or take up a raw write if one was made at this step."""
        if self.run.divergence is not None:
            return
        writes = [f for f in self.frames if f.fixed and f.step == self.run.step]
        if writes:
            writes[-1].load(self.run)
        elif self.run.step >= self._due():
            self.keep()

    def keep(self, fixed=False):
        """Keep a copy of the present state; a fixed one is never thinned out."""
        self.frames.append(Keyframe(self.run, fixed))
        self._thin()

    def forget_after(self, step):
        """Drop keyframes of a future that will not come."""
        self.frames = [f for f in self.frames if f.step <= step] or self.frames[:1]

    def _thin(self):
        """Stay within the budget: drop the frame whose neighbours are closest for their distance from the present."""
        size = self.run.arena.nbytes + self.run.trace.nbytes
        limit = max(6 if size < LARGE else 3, min(64, BUDGET // size))
        now = self.run.step
        while len(self.frames) > limit:
            # nothing but raw writes left: the oldest goes, and with it the way back beyond the next
            inner = [i for i in range(1, len(self.frames) - 1) if not self.frames[i].fixed] or [0]
            gap = lambda i: (self.frames[i + 1].step - self.frames[i - 1].step) / (now - self.frames[i].step + SPACING)
            self.frames.pop(min(inner, key=gap) if inner != [0] else 0)

    def back(self, steps=1):
        """Go back so many steps (to the first that is known at most) and give the step reached."""
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise BadSetting("steps", "a whole number of at least 1", quoted(steps))
        return self.go(max(0, self.run.step - steps))

    def go(self, target):
        """Be at an earlier step again, to the bit; edits made after it wait to be made again."""
        run = self.run
        if target >= run.step and run.divergence is None:
            return run.step
        earlier = (f for f in reversed(self.frames) if f.step < target or f.fixed and f.step == target)
        next(earlier, self.frames[0]).load(run)
        run.train(max(0, target - run.step))
        return run.step

    def rewind(self):
        """After a divergence: go back to the weights of the last keyframe still in order, and give its step.

        In order is a batch loss of at most ten times the lowest: just before it breaks, a run is already lost.
        What is learned by which network stays as it is now.  How it is trained goes back with the weights, since that
        may have done the harm; but another optimizer chosen since then stays.
        """
        run, present = self.run, self.run.config
        earlier = [f for f in self.frames if f.step < run.step] or self.frames[:1]
        lowest = min((f.loss for f in earlier if math.isfinite(f.loss)), default=math.inf)
        next(f for f in reversed(earlier) if not f.loss > WORSE * lowest).load(run)
        run.future = []                  # the future broke: it is not to be replayed
        self.forget_after(run.step)
        kept = ["data", "model", "loss"]
        if present["optimizer"]["name"] != run.config["optimizer"]["name"]:
            kept.append("optimizer")
        changed = {section: present[section] for section in kept if run.config[section] != present[section]}
        if changed:
            run.set(changed)
        return run.step
