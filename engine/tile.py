"""A tile: a small piece of a matrix that lives in the processor's registers while it is summed.

A product C = A B needs a multiplication for every row of A, column of B and number between, and a processor can make
dozens of them at once, if only the numbers are there: memory is far slower.  So C is made a tile of ROWS × columns at
a time.  For every k, one piece of row k of B is read and added, times a number of A each, to all rows of the tile:

    tile[r, :] += A[n + r, k] · B[k, o:o + columns]          for r = 0 … ROWS − 1

Each number read is used ROWS or `columns` times, and the sums leave their registers only when they are finished.
Every element of C is thus the sum of its products in the order of k, whatever the processor and the size of the tile.

Of every matrix each row must lie in one piece, but the rows may lie apart.  A tile that is wider than the whole matrix is
given a `count` of columns, and what lies beyond is neither read nor written; None leaves nothing out.

This file speaks to LLVM, the compiler behind Numba, since loops alone do not keep a tile in registers; it is read
best beside engine/ops/_product.py, which uses it.  Source: K. Goto and R. van de Geijn, 2008, where a tile is the inner kernel.
"""
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

ROWS = 6                                 # with two registers a row 12 of 16 hold sums; fewer would wait for one another
INT32, INT64 = ir.IntType(32), ir.IntType(64)


def register_bits():
    """How many bits a register for numbers side by side has."""
    features = get_host_cpu_features()
    return 512 if features.get("avx512f") else 256 if features.get("avx") else 128


class Tile(types.Type):
    """The Numba type of a tile: so many rows of so many numbers each."""

    def __init__(self, number, rows, columns):
        super().__init__(f"tile({number}, {rows}, {columns})")
        self.number, self.rows, self.columns = number, rows, columns


def line_of(tile):
    """The LLVM type of a tile's row."""
    return ir.VectorType(ir.FloatType() if tile.number.bitwidth == 32 else ir.DoubleType(), tile.columns)


@register_model(Tile)
class TileModel(models.PrimitiveModel):
    """A tile is an LLVM array of vectors, which LLVM takes apart into registers."""

    def __init__(self, manager, tile):
        super().__init__(manager, tile, ir.ArrayType(line_of(tile), tile.rows))


# ---------------------------------------------------------------- pieces of LLVM code

def place(context, builder, kind, array, row, column):
    """The address of array[row, column]; unlike Numba's own it does not ask whether an index is negative."""
    view = context.make_array(kind)(context, builder, array)
    begin = builder.gep(builder.bitcast(view.data, ir.IntType(8).as_pointer()), [builder.mul(row, builder.extract_value(view.strides, 0))])
    return builder.gep(builder.bitcast(begin, view.data.type), [column])


def later(builder, index, more):
    """An index so many places later."""
    return builder.add(index, INT64(more))


def spread(builder, line, number):
    """The same number in every place of a row."""
    one = builder.insert_element(ir.Constant(line, ir.Undefined), number, INT32(0))
    return builder.shuffle_vector(one, ir.Constant(line, ir.Undefined), ir.Constant(ir.VectorType(INT32, line.count), None))


def below(builder, line, count):
    """Which places of a row lie below `count`, as bits."""
    places = ir.VectorType(INT64, line.count)
    return builder.icmp_signed("<", ir.Constant(places, list(range(line.count))), spread(builder, places, count))


