"""Maps of neurons over fixed rows: from the present weights to the bytes of a picture in one compiled call.

What does not change from picture to picture (the rows, which columns of which tensors, how outputs are read) is put
together once, in a Maps; drawing it again takes the interpreter a few steps and holds its lock for none of the arithmetic.

    rows → forward pass, chunk by chunk → values (maps, rows) → outputs read → scales → bytes
"""
import numpy as np

from .elementary import exp, tanh
from .jit import borrowed, call, compiled, kernel, like

# How the last maps, the network's outputs, are read; z are logits or values.
AS_THEY_ARE, SIGNED, SHARES, DIFFERENCE, SIGNED_DIFFERENCE = range(5)
NAN = -128                               # the byte that says "not a number"
LEAST = 1e-6                             # the smallest scale


@compiled
def follow(addresses, arena, full, rest, x, place, chunk, wanted, values):
    """Run every row of x through the network; values[k, i] is column wanted[k, 2] of the tensor at wanted[k, 0], in row i.

    wanted   int64 (maps, 3): offset in the arena, columns of the tensor, which of them
    """
    arena, full, rest = borrowed(arena), borrowed(full), borrowed(rest)
    n, inputs = x.shape
    for start in range(0, n, chunk):
        rows = min(chunk, n - start)
        table = full if rows == chunk else rest
        for i in range(rows):
            for j in range(inputs):
                arena[place + i * inputs + j] = x[start + i, j]
        for q in range(addresses.size):
            call(addresses[q], arena, table[q])
        for k in range(wanted.shape[0]):
            source, columns = wanted[k, 0] + wanted[k, 2], wanted[k, 1]
            for i in range(rows):
                values[k, start + i] = arena[source + i * columns]


@kernel
def tanh_of_half(z):
    """2p − 1 for p = 1 / (1 + e**-z), in place."""
    for i in range(z.size):
        z[i] = tanh(like(z, 0.5) * z[i])


@kernel
def exp_of(z):
    """e**z, in place."""
    for i in range(z.size):
        z[i] = exp(z[i])


@compiled
def read(z, way, slope, shift):
    """Outputs z (outputs, n) as they are drawn, in place; the ways that take a difference leave it in row 0."""
    count, n = z.shape
    if way == DIFFERENCE or way == SIGNED_DIFFERENCE:
        for i in range(n):
            z[0, i] = z[1, i] - z[0, i]
    if way == SIGNED or way == SIGNED_DIFFERENCE:
        tanh_of_half(z[0])
    elif way == SHARES:
        for i in range(n):
            top = z[0, i]
            for k in range(1, count):
                top = max(top, z[k, i])
            for k in range(count):
                z[k, i] -= top
        for k in range(count):
            exp_of(z[k])
        for i in range(n):
            total = z[0, i]
            for k in range(1, count):
                total += z[k, i]
            for k in range(count):
                z[k, i] = 2 * (z[k, i] / total) - 1
    elif way == AS_THEY_ARE:
        for k in range(count):
            if slope[k] != 1 or shift[k] != 0:
                for i in range(n):
                    z[k, i] = z[k, i] * slope[k] + shift[k]


@compiled
def reach(values, largest):
    """The largest finite size among values (n,), or `largest` where that is larger."""
    for i in range(values.size):
        size = np.float64(abs(values[i]))
        if size > largest and size < np.inf:
            largest = size
    return largest


@compiled
def to_bytes(values, scale, out):
    """round(127 · value / scale) within ±127; NAN where the value is no number."""
    factor = 127.0 / scale
    for i in range(values.size):
        v = np.rint(np.float64(values[i]) * factor)
        v = 127.0 if v > 127.0 else v
        v = -127.0 if v < -127.0 else v
        out[i] = np.int8(v) if v == v else np.int8(NAN)


@compiled
def paint(addresses, arena, full, rest, x, place, chunk, wanted, outputs, way, slope, shift, group, fixed, values, scales, out):
    """Bytes and scales of all maps.

    outputs         from which map on they are the network's outputs, read in the `way`
    slope, shift    float64 (outputs,): a regression's outputs in the targets' own unit
    group, fixed    int64, float64 (maps,): maps of one group share the scale that holds all their finite values, which is
                    at least `fixed`, 1 where none is finite, and just the size of `fixed` where that is negative
    """
    follow(addresses, arena, full, rest, x, place, chunk, wanted, values)
    if outputs < values.shape[0]:
        read(values[outputs:], way, slope, shift)
    largest = np.full(out.shape[0], -1.0)
    for k in range(out.shape[0]):
        if fixed[k] >= 0:
            largest[group[k]] = reach(values[k], largest[group[k]])
    for k in range(out.shape[0]):
        found = largest[group[k]]
        scales[k] = abs(fixed[k]) if fixed[k] < 0 else max(found, fixed[k]) if found >= 0 else 1.0
        to_bytes(values[k], scales[k], out[k])


