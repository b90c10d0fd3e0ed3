"""What the figures were measured on, and whether this is the full measurement or a quick look."""
import os
import platform
from pathlib import Path

QUICK = "PLAYGROUND_BENCH_QUICK"


def cpu():
    """The processor's name and how many of it."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} processors"


def load():
    """How busy the machine was in the last minute and five, in words; figures mean little on a busy one."""
    try:
        return "load {:.1f} in the last minute, {:.1f} in five".format(*os.getloadavg()[:2])
    except (OSError, AttributeError):
        return "load unknown"


def pace(full, quick):
    """`full`, or `quick` where only a quick look was asked for."""
    return quick if os.environ.get(QUICK) else full
