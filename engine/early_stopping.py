"""Early stopping: after each epoch the loss on the rows kept from training is measured, and the best weights are kept.

Those are the validation rows where there are any (data.validation_share), or else the test rows; the test loss then is
no fair measure any more of how well unseen rows will be done, since the weights were chosen by it.

Where it has not become better by `least` for `patience` epochs, training ends and the best weights are put back.
All it remembers lies in the run's arena, so it goes back, forward, into snapshots and forks with everything else:

    best           a copy of parameters and statistics
    best.record    how many measurements · the lowest loss · its epoch · epochs since then · 1 once it has ended
"""
import math

from . import execute
from .errors import BadSetting
from .graph import Tensor
from .knob import Knob

KNOBS = {
    "patience": Knob(5, 1, 10**6, kind="integer", title="Patience", help="After how many epochs without a better loss training ends."),
    "least": Knob(0.0, 0.0, 1e6, title="Least gain", help="By how much the loss must be lower to count as better."),
}
COUNT, LOWEST, EPOCH, SINCE, ENDED = range(5)


def place(program):
    """Room in a program's arena."""
    program.put(Tensor("best", (program.state_count,)))
    program.put(Tensor("best.record", (5,)))


def need_test_rows(assembly):
    """Errors: BadSetting where there is nothing to measure on."""
    if assembly.config["early_stopping"] is not None and len(watched(assembly)[0]) == 0:
        raise BadSetting("early_stopping", "null where no rows are kept from training", "a patience",
                         "Raise data.validation_share or data.test_share.")


def watched(assembly):
    """Inputs and targets of the rows it is measured on."""
    return (assembly.x_validation, assembly.y_validation) if len(assembly.x_validation) else (assembly.x_test, assembly.y_test)


def record_of(run):
    """The five numbers of a run's record, or None where it is trained without."""
    if run.config["early_stopping"] is None:
        return None
    return run.assembly.program.view(run.arena, "best.record", 0)


def ended(run):
    """Whether training has ended with the best weights."""
    record = record_of(run)
    return record is not None and bool(record[ENDED])


def steps_to_check(run):
    """How many steps until the next measurement."""
    return 2**62 if run.config["early_stopping"] is None else run.steps_left_in_epoch


def check(run):
    """At the end of an epoch: measure, keep the weights if they are the best so far, end where patience is over."""
    settings, record = run.config["early_stopping"], record_of(run)
    if settings is None or run.counters[execute.POSITION] != 0 or run.divergence is not None:
        return
    made, program = run.assembly, run.assembly.program
    loss = made.precision.type(run.measured_loss(*watched(made)))
    state, best = run.arena[:program.state_count], program.view(run.arena, "best", 0)
    if math.isfinite(loss) and (record[EPOCH] == 0 or loss < record[LOWEST] - settings["least"]):
        best[...] = state
        record[LOWEST], record[EPOCH], record[SINCE] = loss, run.epoch, 0
    else:
        record[SINCE] += 1
    record[COUNT] += 1
    if record[SINCE] >= settings["patience"] and record[EPOCH] > 0:
        state[...] = best
        record[ENDED] = 1


def describe(run):
    """{loss, epoch, since, ended} of the best so far, or None."""
    record = record_of(run)
    if record is None or record[EPOCH] == 0:
        return None
    return {"loss": float(record[LOWEST]), "epoch": int(record[EPOCH]), "since": int(record[SINCE]), "ended": bool(record[ENDED])}


def carry(before, old, after, new):
    """Take the record along to a changed program of the same parameters; a change gives it new patience."""
    if before.config["early_stopping"] is None or after.config["early_stopping"] is None or \
            before.program.state_count != after.program.state_count or before.data is not after.data:
        return
    for name in ("best", "best.record"):
        after.program.view(new, name, 0)[...] = before.program.view(old, name, 0)
    after.program.view(new, "best.record", 0)[[SINCE, ENDED]] = 0
