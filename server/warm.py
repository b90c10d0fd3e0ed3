"""Compiling in a thread of its own: what somebody waits for, with progress, and at the start what the first lab's menus offer.

The first start compiles for some seconds; later ones load from the cache.  Kernels of other models are compiled when a
session first needs them.  A session may train as soon as what its own program needs is there.
"""
import gc
import logging
import threading
import time
from collections import deque

log = logging.getLogger("playground")


class Warm:
    """Which kernels are compiled, and the thread that compiles the others.

    compile    compile_kernels(run, progress, precision=None, choices=False) of the engine
    kernels    kernels_of(run, choices=False) of the engine: (name, kernel) pairs
    tell       called with (done, total, name, background) from the thread; background: nobody waits for it
    helper     start(config, precision) gives a second process that compiles the same from its end (ahead.py), or None
    """

    def __init__(self, compile, kernels, tell=lambda done, total, name, background: None, helper=None):
        self._compile, self._kernels, self.tell, self.helper = compile, kernels, tell, helper
        self.done, self.total, self.name = 0, 1, "starting"
        self.ready, self.background, self.problem = False, False, None
        self._known, self._wanted = set(), deque()
        self._something, self._stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._work, name="compiling", daemon=True)

    def start(self, first):
        """Begin; `first` is called in the thread and gives the run to compile before all others, then with its menus' choices."""
        self._first = first
        self._thread.start()

    def stop(self):
        """End after the kernel under way."""
        self._stopping = True
        self._something.set()

    def has(self, run, precision=None):
        """Whether all that this run needs is compiled, in its own precision or another."""
        precision = precision or _precision(run)
        return all((kernel, precision) in self._known for _, kernel in run.kernels())

    def want(self, run, then, precision=None):
        """True if the run can train (or be measured in that precision) now; else it is compiled next and `then()` called from the thread."""
        if self.has(run, precision):
            return True
        self._wanted.append((run, then, precision))
        self._something.set()
        return False

    def progress(self):
        """How far it is, for a page that has just come."""
        return {"done": self.done, "total": self.total, "name": self.name, "background": self.background}

    # ---- in the thread

    def _work(self):
        try:
            self._all()
        except _Stop:
            pass

    def _all(self):
        try:
            run = self._first()
            self._make(run)
            self._serve()
            self.background = True
            offered = self._kernels(run, choices=True)
            self._compile(run, lambda done, total, name: self._step(run, offered, done, total, name), choices=True)
        except Exception as problem:                    # a session compiles what it needs by itself, only later
            log.exception("compiling ahead failed")
            self.problem = str(problem)
        gc.collect()
        gc.freeze()                                     # what is loaded stays: later collections (0.1 s) pass over it
        self.ready = True
        self._say(self.total, self.total, "ready")
        while not self._stopping:
            self._something.wait()
            self._something.clear()
            self._serve()

    def _step(self, run, offered, done, total, name):
        self._known.update((kernel, _precision(run)) for _, kernel in offered[:done])
        self._say(done, total, name)
        self._serve()

    def _serve(self):
        """Compile what somebody waits for, before going on."""
        while self._wanted:
            run, then, precision = self._wanted.popleft()
            try:
                self._make(run, precision)
            except _Stop:
                raise
            except Exception:
                log.exception("compiling for a session failed")
                self._learn(run, precision)                 # let its training say why
            then()

    def _make(self, run, precision=None):
        if not self.has(run, precision):
            before, self.background = self.background, False
            self._together(run, precision or _precision(run))
            self.background = before
            self._learn(run, precision)

    def _together(self, run, precision):
        """Compile, with help as soon as the first kernel turns out not to come from the cache."""
        other, asked, began = None, False, time.monotonic()

        def say(done, total, name):
            nonlocal other, asked, began
            now = time.monotonic()
            if self.helper and not asked and done and now - began > self.helper.ALONE and total - done > self.helper.FEWEST:
                other, asked = self.helper.start(run.config, precision), True
            self._say(done, total, name)
            if other:
                other.at(done, total)
            began = time.monotonic()

        try:
            self._compile(run, say, precision)
        finally:
            if other:
                other.stop()

    def _learn(self, run, precision=None):
        self._known.update((kernel, precision or _precision(run)) for _, kernel in run.kernels())

    def _say(self, done, total, name):
        if self._stopping:
            raise _Stop
        self.done, self.total, self.name = done, total, name
        self.tell(done, total, name, self.background)


class _Stop(BaseException):
    """The server ends."""


def _precision(run):
    return run.config.get("precision", "float32")
