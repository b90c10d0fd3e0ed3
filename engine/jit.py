"""What a kernel is: how it is marked, what it is given, and how it is called (beside it, machine_code, shared and tile know Numba).

A kernel is a plain function `kernel(m, t)`.

    m   the arena: one flat array of float32 or float64 that holds every number of a run
    t   the operand table of one instruction, int64, one row an operand:

        column   0        1       2 .. 7
        row      offset   first   shape, padded with ones      (offset -1: not wanted)
        row -2   eight knob values, the bits of float64        -> knob(t, 0), knob(t, 1), ...
        row -1   the clock: step, seed, stream, rows, age, every  -> step(t), seed(t), stream(t), ...

Values come first, then their gradients in the same order: an op with operands x, w, y
has rows x, w, y, dx, dw, dy.  `first` is 1 where this op is the first of several to write a
gradient; `begin(m, row)` clears it then, so every backward kernel simply adds.

Kernels are top-level functions, because Numba does not cache closures.  They are compiled once a
precision, for one signature, and called through their machine address, so that adding an op
recompiles nothing.
"""
from functools import reduce

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload, register_jitable
from numba.np.arrayobj import populate_array

from .machine_code import FASTMATH, OPTIONS, array_type, compiled, machine_address
from .shared import shared, shared_by

__all__ = ["kernel", "helper", "compiled", "address", "machine_address", "call", "borrowed", "array_type", "CLOCK", "COLUMNS", "KNOBS", "flat", "matrix", "cube",
           "planes", "volume", "part", "shared", "shared_by", "begin", "wanted", "put", "knob", "step", "seed", "stream", "rows", "age", "like",
           "float_bits", "bits_float", "overload", "register_jitable"]

COLUMNS, KNOBS, CLOCK = 8, -2, -1


# ---------------------------------------------------------------- marks

def kernel(function):
    """Mark a top-level function `(m, t)` as a kernel; it is compiled when a program first names it."""
    return compiled(function, fastmath=True)


def helper(function):
    """Mark a small function that kernels call; it is inlined into each of them."""
    return njit(inline="always", fastmath=FASTMATH, **OPTIONS)(function)


def part(function):
    """Mark a function that kernels call and that becomes a part of their machine code, after its types are known by themselves.

    A helper is copied into its caller before types are known, again for each place that calls it; where it is large and
    is called in many places, a part compiles three times as fast.
    """
    return njit(forceinline=True, fastmath=FASTMATH, **OPTIONS)(function)


# ---------------------------------------------------------------- calling through an address

def signature(precision):
    """The Numba types of a kernel's two arguments."""
    return array_type(precision, 1), array_type("int64", 2)


integer = types.intp
_addresses = {}


def address(function, precision):
    """Compile a kernel for 'float32' or 'float64', or load it from the cache, and give its machine address."""
    key = (function, precision)
    if key not in _addresses:
        for used in shared_by(function):
            used.link(precision)
        _addresses[key] = machine_address(function, signature(precision))
    return _addresses[key]


def is_ready(function, precision):
    """Whether the kernel has its address already, so that naming it costs nothing."""
    return (function, precision) in _addresses


@intrinsic
def call(typingctx, target, m, t):
    """Call the kernel at machine address `target` with (m, t), in Numba's own calling convention."""
    kinds = (m, t)

    def codegen(context, builder, sig, args):
        function_type = context.call_conv.get_function_type(types.none, kinds)
        pointer = builder.inttoptr(args[0], function_type.as_pointer())
        status, _ = context.call_conv.call_function(builder, pointer, types.none, kinds, args[1:])
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.void(types.uintp, m, t), codegen


