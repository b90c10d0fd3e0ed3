"""The first compile of every model, each with an empty cache in a process of its own; and loading it from there."""
import contextlib
import os
import subprocess
import sys
import tempfile
import time

from engine import EngineError, Run
from engine.registry import datasets, models

from .host import ROOT
from .table import Row

FIRST, LOADED = 15.0, 3.0
# As the server does it (server/warm.py), for what a session needs to train and to be drawn.
WORK = """
import sys, time
from engine import Run, compile_kernels, kernels_of
from server import ahead
from server.warm import Warm
run = Run({"data": {"name": sys.argv[2]}, "model": {"name": sys.argv[1]}})
count, began = [], time.perf_counter()
Warm(compile_kernels, kernels_of, lambda done, total, name, background: count.append(total), ahead)._make(run)
print(time.perf_counter() - began, count[-1])
"""


def rows():
    """The section's rows."""
    made = []
    for name in models.names():
        data = _data_for(name)
        with tempfile.TemporaryDirectory() as cache:
            first, count = _once(name, data, cache)
            again, _ = _once(name, data, cache)
        made.append(Row(f"first compile of {name} on {data}", f"≤ {FIRST:g} s; from the cache ≤ {LOADED:g} s",
                        f"{first:.1f} s ({count} kernels and loops); {again:.2f} s", first <= FIRST and again <= LOADED))
    return made


def _data_for(name):
    """The data that take this model by themselves, else the first that it can serve."""
    for record in sorted(datasets, key=lambda record: record.model != name):
        with contextlib.suppress(EngineError):
            Run({"data": {"name": record.name}, "model": {"name": name}})
            return record.name


def _once(name, data, cache):
    """(seconds of the wall clock, kernels)"""
    environment = {**os.environ, "NEURAL_PLAYGROUND_CACHE": cache}
    said = subprocess.run([sys.executable, "-c", WORK, name, data], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    seconds, count = said.stdout.split()
    time.sleep(0.2)
    return float(seconds), int(count)
