"""Asking probes of a session's lanes once all they need is compiled.

A probe that measures in float64 needs the network's kernels once more, which may take seconds to compile.  That is done in
the thread that compiles (warm.py): pictures come when they can, and orders that need them are held until then.
"""
from collections import deque


class NotYet(Exception):
    """What a probe needs is being compiled.  It is no refusal: whoever asked asks again."""

    def __init__(self, run, precision):
        self.run, self.precision = run, precision
        super().__init__(f"kernels in {precision} are being compiled")


class Looking:
    """The part of a session that asks probes; it has `prepare`, `inbox` and `_wake`.

    precisions    the precision of each probe that has one of its own, by name
    """

    def __init__(self, precisions):
        self.precisions, self.held = precisions, deque()
        super().__init__()

    def need(self, lane, probe):
        """Errors: NotYet where this probe of this lane has to wait."""
        precision = self.precisions.get(probe)
        if precision and not self.prepare(lane.run, self, precision):
            raise NotYet(lane.run, precision)

    def look(self, lane, probe, options):
        """What a probe says of a lane.  Errors: NotYet, and whatever the probe refuses."""
        self.need(lane, probe)
        return lane.run.probe(probe, options)

    def hold(self, order, reason):
        """Carry an order out again when what it lacked is there; it is held first and asked for after, lest the news be missed."""
        self.held.append(order)
        if self.prepare(reason.run, self, reason.precision):
            self.release()

    def release(self):
        """Something was compiled (called from any thread)."""
        while self.held:
            self.inbox.append(self.held.popleft())
        self._wake(self, urgent=True)
