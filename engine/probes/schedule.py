"""The learning rate of every step to come, from the schedule's own kernel.

A schedule that looks at the loss (reduce on plateau) cannot be known before: then only the base rate is told.
"""
import numpy as np

from .. import execute
from ..graph import Tensor
from ..jit import CLOCK, COLUMNS, KNOBS, address
from ..knob import Knob
from ..registry import Probe, schedules

SPOKEN = 750                             # steps a schedule is taken to speak of where it names none
TIMES = 4                                # as often what it speaks of is looked at
MARGIN = 1.25                            # beyond the last change


def horizon(run, settings, plan):
    """How many steps to show: until the rate stays as it is, or a few of its rounds; and what has been made."""
    record = schedules.get(settings["name"], "schedule.name")
    far = TIMES * max([settings[name] for name, knob in record.knobs.items() if knob.unit == "steps"], default=SPOKEN)
    steps = np.linspace(0, far, 200).round().astype(int)
    moves = np.flatnonzero(np.diff(plan(steps))) if record.slots == 0 else []
    until = MARGIN * steps[moves[-1] + 1] if len(moves) else far
    return int(max(min(far, until), 1.2 * run.step, 200))


def measure(run, options):
    """`step` int32 (n,), `rate` float32 (n,): the rate of each of these steps; meta known, base, last: the step shown last."""
    settings = run.config["schedule"]
    record, base = schedules.get(settings["name"], "schedule.name"), run.config["optimizer"]["learning_rate"]
    plan = lambda steps: rates(run, record, settings, base, steps)
    last = options["last"] or horizon(run, settings, plan)
    steps = np.unique(np.linspace(0, last, options["points"]).round().astype(int))
    known = record.slots == 0
    return {"step": steps.astype(np.int32), "rate": plan(steps) if known else np.full(len(steps), base, np.float32),
            "known": known, "base": base, "last": int(last), "name": record.name, "title": record.title}


def rates(run, record, settings, base, steps):
    """The kernel's answer at each of the steps."""
    arena, table = np.zeros(48, run.assembly.precision), np.ones((1, 5, COLUMNS), np.int64)
    for row, tensor in enumerate((Tensor("rate", (1,)), Tensor("loss", (1,)), Tensor("memory", (1,)))):
        table[0, row, 0] = 16 * row
    knobs = [base, *(float(value) for name, value in settings.items() if name != "name")]
    table[0, KNOBS], table[0, CLOCK] = 0, 0
    table[0, KNOBS, :len(knobs)] = np.array(knobs).view(np.int64)
    addresses = np.array([address(record.rate, run.assembly.precision.name)], np.uintp)
    found = np.empty(len(steps), np.float32)
    for k, step in enumerate(steps):
        table[0, CLOCK, 0] = step
        execute.once(addresses, arena, table, 0, 1)
        found[k] = arena[0]
    return found


RECORD = Probe("schedule", "The learning rate of every step to come, as the schedule plans it.", measure=measure,
               knobs={"last": Knob(None, 1, 10**7, kind="integer", optional=True, help="The last step shown; null: all that the schedule speaks of."),
                      "points": Knob(400, 10, 4000, kind="integer", help="How many steps are told.")})
