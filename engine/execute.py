"""The compiled loops: many whole training steps, or a forward pass over many rows, without the interpreter.

`counters` is the run's memory of where it is (int64):
    STEP steps made · EPOCH epochs finished · POSITION rows of this epoch used · STATUS 0 fine, 1 not finite
    SINCE step at which the present optimizer began · SEED · BATCH rows a batch · ROWS rows of the last batch
"""
import numpy as np

from .jit import borrowed, call, compiled, helper
from .random import permutation

STEP, EPOCH, POSITION, STATUS, SINCE, SEED, BATCH, ROWS = range(8)
TRACE = 1024                             # losses of the last steps that are kept


@compiled
def gather(arena, offset, source, order, start, rows):
    """Copy `rows` rows of `source`, in the order of `order` from `start` on, to arena[offset:]."""
    columns = source.shape[1]
    for i in range(rows):
        row = order[start + i]
        for j in range(columns):
            arena[offset + i * columns + j] = source[row, j]


@helper
def is_due(t):
    """Whether an instruction runs in this step: those that run every k-th step do so at age 0, k, 2k, …"""
    return t[-1, 5] <= 1 or t[-1, 4] % t[-1, 5] == 0


@compiled
def once(addresses, arena, table, first, last):
    """Run the instructions first .. last-1 a single time."""
    arena, table = borrowed(arena), borrowed(table)
    for q in range(first, last):
        if is_due(table[q]):
            call(addresses[q], arena, table[q])


@compiled
def walk(addresses, arena, table, first, last, path):
    """Run all instructions once a row of `path`, which keeps the beginning of the arena as it is before instruction `first`.

    The last row is not followed by the instructions first … last − 1: it is where the walk ends.
    """
    arena, table = borrowed(arena), borrowed(table)
    for k in range(path.shape[0]):
        for q in range(addresses.size):
            table[q, -1, 0] = table[q, -1, 4] = k
        for q in range(first):
            call(addresses[q], arena, table[q])
        path[k] = arena[:path.shape[1]]
        if k + 1 < path.shape[0]:
            for q in range(first, last):
                call(addresses[q], arena, table[q])


@compiled
def train(addresses, arena, full, rest, forward, counters, order, x, y, places, trace, steps):
    """Make up to `steps` training steps and give the number made; stops before a backward pass from a loss that is not finite.

    full, rest   operand tables for a full batch and for the last, smaller one of an epoch
    forward      how many instructions come before the backward pass
    places       offsets in the arena of the input, the target and the loss
    """
    arena, full, rest = borrowed(arena), borrowed(full), borrowed(rest)
    n, batch = x.shape[0], counters[BATCH]
    for made in range(steps):
        if counters[POSITION] == 0:
            permutation(order, counters[SEED], counters[EPOCH])
        rows = min(batch, n - counters[POSITION])
        counters[ROWS] = rows
        table = full if rows == batch else rest
        gather(arena, places[0], x, order, counters[POSITION], rows)
        gather(arena, places[1], y, order, counters[POSITION], rows)
        for q in range(addresses.size):
            table[q, -1, 0] = counters[STEP]
            table[q, -1, 4] = counters[STEP] - counters[SINCE]
        for q in range(forward):
            call(addresses[q], arena, table[q])
        loss = arena[places[2]]
        trace[counters[STEP] % trace.size] = loss
        if not np.isfinite(loss):
            counters[STATUS] = 1
            return made
        for q in range(forward, addresses.size):
            if is_due(table[q]):
                call(addresses[q], arena, table[q])
        counters[STEP] += 1
        counters[POSITION] += rows
        if counters[POSITION] >= n:
            counters[POSITION] = 0
            counters[EPOCH] += 1
    return steps


@compiled
def forward(addresses, arena, full, rest, x, y, places, chunk, wanted, out):
    """Run every row of x through the network in inference, and give the mean loss.

    wanted       int64 (tensors, 3): offset in the arena, columns, offset in `out`
    out          one flat array that the wanted tensors are copied to, each as (n, columns)
    """
    arena, full, rest = borrowed(arena), borrowed(full), borrowed(rest)
    n, total = x.shape[0], 0.0
    for start in range(0, n, chunk):
        rows = min(chunk, n - start)
        table = full if rows == chunk else rest
        for i in range(rows):
            for j in range(x.shape[1]):
                arena[places[0] + i * x.shape[1] + j] = x[start + i, j]
            for j in range(y.shape[1]):
                arena[places[1] + i * y.shape[1] + j] = y[start + i, j]
        for q in range(addresses.size):
            call(addresses[q], arena, table[q])
        total += arena[places[2]] * rows
        for k in range(wanted.shape[0]):
            source, columns, target = wanted[k]
            for i in range(rows * columns):
                out[target + start * columns + i] = arena[source + i]
    return total / max(n, 1)
