"""Functions with a symbol: kernels find them in this process and, loaded from the cache, in the next."""
import re
from pathlib import Path

import numpy as np
import pytest

from engine import execute
from engine.compiling import kernels_of
from engine.jit import address, flat, kernel, matrix
from engine.shared import inside, shared, shared_by
from tests.test_jit import table

PRECISIONS = ("float32", "float64")


@shared(1, 1, bool)
def twice(x, y, negative):
    for i in range(x.size):
        y[i] = -(x[i] + x[i]) if negative else x[i] + x[i]


@shared(2, 1)
def thrice(x, y):
    twice(x[0], y, False)
    for i in range(y.size):
        y[i] += x[0, i]


@kernel
def six_times(m, t):
    thrice(matrix(m, t[0]), flat(m, t[1]))
    twice(flat(m, t[1]), flat(m, t[1]), True)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_kernel_calls_what_it_shares(precision):
    m = np.array([0.5, 1, 2, 0, 0, 0, 7], precision)
    t = table([(0, 0, (1, 3)), (3, 0, (3,))])
    execute.once(np.array([address(six_times, precision)], np.uintp), m, t[None], 0, 1)
    assert m.tolist() == [0.5, 1, 2, -3, -6, -12, 7]


def test_what_a_kernel_shares_is_found_from_its_source():
    assert {used.name for used in shared_by(six_times)} == {"twice", "thrice"}
    assert shared_by(inside(twice)) == []


def machine_code_of(function):
    """What the cache keeps of a kernel, for all precisions together."""
    for precision in PRECISIONS:
        address(function, precision)
    code = function.py_func.__code__
    files = Path(function.stats.cache_path).glob(f"{Path(code.co_filename).stem}.{code.co_name}-{code.co_firstlineno}.*.nbc")
    return b"".join(file.read_bytes() for file in files)


def test_every_symbol_in_a_kernels_machine_code_was_found_from_its_source():
    """From the cache a kernel comes as machine code, so nothing but its source tells what must be linked before it."""
    asking = 0
    for name, function in kernels_of():
        kept = machine_code_of(function)
        assert len(kept) > 2000, name
        asked = {symbol.decode() for symbol in re.findall(rb"engine\.[a-z_.]+\.float(?:32|64)", kept)}
        known = {used.symbol(precision) for used in shared_by(function) for precision in PRECISIONS}
        assert asked <= known, (name, asked - known)
        asking += bool(asked)
    assert asking >= 15
