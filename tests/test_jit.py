"""Kernels through addresses: the contract with Numba, the cache, and what every kernel owes the program."""
import inspect
import threading
from pathlib import Path

import numba
import numpy as np
import pytest

from engine import Run, execute, jit
from engine.compiling import kernels_of
from engine.jit import COLUMNS, address, flat, kernel, knob, like, step
from engine.registry import activations, losses, optimizers, schedules
from tests.runs import memory, small

ROOT = Path(__file__).parents[1]
PRECISIONS = ("float32", "float64")


@kernel
def knob_and_step(m, t):
    out = flat(m, t[0])
    for i in range(out.size):
        out[i] = like(m, knob(t, i)) + like(m, step(t))


@kernel
def broken(m, t):
    raise ValueError("kernels raise nothing")


def table(operands, knobs=(), **clock):
    """The operand table of one instruction: operands are (offset, first, shape)."""
    made = np.ones((len(operands) + 2, COLUMNS), np.int64)
    for row, (offset, first, shape) in zip(made, operands):
        row[0], row[1] = offset, first
        row[2:2 + len(shape)] = shape
    made[-2:] = 0
    made[-2, :len(knobs)] = np.array(knobs, np.float64).view(np.int64)
    made[-1, 0] = clock.get("step", 0)
    return made


# ---------------------------------------------------------------- the contract with Numba

def test_numba_still_has_what_calling_through_an_address_needs():
    """Named one by one, so that a new Numba that lacks one of them says which."""
    function = knob_and_step
    kinds = jit.signature("float64")
    address(function, "float64")
    built = function.overloads[kinds]
    assert isinstance(built.fndesc.llvm_func_name, str)
    assert built.library.get_pointer_to_function(built.fndesc.llvm_func_name) == address(function, "float64") > 0
    from numba.core.callconv import CPUCallConv
    assert isinstance(built.target_context.call_conv, CPUCallConv)
    assert list(inspect.signature(CPUCallConv.call_function).parameters)[1:6] == ["builder", "callee", "resty", "argtys", "args"]
    assert {"get_function_type", "return_status_propagate"} <= set(dir(CPUCallConv))


def test_the_installed_numba_is_one_the_project_lets_in():
    major, minor = map(int, numba.__version__.split(".")[:2])
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"numba>=0.61,<0.69"' in text and (0, 61) <= (major, minor) < (0, 69)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_call_through_an_address_does_what_a_direct_call_does(precision):
    t = table([(1, 0, (3,))], (0.5, -2.0, 4.25), step=7)
    direct, through = np.zeros(5, precision), np.zeros(5, precision)
    knob_and_step(direct, t)
    execute.once(np.array([address(knob_and_step, precision)], np.uintp), through, t[None], 0, 1)
    assert np.array_equal(direct, through) and through.tolist() == [0, 7.5, 5, 11.25, 0]


def test_an_error_in_a_kernel_reaches_the_caller():
    with pytest.raises(ValueError):
        execute.once(np.array([address(broken, "float64")], np.uintp), np.zeros(1), table([])[None], 0, 1)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_kernel_compiles_for_both_precisions(precision):
    addresses = [address(function, precision) for _, function in kernels_of()]
    assert all(addresses) and len(set(addresses)) == len(addresses)
    assert all(jit.is_ready(function, precision) for _, function in kernels_of())


