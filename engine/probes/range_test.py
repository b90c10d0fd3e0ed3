"""Which learning rate? Train a copy for a moment with a rate that grows from tiny to huge, and look at the loss.

The rate of step k is low · (high / low)^(k / (steps − 1)).  At first nothing happens, then the loss falls, then it
breaks out.  `suggested` is a tenth of the rate at which the smoothed loss is lowest; the run itself does not move.
Source: Smith, 2017.
"""

import numpy as np

from .. import execute
from ..errors import BadSetting
from ..knob import Knob
from ..registry import Probe
from ..trial import Trial

SMOOTH = 0.9                             # share of the average that stays at each step
FIRST = 10                               # steps with rates so small that they only show where the loss begins
BROKEN = 4.0                             # times that: from there on it is no use


def measure(run, options):
    """`rate`, `loss` and `smooth` (float32, as many as were made before it broke); meta suggested, lowest, broken."""
    steps, low, high = options["steps"], options["low"], max(options["high"], options["low"] * 1.001)
    rates = low * (high / low) ** (np.arange(steps) / max(1, steps - 1))
    losses, smooth, average, broken = [], [], 0.0, False
    for k, loss in enumerate(train_with(run, rates)):
        if not np.isfinite(np.float32(loss)):                # it broke in the step before: there is nothing to draw here
            broken = True
            break
        average = SMOOTH * average + (1 - SMOOTH) * loss
        fair = average / (1 - SMOOTH ** (k + 1))
        losses.append(loss)
        smooth.append(fair)
        if k >= FIRST and fair > BROKEN * np.mean(losses[:FIRST]):
            broken = True
            break
    if not losses:
        raise BadSetting("probe", "a run whose loss is finite", "one that diverged", "Go back or reset first.")
    finite = np.array(smooth)
    finite[:min(FIRST, len(finite) - 1)] = np.inf            # an average of few is mostly chance
    best = int(np.argmin(finite))
    return {"rate": rates[:len(losses)].astype(np.float32), "loss": np.array(losses, np.float32), "smooth": np.array(smooth, np.float32),
            "lowest": float(rates[best]), "suggested": float(rates[best] / 10), "broken": float(rates[len(losses) - 1]) if broken else None}


def train_with(run, rates):
    """Train a copy of the run's memory on its next batches, one step with each rate; gives each batch's loss."""
    batch, n = run.assembly.batch, len(run.assembly.x)
    order, epoch, position = np.arange(n), run.epoch, int(run.counters[execute.POSITION])
    execute.permutation(order, run.counters[execute.SEED], epoch)
    trial = Trial(run, order[position:position + batch])
    made = trial.assembly
    schedule = next(q for q, i in enumerate(made.program.instructions) if i.name == "schedule")
    for k, rate in enumerate(rates):
        rows = order[position:position + batch]
        trial.rows, trial.table = rows, made.tables(made.program, len(rows)).copy()
        trial.table[:, -1, 0] = run.step + k
        trial.table[:, -1, 4] = run.step + k - run.counters[execute.SINCE]
        trial.view("input")[...], trial.view("target")[...] = made.x[rows], made.y[rows]
        loss = trial.forward()
        yield loss
        execute.once(made.addresses, trial.arena, trial.table, len(made.program.forward), schedule)
        trial.view("rate")[...] = rate
        execute.once(made.addresses, trial.arena, trial.table, schedule + 1, len(made.program.instructions))
        position += len(rows)
        if position >= n:
            position, epoch = 0, epoch + 1
            execute.permutation(order, run.counters[execute.SEED], epoch)


RECORD = Probe("range_test", "The loss while a copy of the network trains with a learning rate that grows from tiny to huge.",
               measure=measure,
               knobs={"low": Knob(1e-5, 1e-9, 1e3, scale="log", help="The first rate."),
                      "high": Knob(10.0, 1e-8, 1e4, scale="log", help="The last rate."),
                      "steps": Knob(100, 20, 2000, kind="integer", help="How many steps from the first to the last.")})
