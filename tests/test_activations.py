"""Every activation: value, gradient, NaN, PyTorch, and what it says of itself."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry import activations

from .kernels import both, check_record, kinds, need_torch, run_kernel, torch_source
from .reference import ACTIVATIONS

TOLERANCE = {"float32": dict(rtol=3e-6, atol=1e-6), "float64": dict(rtol=1e-13, atol=1e-14)}
every = kinds(activations)


def inputs(rows=6, width=5, scale=2.5, seed=3):
    return np.random.default_rng(seed).normal(0, scale, (rows, width))


def knobs_of(record):
    return tuple(record.defaults().values())


def parameters_of(record):
    return [np.array([value]) for value in record.parameters.values()]


def value(record, x, precision="float64", parameters=None, knobs=None):
    """y for x."""
    parameters = parameters_of(record) if parameters is None else parameters
    operands = [x, *parameters, np.zeros_like(x)]
    return run_kernel(record.forward, precision, operands, knobs_of(record) if knobs is None else knobs)[-1]


def gradients(record, x, dy, precision="float64", first=1, start=0.0, wanted=True, knobs=None):
    """[dx, *dparameters], begun at `start`."""
    parameters = parameters_of(record)
    values = [x, *parameters, value(record, x, precision, knobs=knobs)]
    buffers = [np.full_like(v, start) for v in values[:-1]]
    if not wanted:
        buffers[0] = None
    after = run_kernel(record.backward, precision, values + buffers + [dy], knobs_of(record) if knobs is None else knobs,
                       first)
    for before, now in zip([*values, dy], [*after[:len(values)], after[-1]]):
        assert np.array_equal(now, np.asarray(before, precision), equal_nan=True), "backward changed a value it should only read"
    return after[len(values):-1]


def differences(record, x, dy, h=1e-6):
    """The same gradients by central differences of Σ dy y."""
    found = []
    for place, operand in enumerate([x, *parameters_of(record)]):
        slope = np.zeros_like(operand)
        for index in np.ndindex(operand.shape):
            ends = []
            for sign in (1, -1):
                moved = [v.copy() for v in (x, *parameters_of(record))]
                moved[place][index] += sign * h
                ends.append((dy * value(record, moved[0], parameters=moved[1:])).sum())
            slope[index] = (ends[0] - ends[1]) / (2 * h)
        found.append(slope)
    return found


@every
def test_says_what_it_is(record):
    check_record(record)
    assert record.name in ACTIVATIONS, f"tests/reference.py has no {record.name}"


@every
@both
def test_value_is_the_formula(record, precision):
    for x in (inputs(), inputs(1, 1), inputs(3, 40, 8.0), np.array([[0.0, -0.0, 30.0, -30.0, 1e-3]])):
        expected = ACTIVATIONS[record.name](x, *knobs_of(record), *record.parameters.values())
        np.testing.assert_allclose(value(record, x, precision), expected, **TOLERANCE[precision])


@every
def test_gradient_is_the_slope_and_is_added(record):
    x, dy = inputs(), inputs(seed=4)
    for kink in record.kinks:
        assert (abs(x - kink) > 1e-4).all()
    expected = differences(record, x, dy)
    for found, cleared, slope in zip(gradients(record, x, dy, first=0, start=10.0),
                                     gradients(record, x, dy, first=1, start=10.0), expected):
        np.testing.assert_allclose(found, 10.0 + slope, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(cleared, slope, rtol=1e-7, atol=1e-7)


@every
def test_float32_gradient_is_that_of_float64(record):
    x, dy = inputs(9, 17), inputs(9, 17, seed=4)
    for quick, exact in zip(gradients(record, x, dy, "float32"), gradients(record, x, dy)):
        assert quick.dtype == np.float32
        np.testing.assert_allclose(quick, exact, rtol=2e-5, atol=5e-6)


@every
def test_gradient_nobody_wants_is_not_computed(record):
    x, dy = inputs(), inputs(seed=4)
    alone = gradients(record, x, dy, wanted=False)
    assert alone[0] is None
    for found, expected in zip(alone[1:], gradients(record, x, dy)[1:]):
        assert np.array_equal(found, expected)


@every
@both
def test_nan_goes_through(record, precision):
    x = inputs(4, 3)
    x[1, 2] = np.nan
    y = value(record, x, precision)
    assert np.isnan(y[1, 2])
    assert np.isfinite(y[[0, 2, 3]]).all()
    dy = np.ones_like(x)
    dy[2, 1] = np.nan
    x[2, 1] = 0.5
    assert np.isnan(gradients(record, np.nan_to_num(x), dy, precision)[0][2, 1])


@every
@both
def test_huge_inputs_stay_numbers(record, precision):
    x = np.array([[-1e4, -100.0, -20.0, 20.0, 100.0, 1e4]])
    assert np.isfinite(value(record, x, precision)).all()
    assert np.isfinite(gradients(record, x, np.ones_like(x), precision)[0]).all()


@every
@both
def test_same_as_pytorch(record, precision):
    layer = torch_source(record)
    torch = need_torch()
    dtype = getattr(torch, precision)
    layer = layer.to(dtype)
    for x in (inputs(7, 5), inputs(7, 5, 12.0), np.array([[0.0, 19.9, 20.1, -20.0, 5.0]])):
        dy = inputs(*x.shape, seed=5)
        layer.zero_grad()
        given_x = torch.tensor(x, dtype=dtype, requires_grad=True)
        y = layer(given_x)
        y.backward(torch.tensor(dy, dtype=dtype))
        close = dict(rtol=1e-5, atol=2e-6) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(value(record, x, precision), y.detach().numpy(), **close)
        expected = [given_x.grad, *(p.grad for p in layer.parameters())]
        for found, theirs in zip(gradients(record, x, dy, precision), expected, strict=True):
            np.testing.assert_allclose(found, theirs.numpy(), rtol=close["rtol"] * 10, atol=close["atol"] * 10)


@pytest.mark.parametrize("record", [r for r in activations if r.knobs], ids=lambda r: r.name)
def test_knobs_reach_the_kernel_and_pytorch(record):
    usual = torch_source(record)
    torch = need_torch()
    for name, knob in record.knobs.items():
        changed = record.defaults() | {name: 0.5 * (knob.low + min(knob.high, 2.0))}
        x, dy = inputs(), inputs(seed=4)
        layer = torch_source(record, changed)
        assert type(layer) is type(usual)
        given_x = torch.tensor(x, requires_grad=True)
        y = layer(given_x)
        y.backward(torch.tensor(dy))
        np.testing.assert_allclose(value(record, x, knobs=tuple(changed.values())), y.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(gradients(record, x, dy, knobs=tuple(changed.values()))[0], given_x.grad.numpy(), rtol=1e-12)


def slope(record, x):
    """f'(x), each number in a row of its own."""
    x = np.asarray(x, float).reshape(-1, 1)
    return gradients(record, x, np.ones_like(x))[0].ravel()