def built_in(builder, name, line, given, *arguments):
    """Call an operation of LLVM's that is named after the type of a row."""
    bits = 32 if isinstance(line.element, ir.FloatType) else 64
    kind = ir.FunctionType(given, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{line.count}f{bits}{'' if name == 'fmuladd' else '.p0'}")
    return builder.call(function, arguments)


def read_line(builder, line, pointer, count):
    """A row of a tile from memory; the places from `count` on are 0."""
    size = 4 if isinstance(line.element, ir.FloatType) else 8
    pointer = builder.bitcast(pointer, line.as_pointer())
    if count is None:
        return builder.load(pointer, align=size)
    return built_in(builder, "masked.load", line, line, pointer, INT32(size), below(builder, line, count), ir.Constant(line, None))


def write_line(builder, row, pointer, wanted):
    """A row of a tile to memory; where bits say what is wanted, the other places are left alone."""
    size = 4 if isinstance(row.type.element, ir.FloatType) else 8
    pointer = builder.bitcast(pointer, row.type.as_pointer())
    if wanted is None:
        builder.store(row, pointer, align=size)
    else:
        built_in(builder, "masked.store", row.type, ir.VoidType(), row, pointer, INT32(size), wanted)


def count_of(kind, value):
    """None where no columns are cut off."""
    return None if isinstance(kind, (types.NoneType, types.Omitted)) else value


# ---------------------------------------------------------------- what kernels use

@intrinsic(prefer_literal=True)
def blank(typingctx, array, rows, registers):
    """A tile of zeros for numbers as in `array`, with `rows` rows of `registers` registers each (both written as numbers)."""
    tile = Tile(array.dtype, rows.literal_value, registers.literal_value * register_bits() // array.dtype.bitwidth)

    def codegen(context, builder, sig, args):
        return ir.Constant(ir.ArrayType(line_of(tile), tile.rows), None)

    return tile(array, rows, registers), codegen


@intrinsic
def columns_of(typingctx, tile):
    """How many columns a tile has."""
    return types.intp(tile), lambda context, builder, sig, args: INT64(tile.columns)


@intrinsic
def read(typingctx, tile, array, n, o, count):
    """The tile's place in `array`, from row n and column o on."""
    def codegen(context, builder, sig, args):
        sums, array_, n_, o_, count_ = args
        for r in range(tile.rows):
            pointer = place(context, builder, sig.args[1], array_, later(builder, n_, r), o_)
            sums = builder.insert_value(sums, read_line(builder, line_of(tile), pointer, count_of(sig.args[4], count_)), r)
        return sums

    return tile(tile, array, n, o, count), codegen


@intrinsic
def keep(typingctx, tile, array, n, o, above, first, count):
    """Write rows `above` … and columns `first` … `count` − 1 of the tile to its place in `array`, which begins at row n and column o."""
    def codegen(context, builder, sig, args):
        sums, array_, n_, o_, above_, first_, count_ = args
        line, count_ = line_of(tile), count_of(sig.args[6], count_)
        whole = builder.icmp_signed("==", first_, INT64(0))
        for r in range(tile.rows):
            row = builder.extract_value(sums, r)
            with builder.if_then(builder.icmp_signed("<=", above_, INT64(r)), likely=True):
                pointer = place(context, builder, sig.args[1], array_, later(builder, n_, r), o_)
                if count_ is not None:
                    write_line(builder, row, pointer, below(builder, line, count_))
                    continue
                with builder.if_else(whole, likely=True) as (all_of_it, some):
                    with all_of_it:
                        write_line(builder, row, pointer, None)
                    with some:           # slower, where a processor has no bits to choose with
                        write_line(builder, row, pointer, builder.not_(below(builder, line, first_)))
        return context.get_dummy_value()

    return types.void(tile, array, n, o, above, first, count), codegen


def added(typingctx, tile, a, n, k, b, o, count, turned):
    """The signature and the code of the two intrinsics that follow, which differ in where the numbers of a lie."""
    def codegen(context, builder, sig, args):
        sums, a_, n_, k_, b_, o_, count_ = args
        line = line_of(tile)
        along = read_line(builder, line, place(context, builder, sig.args[4], b_, k_, o_), count_of(sig.args[6], count_))
        for r in range(tile.rows):
            where = (k_, later(builder, n_, r)) if turned else (later(builder, n_, r), k_)
            number = builder.load(place(context, builder, sig.args[1], a_, *where))
            row = built_in(builder, "fmuladd", line, line, spread(builder, line, number), along, builder.extract_value(sums, r))
            sums = builder.insert_value(sums, row, r)
        return sums

    return tile(tile, a, n, k, b, o, count), codegen


@intrinsic
def add_outer(typingctx, tile, a, n, k, b, o, count):
    """The tile with the product of column k of a (from row n on) and row k of b (from column o on) added."""
    return added(typingctx, tile, a, n, k, b, o, count, False)


@intrinsic
def add_outer_turned(typingctx, tile, a, n, k, b, o, count):
    """The same for aᵀ in place of a: the product of row k of a (from column n on) and row k of b (from column o on) is added."""
    return added(typingctx, tile, a, n, k, b, o, count, True)


@intrinsic
def turn(typingctx, tile, source, n, o, target):
    """target[o + c, n + r] = source[n + r, o + c] for a square of numbers, as many each way as the tile has columns.

    Rows that are s apart exchange what lies s to the right in the one and s to the left in the other, for s = 1, 2, 4, …
    """
    def codegen(context, builder, sig, args):
        _, source_, n_, o_, target_ = args
        line, size = line_of(tile), tile.columns
        rows = [read_line(builder, line, place(context, builder, sig.args[1], source_, later(builder, n_, r), o_), None)
                for r in range(size)]
        step = 1
        while step < size:
            for r in range(size):
                if not r & step:
                    pair = rows[r], rows[r + step]
                    for which in (0, 1):
                        order = [c ^ step | size if c & step else c for c in range(size)] if which == 0 else \
                                [c | size if c & step else c | step for c in range(size)]
                        rows[r + which * step] = builder.shuffle_vector(*pair, ir.Constant(ir.VectorType(INT32, size), order))
            step *= 2
        for c in range(size):
            write_line(builder, rows[c], place(context, builder, sig.args[4], target_, later(builder, o_, c), n_), None)
        return context.get_dummy_value()

    return types.void(tile, source, n, o, target), codegen


@intrinsic
def repeated(typingctx, vector):
    """A vector as a matrix each of whose rows is the vector (it has one row only, but every row is found there)."""
    given = types.Array(vector.dtype, 2, "A")

    def codegen(context, builder, sig, args):
        view, one = context.make_array(vector)(context, builder, args[0]), context.make_array(given)(context, builder)
        size = builder.extract_value(view.shape, 0)
        for name in ("meminfo", "parent", "nitems", "itemsize", "data"):
            setattr(one, name, getattr(view, name))
        one.shape = cgutils.pack_array(builder, [INT64(1), size])
        one.strides = cgutils.pack_array(builder, [INT64(0), view.itemsize])
        context.nrt.incref(builder, sig.args[0], args[0])
        return one._getvalue()

    return given(vector), codegen
