"""A second process that helps to compile: it takes the kernels from the last to the first until both meet.

Numba compiles under one lock, so threads would not help.  Both write to the same cache, in which whoever comes to a kernel
that the other has finished finds it.  The second says how many it has, so that the first waits for the one they meet at
rather than making it a second time.  Where no process can be started, the first does all of it by itself.

    python -m server.ahead < {"config": {...}, "precision": "float32"}
"""
import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

ALONE = 0.25                  # seconds that the first kernel may take before it is worth calling for help
FEWEST = 4                    # kernels left for which it is
PATIENCE = 20.0               # seconds to wait for one kernel of the other's


class Helper:
    """The second process.

    made    how many kernels it has, from the end; None once it has ended, one way or another
    """

    def __init__(self, child):
        self.child, self.made, self._news = child, 0, threading.Condition()
        threading.Thread(target=self._listen, name="helper", daemon=True).start()

    def _listen(self):
        with contextlib.suppress(ValueError, OSError), self.child.stdout:
            for line in self.child.stdout:
                self._hear(int(line))
        self._hear(None)

    def _hear(self, made):
        with self._news:
            self.made = made
            self._news.notify_all()

    def at(self, place, total):
        """Wait while it is making the kernel that has this place among all."""
        with self._news:
            self._news.wait_for(lambda: self.made is None or total - 1 - self.made != place, PATIENCE)

    def stop(self):
        """It is not needed any more."""
        self.child.kill()
        self.child.wait()


def start(config, precision):
    """A Helper, or None where there is a single processor or no process can be started."""
    if (os.cpu_count() or 1) < 2:
        return None
    try:
        child = subprocess.Popen([sys.executable, "-m", "server.ahead"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH")]))})
    except OSError:
        return None
    with contextlib.suppress(OSError):
        child.stdin.write(json.dumps({"config": config, "precision": precision}).encode())
        child.stdin.close()
    return Helper(child)


def main():
    """Compile what standard input asks for, backwards, and say before each kernel how many there are."""
    from engine import Run, compile_kernels
    asked = json.load(sys.stdin)
    compile_kernels(Run(asked["config"]), lambda done, total, name: print(done, flush=True), precision=asked["precision"], backwards=True)


if __name__ == "__main__":
    main()
