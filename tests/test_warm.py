"""Compiling ahead: the first lab and its menus at the start, every other model when somebody first asks for it."""
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine import Run, compile_kernels, kernels_of
from engine.compiling import LOOPS
from engine.registry import activations, landscapes, losses, optimizers, schedules
from engine.shared import shared_by
from server import ahead
from server.warm import Warm
from tests.live import wait_for


def named(kernels):
    return {kernel for _, kernel in kernels}


def test_the_menus_of_a_lab_are_ready_and_no_other_model_is():
    run = Run({})
    offered = named(kernels_of(run, choices=True))
    assert named(kernels_of(run)) < offered < named(kernels_of())
    for registry, part in ((activations, "backward"), (optimizers, "update"), (schedules, "rate")):
        assert {getattr(record, part) for record in registry} <= offered
    assert {record.backward for record in losses if "binary" in record.tasks} <= offered
    other = Run({"data": {"name": "digits"}, "model": {"name": "cnn"}})
    assert not named(kernels_of(other)) <= offered


class Compiler:
    """Stands for the engine's: it notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, run, progress, precision=None, choices=False):
        kernels = kernels_of(run, choices)
        self.asked.append((run.config["model"]["name"], choices, precision or "float32"))
        for done, (name, _) in enumerate(kernels):
            progress(done, len(kernels), name)
        progress(len(kernels), len(kernels), "ready")


def test_another_model_is_compiled_when_it_is_first_wanted_with_progress():
    compiler, told = Compiler(), []
    warm = Warm(compiler, kernels_of, lambda done, total, name, background: told.append((done, total, background)))
    warm.start(lambda: Run({}))
    try:
        wait_for(lambda: warm.ready)
        assert compiler.asked == [("mlp", False, "float32"), ("mlp", True, "float32")]
        assert warm.want(Run({"model": {"activation": "gelu"}, "optimizer": "lion"}), None), "the menus' choices are there"
        run, done = Run({"data": {"name": "echo"}}), threading.Event()
        told.clear()
        assert not warm.want(run, done.set) and done.wait(60)
        assert compiler.asked[2:] == [("recurrent", False, "float32")] and warm.want(run, None)
        assert told and not any(background for _, _, background in told) and told[-1][0] == told[-1][1]
        done.clear()
        assert not warm.want(run, done.set, "float64") and done.wait(60), "a probe that measures in float64 needs them once more"
        assert compiler.asked[3:] == [("recurrent", False, "float64")] and warm.want(run, None, "float64")
    finally:
        warm.stop()


def test_compiling_a_run_with_choices_counts_what_there_is():
    run, told = Run({}), []
    total = compile_kernels(run, lambda done, total, name: told.append(done), choices=True)
    kernels = [kernel for _, kernel in kernels_of(run, choices=True)]
    assert total == len(shared_by(*kernels)) + len(kernels) + 2 * len(landscapes.names()) + len(LOOPS) and told == list(range(total + 1))


class Helper:
    """Stands for the second process."""
    ALONE, FEWEST = 0.01, 2

    def __init__(self):
        self.started, self.asked, self.stopped = [], [], 0

    def start(self, config, precision):
        self.started.append((config["model"]["name"], precision))
        return self

    def at(self, place, total):
        self.asked.append(place)

    def stop(self):
        self.stopped += 1


class Slow:
    """A compiler whose first kernel takes long, as where nothing is in the cache."""

    def __init__(self, seconds, kernels=6):
        self.seconds, self.kernels = seconds, kernels

    def __call__(self, run, progress, precision=None, choices=False):
        for done in range(self.kernels):
            progress(done, self.kernels, f"kernel {done}")
            time.sleep(0 if done else self.seconds)
        progress(self.kernels, self.kernels, "ready")


@pytest.mark.parametrize("seconds, kernels, helped", [(0.03, 6, True), (0.0, 6, False), (0.03, 3, False)])
def test_help_is_called_once_and_only_where_it_is_worth_it(seconds, kernels, helped):
    helper = Helper()
    Warm(Slow(seconds, kernels), kernels_of, helper=helper)._make(Run({}))
    assert helper.started == [("mlp", "float32")] * helped and helper.stopped == helped
    assert helper.asked == list(range(1, kernels + 1)) * helped, "before each kernel, whether the other is at it"


def test_the_kernel_that_both_meet_at_is_made_once():
    """The other process has one kernel of four and is at the second from the end: whoever comes there waits until it is through."""
    script = "import sys; [print(line, end='', flush=True) for line in sys.stdin]"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    helper, through = ahead.Helper(child), []

    def say(made):
        child.stdin.write(b"%d\n" % made)
        child.stdin.flush()
        wait_for(lambda: helper.made == made, "the other's word")

    say(1)
    helper.at(1, 4)                       # not there yet: nobody waits
    waiting = threading.Thread(target=lambda: (helper.at(2, 4), through.append(helper.made)))
    waiting.start()
    time.sleep(0.05)
    assert waiting.is_alive() and not through
    say(2)
    waiting.join(10)
    assert through == [2]
    last = threading.Thread(target=lambda: helper.at(1, 4))
    last.start()
    helper.stop()                         # one that ends is waited for no longer
    last.join(10)
    assert not last.is_alive() and helper.made is None


def test_the_second_process_fills_the_cache_that_the_first_one_reads(tmp_path):
    """A network of one layer, in a cache of its own: afterwards every kernel is there, although this process compiled none."""
    config, found = {"model": {"name": "mlp", "hidden": []}, "data": {"name": "plane"}}, Path(tmp_path)
    child = subprocess.Popen([sys.executable, "-m", "server.ahead"], stdin=subprocess.PIPE, env={**os.environ, "NEURAL_PLAYGROUND_CACHE": str(found)})
    child.communicate(json.dumps({"config": config, "precision": "float32"}).encode(), 300)
    names = {path.name.split(".")[0] for path in found.rglob("*.nbi")}
    assert child.returncode == 0 and {"execute", "maps", "dense", "mse"} <= names, names


def test_without_a_second_processor_or_a_way_to_start_it_nobody_helps(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert ahead.start({}, "float32") is None
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: (_ for _ in ()).throw(OSError("no")))
    assert ahead.start({}, "float32") is None
