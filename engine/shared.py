"""Functions that many kernels share: compiled once, and called by their name in the linker.

What a kernel calls becomes part of its own machine code, so a large function that twenty kernels use would be compiled
twenty times.  A shared one has a symbol, as a function of a C library has: its machine address is made known under that
name before the code of a kernel that calls it is linked.
"""
from llvmlite.binding import add_symbol
from numba import types
from numba.core import cgutils
from numba.core.extending import _Intrinsic
from numba.extending import intrinsic

from .machine_code import array_type, compiled, machine_address

_shared = {}                             # what kernels call -> the function behind it


def shared(*operands):
    """Mark a larger function that many kernels call: it is compiled once a precision, and not copied into them.

    operands   of each array how many axes it has (its rows may lie apart), or `bool`
    It gives nothing back: what it finds it writes to one of the arrays.
    """
    def mark(function):
        made = Shared(function, operands)

        @intrinsic
        def caller(typingctx, *given):
            return types.void(types.BaseTuple.from_types(given)), made.called_with(given)

        _shared[caller] = made
        return caller

    return mark


def inside(caller):
    """The compiled function behind what kernels call; this one Python can call, too."""
    return _shared[caller].compiled


class Shared:
    """A function with a symbol for each precision."""

    def __init__(self, function, operands):
        self.compiled, self.operands, self.linked = compiled(function, fastmath=True), operands, set()
        self.name = function.__name__.replace("_", " ")

    def symbol(self, precision):
        """Its name in the linker."""
        function = self.compiled.py_func
        return f"{function.__module__}.{function.__qualname__}.{precision}"

    def kinds(self, precision):
        """The Numba types of its arguments."""
        return tuple(types.boolean if axes is bool else array_type(precision, axes, "A") for axes in self.operands)

    def link(self, precision):
        """Compile it, or load it from the cache, and tell the linker where it is."""
        if precision not in self.linked:
            for used in shared_by(self.compiled):
                used.link(precision)
            add_symbol(self.symbol(precision), machine_address(self.compiled, self.kinds(precision)))
            self.linked.add(precision)

    def called_with(self, given):
        """The LLVM code of a call, in Numba's own calling convention, for arguments of the types given."""
        precision = next(str(kind.dtype) for kind in given if isinstance(kind, types.Array))
        self.link(precision)
        kinds = self.kinds(precision)

        def codegen(context, builder, sig, args):
            values = [context.cast(builder, builder.extract_value(args[0], k), *pair) for k, pair in enumerate(zip(given, kinds, strict=True))]
            function_type = context.call_conv.get_function_type(types.none, kinds)
            function = cgutils.get_or_insert_function(builder.module, function_type, self.symbol(precision))
            status, _ = context.call_conv.call_function(builder, function, types.none, kinds, values)
            with cgutils.if_unlikely(builder, status.is_error):
                context.call_conv.return_status_propagate(builder, status)
            return context.get_dummy_value()

        return codegen


def shared_by(*functions):
    """The shared functions that these compiled ones call, by themselves or through helpers, as their sources name them."""
    found, seen, left = {}, set(), [function.py_func for function in functions]
    while left:
        now = left.pop()
        seen.add(now)
        for name in now.__code__.co_names:
            value = now.__globals__.get(name)
            if isinstance(value, _Intrinsic) and value in _shared:
                found[_shared[value]] = True
            elif getattr(value, "py_func", now) not in seen:
                left.append(value.py_func)
    return list(found)
