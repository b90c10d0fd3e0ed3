"""Fair time slices for many sessions on a few threads.

A job is anything with a `weight` and a `turn(seconds)`, which works for about that long and says when it wants the next
turn: a number of seconds from now (0: as soon as the others had theirs), or None to sleep until `wake`.  A job runs in
one thread at a time, so it needs no locks of its own.

Fair is what is equal in `worked`, the seconds that a job's own work was worth so far: whoever was interrupted in its last
turn gets more in the next.  What a turn does beside that work (pictures, answers) makes the slices shorter
for all, so that a round stays a round.

    urgent     somebody is waiting for an answer: first, but with a short slice, so that pressing buttons wins no time
    ready      round robin
    later      asleep until a moment

Threads stand back (nice +10) where the system has a nice for threads: the event loop is heard first, and on a machine that
also shows the page its pictures come before the next training steps.
"""
import heapq
import itertools
import logging
import os
import sys
import threading
import time
from collections import deque

log = logging.getLogger("playground")

LONGEST, SHORTEST = 0.004, 0.001
ROUND = 0.055                 # seconds in which every busy session should have had its turn
MEND = (0.25, 2.0)            # times its slice: the least and the most that a job gets to become equal again
URGENT = 0.0005               # a slice that came before its time, while others wait

_IDLE, _QUEUED, _RUNNING = range(3)


class _Place:
    """Where a job stands."""
    __slots__ = ("job", "state", "urgent", "again", "when", "listed", "removed", "left", "had")

    def __init__(self, job):
        self.job, self.state, self.urgent, self.again = job, _IDLE, False, None
        self.had = 0.0                   # seconds worked, divided by its weight
        self.when, self.listed, self.removed, self.left = None, False, False, threading.Event()


class Scheduler:
    """A few worker threads that give every job its turns."""

    def __init__(self, workers=None, clock=time.monotonic):
        self.workers = workers or max(1, min(os.cpu_count() or 1, 8))
        self.clock = clock
        self._places = {}
        self._urgent, self._ready, self._later = deque(), deque(), []
        self._order = itertools.count()
        self._had, self._beside = 0.0, 0.0     # what the jobs of the round had, on average; seconds of a turn beside its work
        self._changed = threading.Condition()
        self._stopping = False
        self._threads = []

    # ---- from any thread

    def start(self):
        """Begin working."""
        for number in range(self.workers):
            thread = threading.Thread(target=self._work, name=f"training-{number + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds=2.0):
        """End after the turns under way; True when all threads have."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def add(self, job):
        """Take a job in; it sleeps until `wake`."""
        with self._changed:
            self._places[job] = _Place(job)

    def remove(self, job):
        """Give the job no more turns; the event it returns is set when it is in no thread any more."""
        with self._changed:
            place = self._places.pop(job, None)
            if place is None:
                done = threading.Event()
                done.set()
                return done
            place.removed = True
            if place.state != _RUNNING:
                place.left.set()
            return place.left

    def wake(self, job, urgent=False):
        """The job has something to do; urgent: somebody waits for it."""
        with self._changed:
            place = self._places.get(job)
            if place is None:
                return
            if place.state == _RUNNING:
                place.again = "urgent" if urgent or place.again == "urgent" else "ready"
            elif place.state == _IDLE or urgent and not place.urgent:
                self._enqueue(place, urgent)

    @property
    def busy(self):
        """How many jobs wait for a turn or have it."""
        with self._changed:
            return sum(place.state != _IDLE for place in self._places.values())

    # ---- the queues (all under the condition)

    def _enqueue(self, place, urgent, anew=True):
        place.state, place.when = _QUEUED, None
        if anew:                         # who slept neither owes nor is owed anything
            place.had = self._had
        if urgent:
            place.urgent = True
            self._urgent.append(place)
        elif not place.listed:       # whoever had an urgent turn keeps the place in the round
            place.listed = True
            self._ready.append(place)
        self._changed.notify()

    def _take(self):
        """The next place to run and the seconds it may: (place, seconds), or (None, how long to wait)."""
        now = self.clock()
        while self._later and self._later[0][0] <= now:
            when, _, place = heapq.heappop(self._later)
            if place.when == when and place.state == _IDLE and not place.removed:
                self._enqueue(place, False)
        while self._urgent:
            place = self._urgent.popleft()
            if place.state == _QUEUED and place.urgent and not place.removed:
                return self._begin(place, URGENT if self._ready else SHORTEST)     # the answer goes when the turn ends
        while self._ready:
            place = self._ready.popleft()
            place.listed = False
            if place.state == _RUNNING:
                place.again = place.again or "ready"
            elif place.state == _QUEUED and not place.removed:
                return self._begin(place, self._share(place) if self._ready else LONGEST)
        return None, (self._later[0][0] - now if self._later else None)

    def _begin(self, place, seconds):
        place.state, place.again, place.urgent = _RUNNING, None, False
        return place, seconds

    def _share(self, place):
        waiting = len(self._ready) + 1
        whole = min(LONGEST, max(SHORTEST, ROUND * self.workers / waiting - self._beside))
        return whole * place.job.weight * min(MEND[1], max(MEND[0], 1 + (self._had - place.had) / whole))

    def _end(self, place, delay, worked=0.0, took=0.0):
        place.had += worked / place.job.weight
        self._had += worked / (len(self._ready) + 1)
        self._beside += 0.05 * (max(0.0, took - worked) - self._beside)
        place.state = _IDLE
        if place.removed:
            place.left.set()
        elif place.again:
            self._enqueue(place, place.again == "urgent", anew=False)
        elif delay is not None and delay <= 0:
            self._enqueue(place, False, anew=False)
        elif delay is not None:
            place.when = self.clock() + delay
            heapq.heappush(self._later, (place.when, next(self._order), place))
            self._changed.notify()

    # ---- in the worker threads

    def _work(self):
        be_nice()
        while True:
            with self._changed:
                place, seconds = self._take()
                while place is None:
                    if self._stopping:
                        return
                    self._changed.wait(seconds)
                    place, seconds = self._take()
                if self._stopping:
                    place.state = _IDLE
                    place.left.set()
                    return
            job = place.job
            worked, began = job.worked, time.perf_counter()
            try:
                delay = job.turn(seconds)
            except BaseException:                   # a job answers for its own faults; a thread must not die of them
                log.exception("a turn failed")
                delay = 1.0
            with self._changed:
                self._end(place, delay, job.worked - worked, time.perf_counter() - began)


def be_nice(by=10):
    """Let this thread stand back behind the event loop; silently nothing where a thread has no nice of its own."""
    try:
        if sys.platform.startswith("linux"):        # elsewhere this call would slow the whole process
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), by)
        elif sys.platform == "win32":
            import ctypes
            kernel = ctypes.windll.kernel32
            kernel.GetCurrentThread.restype = ctypes.c_void_p
            kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), -1)   # below normal
    except (OSError, AttributeError):
        pass
