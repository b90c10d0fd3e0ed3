"""What the turns of sessions give to the event loop, taken there in one go every few milliseconds.

Waking a loop from a worker costs the worker its hold on the interpreter, and it gets it back only after the loop has
done all it was woken for: with fifty sessions a quarter of the workers' time.  So the loop is woken once, comes by itself
while there is something, and has to be woken again only after it found nothing.
"""
import logging
import threading

log = logging.getLogger("playground")

EVERY = 0.002                 # seconds between two looks of the loop


class Post:
    """From worker threads to the event loop.

    loop    gives the loop, once there is one
    """

    def __init__(self, loop):
        self._loop, self._lock = loop, threading.Lock()
        self._waiting, self._coming = [], False

    def put(self, out):
        """From any thread: these (function, *arguments) are called on the loop, in order."""
        with self._lock:
            self._waiting.append(out)
            wake, self._coming = not self._coming, True
        if wake:
            try:
                self._loop().call_soon_threadsafe(self._take)
            except RuntimeError:                          # the loop has ended; so has everybody it would tell
                pass

    def _take(self):
        with self._lock:
            taken, self._waiting = self._waiting, []
            self._coming = bool(taken)
        if taken:
            self._loop().call_later(EVERY, self._take)
        for out in taken:
            for function, *arguments in out:
                try:
                    function(*arguments)
                except Exception:                         # one client's fault is not the next one's
                    log.exception("a delivery failed")
