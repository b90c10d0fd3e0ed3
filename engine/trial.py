"""A batch taken forward, backward and through an update in a copy of a run's memory, so that it can be looked at."""
import numpy as np

from . import execute
from .carry import carry_over


class Trial:
    """A batch taken forward and backward in a copy of a run's memory: the run itself does not move.

    rows      numbers of the training rows that make the batch; the next batch's where left out
    assembly  another assembly of the same network, to look with another precision
    """

    def __init__(self, run, rows=None, assembly=None):
        made = assembly or run.assembly.uncut
        self.run, self.program, self.assembly = run, made.program, made
        self.rows = next_rows(run) if rows is None else np.asarray(rows, np.int64)
        if made is run.assembly:
            self.arena = run.arena.copy()
        elif assembly is None:                           # a run that does not keep all values: they are kept here
            self.arena = made.fresh_arena()
            carry_over(run.assembly, run.arena, made, self.arena, run.counters.copy())
        else:                                            # another precision: only the parameters are taken over
            self.arena = made.fresh_arena()
            self.arena[:self.program.state_count] = run.arena[:self.program.state_count]
        self.table = made.tables(made.program, len(self.rows)).copy()
        self.table[:, -1, 0] = run.step
        self.table[:, -1, 4] = run.step - run.counters[execute.SINCE]
        for tensor, source in ((made.program.input, made.x), (made.program.target, made.y)):
            made.program.view(self.arena, tensor.name, len(self.rows))[...] = source[self.rows]
        self.backward_end = len(made.program.forward) + sum(i.name.startswith("d.") for i in made.program.rest)

    def forward(self):
        """The loss of the batch."""
        execute.once(self.assembly.addresses, self.arena, self.table, 0, len(self.program.forward))
        return float(self.view("loss")[0])

    def backward(self, penalties=True):
        """Loss and gradients, with the penalties' share unless it is left out; no update."""
        loss = self.forward()
        stop = self.backward_end + (penalties and any(i.name == "penalty" for i in self.program.rest))
        execute.once(self.assembly.addresses, self.arena, self.table, len(self.program.forward), stop)
        return loss

    def update(self):
        """Penalties, clipping, schedule and optimizer, after `backward`: the step the run would make."""
        stop = self.backward_end + any(i.name == "penalty" for i in self.program.rest)
        execute.once(self.assembly.addresses, self.arena, self.table, stop, len(self.program.instructions))

    def penalised(self):
        """The loss plus all penalties: what run.gradients are the slopes of."""
        w = self.program.view(self.arena, "weights", 0).astype(np.float64)
        own = self.run.config["regularization"]
        loss = self.forward() + sum(float(self.view(tensor.name)[0]) for tensor in self.program.graph.penalties)
        return loss + own["l1"] * np.abs(w).sum() + 0.5 * own["l2"] * (w ** 2).sum()

    def view(self, name):
        """A tensor of the trial."""
        return self.program.view(self.arena, name, len(self.rows))


def next_rows(run):
    """The numbers of the training rows in the batch that comes next."""
    made, position = run.assembly, int(run.counters[execute.POSITION])
    order = np.arange(len(made.x))
    execute.permutation(order, run.counters[execute.SEED], run.counters[execute.EPOCH])
    return order[position:position + made.batch]
