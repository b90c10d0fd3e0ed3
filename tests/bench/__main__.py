"""python -m tests.bench [--quick] [training] [images] [sequences] [attention] [compiling] [start] [server] [page] [labs]: all sections, or those named.

--quick measures with fewer things for a shorter time: to see whether it works, not how good it is.
"""
import importlib
import os
import subprocess
import sys

from .machine import QUICK, cpu, load
from .table import show

SECTIONS = {"training": "Training steps", "images": "Pictures and depth", "sequences": "Sequences", "attention": "Attention", "compiling": "Compiling", "start": "Starting",
            "server": "Server", "page": "Page", "labs": "Labs"}


def main(names):
    """Print the chosen sections; exit code 1 where something was missed."""
    quick = [name for name in names if name == "--quick"]
    names = [name for name in names if name != "--quick"] or list(SECTIONS)
    for name in names:
        if name not in SECTIONS:
            sys.exit(f"There is no section {name!r}: " + ", ".join(SECTIONS))
    if len(names) > 1:                       # each in a process of its own: libraries keep what the first section told them of threads
        ends = [subprocess.run([sys.executable, "-m", __package__, name, *quick]).returncode for name in names]
        return int(any(ends))
    if quick:
        os.environ[QUICK] = "1"
    print(f"{cpu()}; {load()}", flush=True)
    rows = importlib.import_module(f"{__package__}.{names[0]}").rows()
    show(f"{SECTIONS[names[0]]} ({load()})", rows)
    return int(any(row.reached is False for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
