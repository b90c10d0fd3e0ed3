"""Carrying a run's memory over to another program: every weight that still fits stays, with what the optimizer knows of it."""
from . import early_stopping, execute


def carry_over(before, old, after, new, counters):
    """Fill the arena `new` of assembly `after` from the arena `old` of assembly `before`.

    A parameter of the same name keeps its top-left block; its new numbers start as a new run's would.
    Optimizer slots go with their parameters while the optimizer stays the same; otherwise it begins anew.
    """
    same_optimizer = before.optimizer is after.optimizer
    if not same_optimizer:
        counters[execute.SINCE] = counters[execute.STEP]
    prefixes = ["", "d."] + [f"{slot}." for slot in after.optimizer.slots if same_optimizer]
    for parameter in after.program.parameters:
        name = parameter.name
        after.program.view(new, name, 0)[...] = after.start(parameter)
        if name in before.program.names:
            for prefix in prefixes:
                _block(before.program.view(old, prefix + name, 0), after.program.view(new, prefix + name, 0))
    _block(before.program.view(old, "rate", 0), after.program.view(new, "rate", 0))
    for statistic in after.program.statistics:
        after.program.view(new, statistic.name, 0)[...] = statistic.start
        if statistic.role == "statistic" and statistic.name in before.program.names:
            _block(before.program.view(old, statistic.name, 0), after.program.view(new, statistic.name, 0))
    if before.config["schedule"]["name"] == after.config["schedule"]["name"]:
        _block(before.program.view(old, "memory", 0), after.program.view(new, "memory", 0))
    early_stopping.carry(before, old, after, new)
    _carry_values(before, old, after, new)
    counters[execute.BATCH] = after.batch
    counters[execute.ROWS] = min(counters[execute.ROWS], after.batch)
    if not same_rows(before, after) or after.optimizer.whole:
        # an epoch in progress is over other rows than these, or its rest is not the whole set: the next begins
        counters[execute.EPOCH] += counters[execute.POSITION] > 0
        counters[execute.POSITION] = 0


def _block(source, target):
    cut = tuple(slice(0, min(a, b)) for a, b in zip(source.shape, target.shape))
    target[cut] = source[cut]


def _carry_values(before, old, after, new):
    """Values of the last batch stay to be seen where their shapes are the same."""
    rows = min(before.batch, after.batch)
    for name, tensor in after.program.names.items():
        twin = before.program.names.get(name)
        if twin is not None and twin.shape == tensor.shape and tensor.shape[:1] == ("N",):
            after.program.view(new, name, rows)[...] = before.program.view(old, name, rows)
    after.program.view(new, "loss", 0)[...] = before.program.view(old, "loss", 0)


def same_rows(before, after):
    """Whether both train on the same number of rows of the same data."""
    return before.data is after.data or (len(before.x) == len(after.x) and before.config["data"] == after.config["data"])
