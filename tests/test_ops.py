"""Every op on every case of tests/cases: central differences, adding, PyTorch, NaN, and nothing written elsewhere."""
from dataclasses import replace

import numpy as np
import pytest

from engine.registry import ops

from .cases import every_case
from .kernels import both, need_torch, run_kernel

CASES = every_case()
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
ELSEWHERE = {record.name for record in ops if record.backward is None}         # they have tests of their own


def test_every_op_has_a_case():
    assert {case.op for case in CASES} | ELSEWHERE >= set(ops.names())


def knobs_of(case):
    return tuple((ops.get(case.op, "op").defaults() | case.knobs).values())


def forward(case, arrays, precision="float64", kernel=None):
    """What became of the operands, by name."""
    record = ops.get(case.op, "op")
    after = run_kernel(kernel or record.forward, precision, list(arrays.values()) + [None] * len(arrays), knobs_of(case))
    return dict(zip(arrays, after))


def backward(case, arrays, slopes, precision="float64", first=1, start=0.0):
    """The gradients of the operands, by name; `arrays` are those after forward, `slopes` those of the results."""
    record, others = ops.get(case.op, "op"), {*ops.get(case.op, "op").saved, *case.unwanted}
    gradients = [slopes[name] if name in slopes else None if value is None or name in others else np.full_like(value, start)
                 for name, value in arrays.items()]
    begun = [0] * len(arrays) + [0 if name in slopes else first for name in arrays]      # a later op has written the results' slopes
    after = run_kernel(record.backward, precision, list(arrays.values()) + gradients, knobs_of(case), begun)
    return {name: value for name, value in zip(arrays, after[len(arrays):]) if value is not None and name not in slopes}


def slopes_of(case, after):
    """A slope for every number of the results; none for what is masked."""
    random = np.random.default_rng(9)
    return {name: random.normal(size=after[name].shape) * (after[name] > -20 if case.masked else 1) for name in case.made}


@each
def test_operands_are_those_of_the_record(case):
    assert tuple(case.operands) == ops.get(case.op, "op").operands


@each
def test_gradient_is_the_slope_and_is_added(case):
    arrays = case.arrays()
    slopes = slopes_of(case, forward(case, arrays))
    found = backward(case, forward(case, arrays), slopes)
    added = backward(case, forward(case, arrays), slopes, first=0, start=10.0)
    assert found

    def height(name, flat):
        after = forward(case, {**arrays, name: flat.reshape(arrays[name].shape)})
        return sum((after[made] * slope).sum() for made, slope in slopes.items())
    for name, slope in found.items():
        numeric, flat = np.zeros(arrays[name].size), arrays[name].reshape(-1)
        for k in range(flat.size):
            ends = []
            for move in (1e-6, -1e-6):
                moved = flat.copy()
                moved[k] += move
                ends.append(height(name, moved))
            numeric[k] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(slope.ravel(), numeric, rtol=1e-6, atol=2e-7, err_msg=name)
        np.testing.assert_allclose(added[name], 10 + slope, rtol=1e-12, atol=1e-12, err_msg=name)


@each
@both
def test_same_as_pytorch(case, precision):
    if case.torch is None:
        pytest.skip("PyTorch draws other random numbers")
    torch = need_torch()
    arrays = case.arrays()
    after = forward(case, arrays, precision)
    slopes = slopes_of(case, after)
    given = {name: None if v is None else torch.tensor(v, dtype=getattr(torch, precision), requires_grad=True)
             for name, v in arrays.items()}
    theirs = case.torch(torch, given)
    theirs = dict(zip(case.made, theirs if isinstance(theirs, tuple) else (theirs,), strict=True))
    sum((y * torch.tensor(slopes[name], dtype=y.dtype)).sum() for name, y in theirs.items()).backward()
    close = dict(rtol=1e-4, atol=1e-4) if precision == "float32" else dict(rtol=1e-9, atol=1e-9)
    for name, y in theirs.items():
        np.testing.assert_allclose(after[name], y.detach().numpy(), err_msg=name, **close)
    for name, slope in backward(case, after, slopes, precision).items():
        np.testing.assert_allclose(slope, given[name].grad.numpy(), err_msg=name, **close)


@each
@both
def test_nan_is_shown(case, precision):
    arrays = case.arrays()
    name = case.nan or next(iter(arrays))
    arrays[name] = arrays[name].copy()
    arrays[name].reshape(-1)[case.nan_at] = np.nan
    if case.op == "max_pool2d" and case.knobs["stride"] > case.knobs["size"]:
        assert case.note == "gaps"           # the first pixel is looked at all the same
    after = forward(case, arrays, precision)
    assert any(np.isnan(after[made]).any() for made in case.made) == (case.note != "nothing")     # who looks nowhere sees none


@each
def test_a_gradient_that_nobody_wants_is_left_out(case):
    """The data has no gradient: the first operand's is not wanted, the others' are what they were."""
    if case.learned:
        pytest.skip("its first operand is never data")
    record, after, first = ops.get(case.op, "op"), forward(case, case.arrays()), next(iter(case.operands))
    alone = replace(case, unwanted=(*case.unwanted, first))
    with_it, without = (backward(one, after, slopes_of(case, after)) for one in (case, alone))
    assert first not in without and record.backward is not None
    for name, slope in without.items():
        assert np.array_equal(slope, with_it[name])
