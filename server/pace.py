"""How many steps a slice makes: what fits into the time, and what the chosen speed allows."""

MOST = 1_000_000              # steps of one slice
GROWTH = 4                    # a slice's steps grow at most so much, until the time of a step is known
RISE = 1.005                  # the time of a step rises no faster from slice to slice
DOUBT = 12                    # slices after a change until the time of a step is believed to be longer than it was
BUNCH = 0.010                 # seconds: a limited speed trains in bunches no closer than this


class Pace:
    """The time of a step, the speed that was asked for, and the speed that came of it."""

    def __init__(self):
        self.speed = None                     # steps a second, or None for as fast as possible
        self.measured = 0.0
        self._each, self._before, self._doubt, self._steps = None, None, 0, 1
        self._allowance, self._since = 0.0, None
        self._mark = None

    def forget(self):
        """Steps may take another time now."""
        self._before, self._doubt = self._each or self._before, DOUBT
        self._each, self._steps = None, max(1, self._steps // 8)

    def begin_anew(self):
        """Another run, another time of a step."""
        self._each, self._before, self._steps = None, None, 1

    def fits(self, seconds):
        """Steps that take about so long."""
        if self._each is None:
            return self._steps
        return max(1, min(int(seconds / self._each), self._steps * GROWTH, MOST))

    def allowed(self, now):
        """Steps that the speed allows now; None where there is no limit."""
        if self.speed is None:
            return None
        if self._since is None:
            self._since, self._allowance = now, 1.0           # the first step comes at once
        self._allowance = min(self._allowance + (now - self._since) * self.speed, max(1.0, self.speed / 4))
        self._since = now
        return int(self._allowance)

    def made(self, steps, seconds, now, limited):
        """So many steps were made and took so long; gives the seconds they were worth, had nobody come in between.

        (The thread's own clock would tell, but asking it is a call into the system, and coming back from one is where a
        thread loses its processor, here with the interpreter's lock in its hands.)
        """
        if steps:
            each = max(seconds / steps, 1e-9)
            # The shortest time of late is what a step costs; a longer one was somebody else's.
            self._each = each if self._each is None else min(each, RISE * self._each)
            self._steps = max(steps, self._steps // 2)
        if limited:
            self._allowance -= steps
        if self._mark is None:
            self._mark = [now, 0]
        self._mark[1] += steps
        span = now + seconds - self._mark[0]
        if span >= 0.5:
            self.measured, self._mark = self._mark[1] / span, None
        if not steps:
            return 0.0
        self._doubt = max(0, self._doubt - 1)
        return steps * min(self._each, self._before if self._doubt and self._before else self._each)

    def stand(self):
        """Training stands still; the speed counts from when it goes on."""
        self._since = self._mark = None

    def wait(self):
        """Seconds until the speed allows the next bunch."""
        return max(BUNCH, (1.0 - self._allowance) / self.speed)
