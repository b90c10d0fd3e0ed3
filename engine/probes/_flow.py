"""What flows from layer to layer, so that a piece of the network can be run by itself."""
import numpy as np

from .. import execute
from ..assembly import Assembly


class Pieces:
    """A float64 copy of a run in use (no dropout, running statistics), of which single layers can be run on any values."""

    def __init__(self, run):
        self.made = Assembly({**run.config, "precision": "float64"}, run.assembly.arrays)
        self.program = program = self.made.predicting
        self.arena = self.made.fresh_arena(program)
        source = run.assembly.predicting
        for parameter in (*program.parameters, *program.statistics):
            program.view(self.arena, parameter.name, 0)[...] = source.view(run.arena, parameter.name, 0)
        names = [instruction.name for instruction in program.forward[:-1]]
        nodes = self.made.graph.nodes
        self.layers = [layer["name"] for layer in run.layers]
        firsts = [next(q for q, name in enumerate(names) if name.split(".")[0] == layer) for layer in self.layers]
        self.spans = dict(zip(self.layers, zip(firsts, [*firsts[1:], len(names)])))
        self.inflow = {layer: nodes[first].operands[0] for layer, first in zip(self.layers, firsts)}
        self.outflow = dict(zip(self.layers, [*(self.inflow[layer] for layer in self.layers[1:]), program.output]))

    def feed(self, x):
        """Run network inputs x (n, inputs) through everything; the values stay to be read with `view`."""
        self.program.view(self.arena, "input", len(x))[...] = x
        self._run(len(x), 0, len(self.program.forward) - 1)

    def view(self, tensor, rows):
        return self.program.view(self.arena, tensor.name, rows)

    def layer(self, name, values):
        """What layer `name` makes of values (n, ...) that flow into it: (n, numbers)."""
        self.view(self.inflow[name], len(values))[...] = values
        self._run(len(values), *self.spans[name])
        return self.view(self.outflow[name], len(values)).reshape(len(values), -1).copy()

    def _run(self, rows, first, last):
        execute.once(self.made.addresses_of(self.program), self.arena, self.program.table(rows, self.made.seed), first, last)


def jacobian(pieces, layer, value, epsilon=1e-5, chunk=120):
    """∂ outflow / ∂ inflow of a layer at one value (...): (outputs, inputs), by central differences in float64."""
    flat = value.reshape(-1)
    columns = []
    for start in range(0, flat.size, chunk):
        moves = epsilon * np.eye(flat.size)[start:start + chunk]
        both = np.concatenate([flat + moves, flat - moves]).reshape(-1, *value.shape)
        ends = pieces.layer(layer, both)
        columns.append((ends[:len(moves)] - ends[len(moves):]) / (2 * epsilon))
    return np.concatenate(columns).T
