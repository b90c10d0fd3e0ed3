"""Running one kernel by hand: operands are plain arrays, laid out in an arena as a program would."""
import os

import numpy as np
import pytest

from engine.jit import COLUMNS, address

PRECISIONS = ("float32", "float64")


def run_kernel(kernel, precision, operands, knobs=(), first=1, step=0, rows=0, age=0):
    """Call `kernel` on copies of the operands and give what became of each; None stands for "not wanted".

    first   whether it is the first to write a gradient: one number for all operands, or one each

    Between the operands, and around them, lie guard numbers that no kernel may touch.
    """
    address(kernel, precision)
    guard, at, pieces = np.full(3, 77.0), 3, [np.full(3, 77.0)]
    table = np.ones((len(operands) + 2, COLUMNS), np.int64)
    for row, operand, begins in zip(table, operands, np.broadcast_to(first, len(operands))):
        row[0], row[1] = (-1, 0) if operand is None else (at, begins)
        if operand is not None:
            operand = np.asarray(operand, np.float64)
            row[2:2 + operand.ndim] = operand.shape
            pieces += [operand.ravel(), guard]
            at += operand.size + len(guard)
    table[-2] = 0
    table[-2, :len(knobs)] = np.array([float(k) for k in knobs], np.float64).view(np.int64)
    table[-1] = 0
    table[-1, :5] = step, 7, 1, rows, age
    arena = np.concatenate(pieces).astype(precision)
    kernel(arena, table)
    results, used = [], np.zeros(len(arena), bool)
    for row, operand in zip(table, operands):
        if operand is None:
            results.append(None)
        else:
            size = int(np.prod(row[2:]))
            used[row[0]:row[0] + size] = True
            results.append(arena[row[0]:row[0] + size].reshape(np.shape(operand)).copy())
    assert (arena[~used] == 77).all(), "the kernel wrote outside its operands"
    return results


def need_torch():
    """PyTorch, or a skip that says how to get it (an error where CI asks for everything)."""
    try:
        import torch
    except ImportError:
        if os.environ.get("CI_STRICT") == "1":
            raise
        pytest.skip("PyTorch is not installed: python -m pip install torch==2.13.0")
    torch.set_num_threads(1)               # beside another worker its threads would wait for each other, spinning (10 times the work)
    return torch


def torch_source(record, knobs=None, **more):
    """The record's PyTorch counterpart, evaluated: knobs are filled in as Python writes them.

    Of `more`, text is filled in as it stands (`tensor="w"`), anything else is a name the source may use (`w=...`).
    """
    if record.name in WITHOUT_TORCH:
        pytest.skip(f"PyTorch has no {record.title}; the formula in tests/reference.py is what it is compared with")
    torch = need_torch()
    filled = {name: repr(value) for name, value in (record.defaults() | (knobs or {})).items()}
    filled |= {name: value for name, value in more.items() if isinstance(value, str)}
    names = {name: value for name, value in more.items() if not isinstance(value, str)}
    return eval(record.torch.format(**filled), {"torch": torch, "nn": torch.nn, "np": np} | names)


def kinds(registry):
    """All records of a registry as test parameters, by name."""
    return pytest.mark.parametrize("record", list(registry), ids=lambda record: record.name)


both = pytest.mark.parametrize("precision", PRECISIONS)


WITHOUT_TORCH = {"lion", "sophia"}       # what PyTorch does not have itself


def check_record(record):
    """What every record owes a person: a title, a sentence, a formula, a source, help for each knob, a PyTorch text."""
    assert record.name.islower() and record.sentence[0].isupper() and record.formula and record.source
    assert bool(record.torch) == (record.name not in WITHOUT_TORCH)
    assert record.formula.count("{") == record.formula.count("}")
    for knob in record.knobs.values():
        assert knob.help.endswith(".")
        assert knob.scale == "linear" or knob.low > 0
    record.torch.format(tensor="tensor", learning_rate=0.1, **{k: v for k, v in record.defaults().items() if k != "learning_rate"})