@intrinsic
def borrowed(typingctx, array):
    """The same array without its owner, for as long as somebody else keeps it alive.

    Every view of an owned array counts references up and down with atomic instructions; over a training step
    of a small network that took 40 % of the time.  A view of a borrowed array counts nothing.
    """
    def codegen(context, builder, sig, args):
        view = cgutils.create_struct_proxy(sig.args[0])(context, builder, args[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        return view._getvalue()

    return array(array), codegen


# ---------------------------------------------------------------- views into the arena

def _view(m, row, lengths):
    """Signature and code of a function that gives an operand as an array whose axes have `lengths(row)`.

    It is made of the address alone, without an owner: slicing and reshaping would say the same, but ask at every call whether
    it can be done, and count who uses the arena; and they were a third of what a kernel costs to compile.
    """
    given = types.Array(m.dtype, len(lengths(list(range(COLUMNS)))), "C")

    def codegen(context, builder, sig, args):
        arena, table = (context.make_array(kind)(context, builder, value) for kind, value in zip(sig.args, args))
        number = [builder.load(builder.gep(table.data, [context.get_constant(types.intp, j)])) for j in range(COLUMNS)]
        shape = [reduce(builder.mul, axis) if isinstance(axis, tuple) else axis for axis in lengths(number)]
        strides = [context.get_constant(types.intp, m.dtype.bitwidth // 8)]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        view = context.make_array(given)(context, builder)
        populate_array(view, builder.gep(arena.data, [number[0]]), shape, strides, strides[-1], None)
        return view._getvalue()

    return given(m, row), codegen


@intrinsic
def flat(typingctx, m, row):
    """All numbers of an operand, as one vector."""
    return _view(m, row, lambda n: [tuple(n[2:8])])


@intrinsic
def matrix(typingctx, m, row):
    """An operand as (rows, columns)."""
    return _view(m, row, lambda n: n[2:4])


@intrinsic
def cube(typingctx, m, row):
    """An operand with three axes."""
    return _view(m, row, lambda n: n[2:5])


@intrinsic
def planes(typingctx, m, row):
    """An operand (rows, channels, ...) as (rows, channels, all places of a channel); (rows, channels) has one place."""
    return _view(m, row, lambda n: [n[2], n[3], (n[4], n[5], n[6])])


@intrinsic
def volume(typingctx, m, row):
    """An operand with four axes: (rows, channels, height, width)."""
    return _view(m, row, lambda n: n[2:6])


@helper
def wanted(row):
    """Whether somebody asked for this operand (the gradient of the data, say, is not)."""
    return row[0] >= 0


@part
def begin(m, row):
    """Clear a gradient if this op is the first to write it; after that every op adds."""
    if row[1] == 1:
        gradient, zero = flat(m, row), like(m, 0)
        for i in range(gradient.size):
            gradient[i] = zero


@part
def put(source, target):
    """target = source, both vectors; in a loop, since `target[:] = source` takes two seconds to compile."""
    for i in range(target.size):
        target[i] = source[i]


@helper
def step(t):
    """How many steps were made before this one."""
    return t[-1, 0]


@helper
def seed(t):
    """The seed of the run."""
    return t[-1, 1]


@helper
def stream(t):
    """A number that tells this instruction's randomness from every other's."""
    return t[-1, 2]


@helper
def rows(t):
    """How many rows the present batch has."""
    return t[-1, 3]


@helper
def age(t):
    """How many steps the present optimizer has made before this one (its slots start at age 0)."""
    return t[-1, 4]


@helper
def knob(t, index):
    """The value of this op's knob number `index`, float64."""
    return bits_float(t[-2, index])


# ---------------------------------------------------------------- numbers of the right kind

@intrinsic
def like(typingctx, reference, value):
    """`value` in the number type of `reference` (an array or a number): keeps float32 code in float32."""
    kind = reference.dtype if isinstance(reference, types.Array) else reference

    def codegen(context, builder, sig, args):
        return context.cast(builder, args[1], sig.args[1], sig.return_type)

    return kind(reference, types.unliteral(value)), codegen


def _bitcast(source, target):
    def codegen(context, builder, sig, args):
        return builder.bitcast(args[0], context.get_value_type(sig.return_type))
    return target(source), codegen


@intrinsic
def bits_float(typingctx, bits):
    """The float whose bits these are: int64 -> float64, int32 -> float32."""
    return _bitcast(bits, types.float64 if bits.bitwidth == 64 else types.float32)


@intrinsic
def float_bits(typingctx, number):
    """The bits of a float: float64 -> int64, float32 -> int32."""
    return _bitcast(number, types.int64 if number.bitwidth == 64 else types.int32)
