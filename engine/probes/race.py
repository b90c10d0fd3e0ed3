"""Optimizers side by side on a surface: the whole path of each, made by the kernels that train networks.

All start at one place and meet the same schedule, clipping and chance.  The run that is asked only lends its precision and seed.
Row k of every array is the moment before step k + 1: where it is, the height and the gradient there, what it remembers so far.
"""
import numpy as np

from ..course import course, finish
from ..errors import BadSetting
from ..knob import Knob
from ..registry import Probe, optimizers, schedules
from ._course import LANDSCAPE, Ground, named, usual

MOST = 64                                # racers of one race
USUAL = [usual(optimizers, name, learning_rate=rate) for name, rate in
         (("gradient_descent", 0.03), ("momentum", 0.006), ("adagrad", 1.0), ("adam", 0.1))]


def place(options, record):
    """The start: two numbers, or the landscape's own.  Errors: BadSetting."""
    start = options["start"]
    if start is None:
        return record.start
    if len(start) != 2 or not all(isinstance(number, float) for number in start):
        raise BadSetting("start", "two numbers, x and y", start)
    return tuple(start)


def measure(run, options):
    """For racer i: `i.position`, `i.gradient` (K + 1, 2), `i.value`, `i.rate` (K + 1,) and `i.SLOT` (K + 1, 2) for each of its slots.

    meta racers: [{name, title, settings, slots, value, height, distance, reached, diverged}]; steps, start, lowest, minima.
    """
    record, settings = landscape = named(options)
    racers = options["optimizers"]
    if not 1 <= len(racers) <= MOST:
        raise BadSetting("optimizers", f"1 to {MOST} of them", len(racers))
    start, minima, ground = place(options, record), record.minima(settings), Ground(landscape)
    lowest = min(ground.value(*spot) for spot in minima)
    clip = None if options["clip"] == "none" else {options["clip"]: options["limit"]}
    arrays, told = {}, []
    for i, racer in enumerate(racers):
        one = course(landscape, racer, options["schedule"], clip, options["noise"])
        walked = one.walk(start, options["steps"], run.assembly.precision.name, run.config["seed"])
        arrays |= {f"{i}.{name}": values.astype(np.float32) for name, values in walked.items()}
        optimizer = optimizers.get(racer["name"], "optimizers")
        told.append({"name": racer["name"], "title": optimizer.title, "settings": racer, "slots": list(optimizer.slots),
                     **finish(walked, minima, lowest)})
    return {**arrays, "racers": told, "steps": options["steps"], "start": list(start), "lowest": lowest, "minima": [list(m) for m in minima],
            "landscape": record.name}


RECORD = Probe("race", "Optimizers side by side on a surface: every step of each, made by the kernels that train networks.", measure=measure,
               knobs={"landscape": LANDSCAPE,
                      "optimizers": Knob(USUAL, kind="records", of="optimizers", help="Who races, each with its settings; 1 to 64 of them."),
                      "start": Knob(None, kind="points", optional=True, help="Where all begin, x and y; null: the surface's own place."),
                      "steps": Knob(200, 1, 5000, kind="integer", help="How many steps each makes."),
                      "schedule": Knob(usual(schedules, "constant"), kind="record", of="schedules", help="How every learning rate changes with the steps."),
                      "clip": Knob("none", kind="choice", choices=("none", "norm", "value"), help="Whether and how gradients are clipped."),
                      "limit": Knob(1.0, 1e-6, 1e6, scale="log", help="Where gradients are clipped."),
                      "noise": Knob(0.0, 0.0, 100.0, help="The spread of the chance added to each number of the gradient, as small batches add it.")})
