"""A second process that helps to compile: it takes the kernels from the last to the first until both meet.

Numba compiles under one lock, so threads would not help.  Both write to the same cache, in which whoever comes to a kernel
that the other has finished finds it; so they need not talk to each other.  Where no process can be started, the first does
all of it by itself.

    python -m server.ahead < {"config": {...}, "precision": "float32"}
"""
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

ALONE = 0.25                  # seconds that the first kernel may take before it is worth calling for help
FEWEST = 4                    # kernels left for which it is


def start(config, precision):
    """The process, or None where there is a single processor or none can be started."""
    if (os.cpu_count() or 1) < 2:
        return None
    try:
        child = subprocess.Popen([sys.executable, "-m", "server.ahead"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH")]))})
    except OSError:
        return None
    with contextlib.suppress(OSError):
        child.stdin.write(json.dumps({"config": config, "precision": precision}).encode())
        child.stdin.close()
    return child


def stop(child):
    """It is not needed any more."""
    if child is not None:
        child.kill()
        child.wait()


def main():
    """Compile what standard input asks for, backwards."""
    from engine import Run, compile_kernels
    asked = json.load(sys.stdin)
    compile_kernels(Run(asked["config"]), precision=asked["precision"], backwards=True)


if __name__ == "__main__":
    main()