def test_two_threads_at_once_compute_what_they_compute_alone():
    alone = [Run(small(seed=seed)) for seed in range(4)]
    together = [Run(small(seed=seed)) for seed in range(4)]
    for run in alone:
        run.train(2000)
    threads = [threading.Thread(target=run.train, args=(2000,)) for run in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [memory(run) for run in together] == [memory(run) for run in alone]


def test_training_lets_other_threads_run():
    run, counted, done = Run(small()), [], threading.Event()
    run.train(1)
    made = run.assembly
    program = made.program
    places = np.array([program.offsets[t] for t in (program.input, program.target, program.loss)])

    def count():
        while not done.is_set():
            counted.append(1)
    thread = threading.Thread(target=count)
    thread.start()
    before = len(counted)
    execute.train(made.addresses, run.arena, made.tables(program, 8), made.tables(program, 4), len(program.forward), run.counters, made.order,
                  made.x, made.y, places, run.trace, 200_000)
    after = len(counted)
    done.set()
    thread.join()
    assert after - before > 100, "the one compiled call must release the interpreter lock"


# ---------------------------------------------------------------- what every kernel owes the program

def backward_kernels():
    """(record, shapes, which rows may be asked for) of the backward kernels of activations and losses; ops are in test_ops.py."""
    for record in activations:
        shapes = [(5, 3), *[(1,)] * len(record.parameters), (5, 3)]
        yield pytest.param(record, shapes, range(len(shapes) - 1), id=record.name)
    for record in losses:
        if record.tasks == ("labels",):
            yield pytest.param(record, [(10, 4), (2, 3), (1,)], [0], id=record.name)
            continue
        binary = record.tasks == ("binary",)
        numbers = "regression" not in record.tasks and not binary
        yield pytest.param(record, [(5, 1 if binary else 3), (5, 1 if binary or numbers else 3), (1,)], [0], id=record.name)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("record, shapes, asked", list(backward_kernels()))
def test_the_first_to_write_clears_and_every_other_adds(record, shapes, asked, precision):
    random = np.random.default_rng(0)
    sizes = [int(np.prod(shape)) for shape in shapes] * 2
    starts = np.cumsum([0, *sizes])
    arena = random.normal(size=starts[-1]).astype(precision)
    if {"classes", "labels"} & {*getattr(record, "tasks", ())} and "regression" not in record.tasks:
        arena[starts[1]:starts[2]] = random.integers(0, 3, sizes[1])
    address(record.backward, precision)
    knobs = [float(value) for value in record.defaults().values()]
    record.forward(arena, table([(o, 1, s) for o, s in zip(starts, shapes * 2)], knobs))
    many = len(shapes)

    def run(first, wanted):
        m = arena.copy()
        rows = [(o, 1, s) for o, s in zip(starts, shapes)]
        rows += [(starts[many + j] if j in wanted or j == many - 1 and record.kind != "a loss" else -1, first, s) for j, s in enumerate(shapes)]
        record.backward(m, table(rows, knobs))
        return m
    cleared, added = run(1, asked), run(0, asked)
    close = dict(rtol=1e-4, atol=1e-5) if precision == "float32" else dict(rtol=1e-11, atol=1e-13)
    for j in asked:
        part = slice(starts[many + j], starts[many + j + 1])
        assert np.allclose(added[part], arena[part] + cleared[part], **close), f"operand {j}"
        assert not np.allclose(added[part], cleared[part], **close)
        if record.kind != "a loss" and j == 0:                     # nobody wants the gradient of the data
            unasked = run(1, [k for k in asked if k != j])
            assert np.array_equal(unasked[part], arena[part])
    untouched = slice(0, starts[many])
    assert np.array_equal(cleared[untouched], arena[untouched]), "values are read, never written, on the way back"


@pytest.mark.parametrize("record", list(optimizers), ids=lambda record: record.name)
def test_an_update_writes_parameters_and_slots_only(record):
    sizes = [6, 6, 1, *[6] * len(record.slots)]
    starts = np.cumsum([0, *sizes])
    arena = np.abs(np.random.default_rng(1).normal(size=starts[-1] + 3))
    address(record.update, "float64")
    knobs = [float(value) for key, value in record.defaults().items() if key != "learning_rate"]
    before = arena.copy()
    record.update(arena, table([(o, 0, (s,)) for o, s in zip(starts, sizes)], knobs))
    assert np.array_equal(arena[6:13], before[6:13]) and np.array_equal(arena[starts[-1]:], before[starts[-1]:])
    assert not np.array_equal(arena[:6], before[:6])


@pytest.mark.parametrize("record", list(schedules), ids=lambda record: record.name)
def test_a_schedule_writes_its_rate_and_its_memory_only(record):
    arena = np.full(12, 0.5)
    arena[4:4 + max(1, record.slots)] = 0
    address(record.rate, "float64")
    before = arena.copy()
    record.rate(arena, table([(1, 0, (1,)), (2, 0, (1,)), (4, 0, (max(1, record.slots),))], [0.1, *map(float, record.defaults().values())]))
    changed = np.flatnonzero(arena != before)
    assert 1 in changed and set(changed) <= {1, *range(4, 4 + record.slots)}