@compiled
def decide(addresses, arena, full, rest, x, place, chunk, wanted, values, winner, probability):
    """The likeliest class of every row and round(255 · its probability); 255 and 0 where there is none."""
    follow(addresses, arena, full, rest, x, place, chunk, wanted, values)
    count, n = values.shape
    top = np.empty(n, values.dtype)
    for i in range(n):
        top[i], winner[i] = values[0, i], 0
    for k in range(1, count):
        for i in range(n):
            if values[k, i] > top[i]:
                top[i], winner[i] = values[k, i], k
    for k in range(count):
        for i in range(n):
            values[k, i] -= top[i]
        exp_of(values[k])
    for i in range(n):
        total = values[0, i]
        for k in range(1, count):
            total += values[k, i]
        if total == total:
            probability[i] = np.uint8(np.rint(255.0 / np.float64(total)))
        else:
            winner[i], probability[i] = 255, 0


class Maps:
    """Some columns of some tensors over rows x (n, inputs), to be drawn again and again while the network stays.

    wanted    (name, column or None for all of them) in their order; "output" is the network's
    way       how the outputs are read; they come last
    groups    one number a map: those of one number share a scale; None: one scale for all
    fixed     one number a map: the least scale, or minus the scale itself
    """

    def __init__(self, run, x, wanted, way=AS_THEY_ARE, groups=None, fixed=None):
        program, data = run.assembly.predicting, run.data
        self.x, self.way = x, way
        rows, outputs = [], None
        for name, column in wanted:
            tensor = program.output if name == "output" else program.names[name]
            if name == "output":
                outputs = len(rows)
            columns = tensor.size(1)
            rows += [(program.offsets[tensor], columns, k) for k in (range(columns) if column is None else [column])]
        self.wanted = np.array(rows, np.int64).reshape(-1, 3)
        self.outputs = len(rows) if outputs is None else outputs
        own = data.task == "regression" and outputs is not None
        self.slope = np.array(data.target_std if own else np.ones(len(rows) - self.outputs), np.float64)
        self.shift = np.array(data.target_mean if own else np.zeros(len(rows) - self.outputs), np.float64)
        self.count = len(rows) - (way in (DIFFERENCE, SIGNED_DIFFERENCE))
        self.group = np.array(np.zeros(self.count) if groups is None else groups, np.int64)
        self.fixed = np.array(np.full(self.count, LEAST) if fixed is None else fixed, np.float64)
        self.place, self.chunk = program.offsets[program.input], program.capacity

    def _begin(self, run):
        addresses, arena, full, rest = run.predictor.ready(run, len(self.x))
        values = np.empty((len(self.wanted), len(self.x)), self.x.dtype)
        return (addresses[:-1], arena, full, rest, self.x, self.place, self.chunk, self.wanted), values

    def draw(self, run):
        """(maps int8 (maps, n), scales float64 (maps,)) with the run's present parameters."""
        begin, values = self._begin(run)
        out, scales = np.empty((self.count, len(self.x)), np.int8), np.empty(self.count)
        paint(*begin, self.outputs, self.way, self.slope, self.shift, self.group, self.fixed, values, scales, out)
        return out, scales

    def classes(self, run):
        """(winner uint8 (n,), probability uint8 (n,)) where the maps are the logits of all classes."""
        begin, values = self._begin(run)
        winner, probability = np.empty(len(self.x), np.uint8), np.empty(len(self.x), np.uint8)
        decide(*begin, values, winner, probability)
        return winner, probability


def way_of(run):
    """How the network's outputs are read as one signed map: see measure.signed."""
    if run.data.task != "binary":
        return AS_THEY_ARE
    likely, two = run.config["loss"]["name"] in ("binary_cross_entropy", "cross_entropy"), run.assembly.program.output.size(1) > 1
    return (SIGNED_DIFFERENCE if two else SIGNED) if likely else DIFFERENCE if two else AS_THEY_ARE