ONE_BY_ONE = [r for r in activations if r.name != "softmax"]
one_by_one = pytest.mark.parametrize("record", ONE_BY_ONE, ids=lambda r: r.name)


@one_by_one
def test_saturates_dies_and_kinks_are_true(record):
    line = np.linspace(-40, 40, 8001) + 0.005
    f1 = slope(record, line)
    dead = (slope(record, np.linspace(-4, -0.1, 50)) == 0).all()
    flat = min(abs(f1[0]), abs(f1[-1])) < 1e-6 * abs(f1).max()
    assert record.dies == dead
    assert record.saturates == (flat and not dead)
    jumps = line[:-1][abs(np.diff(f1)) > 0.1] + 0.005
    assert all(np.isclose(jump, record.kinks, atol=1e-6).any() for jump in jumps)


def test_sigmoid_slope_peaks_at_a_quarter():
    line = np.linspace(-8, 8, 1601)
    f1 = slope(activations.get("sigmoid", "activation"), line)
    assert f1.max() == pytest.approx(0.25, abs=1e-12) and line[f1.argmax()] == pytest.approx(0)
    assert (f1 < 0.25).sum() == 1600


def test_leaky_units_learn_where_relu_is_dead():
    left = np.linspace(-5, -0.5, 20)
    assert (slope(activations.get("relu", "activation"), left) == 0).all()
    assert (slope(activations.get("leaky_relu", "activation"), left) == pytest.approx(0.01))
    assert (slope(activations.get("prelu", "activation"), left) == pytest.approx(0.25))


def test_softmax_of_three_logits():
    softmax = activations.get("softmax", "activation")
    np.testing.assert_allclose(value(softmax, np.array([[-2.89, 0.0, -3.40]])), [[0.051, 0.918, 0.031]], atol=5e-4)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(-30, 30))
def test_softmax_sums_to_one_and_ignores_a_constant(row, constant):
    softmax = activations.get("softmax", "activation")
    x = np.array([row])
    y = value(softmax, x)
    assert y.sum() == pytest.approx(1) and (y >= 0).all()
    np.testing.assert_allclose(value(softmax, x + constant), y, rtol=1e-9, atol=1e-300)
    assert y.argmax() in np.flatnonzero(x.ravel() >= x.max() - 1e-12)


@settings(deadline=None, max_examples=40)
@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_rising_activations_never_fall(a, b):
    low, high = sorted((a, b))
    for record in ONE_BY_ONE:
        if record.name not in ("gelu", "silu"):                  # these two dip below zero
            y = value(record, np.array([[low, high]]), "float32")
            assert y[0, 0] <= y[0, 1] * (1 + 4e-7 * np.sign(y[0, 1])) + 1e-37, record.name


@settings(deadline=None, max_examples=40)
@given(st.floats(-40, 40))
def test_curves_and_their_mirrors(x):
    def f(name, x):
        return value(activations.get(name, "activation"), np.array([[x]]))[0, 0]
    assert f("tanh", -x) == -f("tanh", x)
    assert f("sigmoid", x) + f("sigmoid", -x) == pytest.approx(1)
    assert f("softplus", x) - f("softplus", -x) == pytest.approx(x, abs=1e-8)
    assert f("silu", x) - f("silu", -x) == pytest.approx(x, abs=1e-12)
    assert f("gelu", x) - f("gelu", -x) == pytest.approx(x, abs=1e-12)
