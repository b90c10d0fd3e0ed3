"""An activation's value and slope at any points, by its own kernels: what saturation, dead neurons and the curve are read from."""
from functools import lru_cache

import numpy as np

from . import execute
from .jit import CLOCK, COLUMNS, KNOBS, address


def value_and_slope(record, z, knobs=None, learned=None):
    """f(z) and f'(z) for an array z (rows, width), in its own precision; `learned` holds PReLU's slope and the like."""
    z = np.ascontiguousarray(z if z.ndim == 2 else z.reshape(len(z), -1))
    sizes = [z.shape] + [(1,)] * len(record.parameters) + [z.shape]
    counts = [int(np.prod(shape)) for shape in sizes]
    starts = np.cumsum([0, *counts, *counts])
    arena, pairs = np.zeros(starts[-1], z.dtype), len(sizes)
    arena[:counts[0]] = z.ravel()
    arena[starts[1]:starts[pairs - 1]] = list({**record.parameters, **(learned or {})}.values())
    arena[starts[2 * pairs - 1]:] = 1                              # dy
    table = np.ones((1, 2 * pairs + 2, COLUMNS), np.int64)
    for j, shape in enumerate(sizes * 2):
        table[0, j, 0] = starts[j]
        table[0, j, 2:2 + len(shape)] = shape
    table[0, KNOBS:] = 0
    values = [float({**record.defaults(), **(knobs or {})}[k]) for k in record.knobs]
    table[0, KNOBS, :len(values)] = np.array(values, np.float64).view(np.int64)
    table[0, CLOCK, 3] = len(z)
    for kernel in (record.forward, record.backward):
        execute.once(np.array([address(kernel, z.dtype.name)], np.uintp), arena, table, 0, 1)
    y = arena[starts[pairs - 1]:starts[pairs]].reshape(z.shape)
    return y.copy(), arena[starts[pairs]:starts[pairs + 1]].reshape(z.shape).copy()


def derivative(record, z, run, layer):
    """f'(z) with the knobs and learned numbers that this layer of the run has."""
    node = next((n for n in run.assembly.graph.nodes if n.name == f"{layer}.{record.name}"), None)
    knobs = dict(zip(record.knobs, node.knobs)) if node else None
    learned = {name: run.assembly.program.view(run.arena, f"{layer}.{name}", 0)[0] for name in record.parameters}
    return value_and_slope(record, z, knobs, learned)[1]


@lru_cache
def steepest(record_name, precision="float64"):
    """The largest slope of an activation between −10 and 10, by its kernels of that precision."""
    from .registry import activations
    z = np.linspace(-10, 10, 2001, dtype=precision)[:, None]
    return float(np.abs(value_and_slope(activations.get(record_name, "activation"), z)[1]).max())
