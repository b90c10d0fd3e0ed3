"""Every loss on every task it serves: value, gradient, targets, extremes, PyTorch, and the claims made of it."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.registry import losses

from .kernels import both, check_record, kinds, need_torch, run_kernel, torch_source
from .reference import LOSSES, logistic, shares

COUNT = {"binary": 2, "classes": 4, "regression": 3}
OF_SEQUENCES = {"sequence", "labels"}                     # tests/test_sequence_losses.py
pairs = [(record, task) for record in losses for task in record.tasks if task in COUNT]
every_task = pytest.mark.parametrize("record, task", pairs, ids=lambda v: v if isinstance(v, str) else v.name)


def labels(task, rows, seed=1):
    generator = np.random.default_rng(seed)
    return generator.normal(0, 2, (rows, 3)) if task == "regression" else generator.integers(0, COUNT[task], rows)


def example(record, task, rows=7, seed=2, scale=2.0):
    """Outputs and targets of the shapes the record asks for."""
    z = np.random.default_rng(seed).normal(0, scale, (rows, record.outputs(task, COUNT[task])))
    return z, record.target(task, labels(task, rows), COUNT[task])


def knobs_of(record):
    return tuple(record.defaults().values())


def value(record, z, target, precision="float64", knobs=None):
    return run_kernel(record.forward, precision, [z, target, np.zeros(1)], knobs_of(record) if knobs is None else knobs)[2][0]


def gradient(record, z, target, precision="float64", first=1, start=0.0, knobs=None):
    loss = np.array([value(record, z, target, knobs=knobs)])
    after = run_kernel(record.backward, precision, [z, target, loss, np.full_like(z, start)],
                       knobs_of(record) if knobs is None else knobs, first)
    assert np.array_equal(after[0], np.asarray(z, precision), equal_nan=True)
    return after[3]


def get(name):
    return losses.get(name, "loss")


@kinds(losses)
def test_says_what_it_is(record):
    check_record(record)
    assert record.name in LOSSES, f"tests/reference.py has no {record.name}"
    assert record.tasks and set(record.tasks) <= set(COUNT) | OF_SEQUENCES


@every_task
def test_targets_have_the_shape_of_the_outputs_or_name_classes(record, task):
    z, target = example(record, task)
    assert target.dtype == np.float64 and target.ndim == 2 and len(target) == 7
    assert target.shape == z.shape or (target.shape[1] == 1 and z.shape[1] == COUNT[task])


def test_which_outputs_and_targets():
    y = np.array([0, 1, 1])
    assert get("binary_cross_entropy").outputs("binary", 2) == 1 and get("cross_entropy").outputs("binary", 2) == 2
    assert get("mse").outputs("binary", 2) == get("hinge").outputs("binary", 2) == get("huber").outputs("binary", 2) == 1
    assert get("mse").outputs("classes", 5) == get("hinge").outputs("classes", 5) == 5
    assert get("mse").outputs("regression", 2) == 2
    assert get("binary_cross_entropy").target("binary", y, 2).tolist() == [[0], [1], [1]]
    assert get("mse").target("binary", y, 2).tolist() == get("hinge").target("binary", y, 2).tolist() == [[-1], [1], [1]]
    assert get("mse").target("classes", y, 3).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert get("cross_entropy").target("classes", y, 3).tolist() == [[0], [1], [1]]
    assert get("mse").target("regression", y, 1).tolist() == [[0], [1], [1]]


@pytest.mark.parametrize("record, task", [p for p in pairs if p[1] != "regression"],
                         ids=lambda v: v if isinstance(v, str) else v.name)
def test_class_numbers_that_do_not_exist_are_refused(record, task):
    for wrong in (COUNT[task], -1, 0.5, np.nan):
        with pytest.raises(EngineError, match=r"data\.y: expected class numbers from 0 to"):
            record.target(task, np.array([0, wrong]), COUNT[task])


@every_task
@both
def test_value_is_the_formula(record, task, precision):
    for rows in (1, 2, 7, 33):
        z, target = example(record, task, rows)
        assert value(record, z, target, precision) == pytest.approx(LOSSES[record.name](z, target, *knobs_of(record)),
                                                                    rel=2e-5 if precision == "float32" else 1e-12)


@every_task
def test_gradient_is_the_slope_and_is_added(record, task):
    z, target = example(record, task)
    slope, h = np.zeros_like(z), 1e-6
    for index in np.ndindex(z.shape):
        ends = []
        for sign in (1, -1):
            moved = z.copy()
            moved[index] += sign * h
            ends.append(value(record, moved, target))
        slope[index] = (ends[0] - ends[1]) / (2 * h)
    np.testing.assert_allclose(gradient(record, z, target, first=0, start=10.0), 10.0 + slope, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(gradient(record, z, target, first=1, start=10.0), slope, rtol=1e-6, atol=1e-8)


@every_task
def test_float32_gradient_is_that_of_float64(record, task):
    z, target = example(record, task, 33)
    quick = gradient(record, z, target, "float32")
    assert quick.dtype == np.float32
    np.testing.assert_allclose(quick, gradient(record, z, target), rtol=2e-5, atol=1e-7)


@every_task
@both
def test_same_as_pytorch(record, task, precision):
    f = torch_source(record)
    torch = need_torch()
    for rows, scale in ((1, 1.0), (7, 2.0), (20, 15.0)):
        z, target = example(record, task, rows, scale=scale)
        y = torch.tensor(target, dtype=getattr(torch, precision))
        if target.shape[1] == 1 and z.shape[1] > 1:
            y = y[:, 0].long()
        given_z = torch.tensor(z, dtype=getattr(torch, precision), requires_grad=True)
        loss = f(given_z, y)
        loss.backward()
        close = dict(rtol=2e-5, atol=1e-6) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(value(record, z, target, precision), loss.item(), **close)
        np.testing.assert_allclose(gradient(record, z, target, precision), given_z.grad.numpy(), **close)


@every_task
@both
def test_nan_is_shown_and_huge_outputs_are_not_nan(record, task, precision):
    z, target = example(record, task)
    huge = 1e4 * np.sign(z)
    assert np.isfinite(value(record, huge, target, precision))
    assert np.isfinite(gradient(record, huge, target, precision)).all()
    z[3, -1] = np.nan
    assert np.isnan(value(record, z, target, precision))


@every_task
def test_mean_over_the_rows(record, task):
    """Twice the same rows is the same loss, and each row's gradient is halved."""
    z, target = example(record, task)
    twice, twice_target = np.concatenate([z, z]), np.concatenate([target, target])
    assert value(record, twice, twice_target) == pytest.approx(value(record, z, target))
    np.testing.assert_allclose(gradient(record, twice, twice_target)[:7], gradient(record, z, target) / 2, rtol=1e-12)


def test_cross_entropy_slope_is_p_minus_y():
    z, target = example(get("cross_entropy"), "classes")
    p_minus_y = shares(z) - np.eye(4)[target[:, 0].astype(int)]
    np.testing.assert_allclose(7 * gradient(get("cross_entropy"), z, target), p_minus_y, atol=1e-14)
    z, target = example(get("binary_cross_entropy"), "binary")
    np.testing.assert_allclose(7 * gradient(get("binary_cross_entropy"), z, target), logistic(z) - target, atol=1e-14)


def test_two_logits_or_one_make_the_same_cross_entropy():
    z, target = example(get("binary_cross_entropy"), "binary")
    two = np.concatenate([np.zeros_like(z), z], 1)
    assert value(get("cross_entropy"), two, target) == pytest.approx(value(get("binary_cross_entropy"), z, target))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@both
def test_label_smoothing_is_that_of_pytorch_with_class_numbers_and_with_shares(smoothing, precision):
    torch, record = need_torch(), get("cross_entropy")
    z, numbers = example(record, "classes", 9)
    shares_given = shares(np.random.default_rng(3).normal(size=z.shape))
    close = dict(rtol=2e-5, atol=1e-6) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)
    for target, right in ((numbers, torch.tensor(numbers[:, 0]).long()), (shares_given, torch.tensor(shares_given).to(getattr(torch, precision)))):
        z_given = torch.tensor(z, dtype=getattr(torch, precision), requires_grad=True)
        loss = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)(z_given, right)
        loss.backward()
        np.testing.assert_allclose(value(record, z, target, precision, (smoothing,)), loss.item(), **close)
        np.testing.assert_allclose(gradient(record, z, target, precision, knobs=(smoothing,)), z_given.grad.numpy(), **close)


def test_smoothed_labels_are_best_met_by_a_limited_certainty():
    """With ε = 0.1 and four classes the lowest loss is at p = 0.925, not at 1."""
    certainty = np.linspace(0, 12, 1201)
    losses_at = [value(get("cross_entropy"), np.array([[s, 0.0, 0.0, 0.0]]), np.array([[0.0]]), knobs=(0.1,)) for s in certainty]
    best = np.array([[certainty[int(np.argmin(losses_at))], 0.0, 0.0, 0.0]])
    assert shares(best)[0, 0] == pytest.approx(0.925, abs=0.002)


@pytest.mark.parametrize("name, task", [("cross_entropy", "classes"), ("binary_cross_entropy", "binary")])
def test_drawn_answers_come_as_often_as_the_outputs_say(name, task):
    record = get(name)
    z = np.repeat(example(record, task, 1)[0], 20000, axis=0)
    p = logistic(z[0]) if task == "binary" else shares(z[0])
    drawn = run_kernel(record.sample, "float32", [z, np.zeros((len(z), 1)), np.zeros((len(z), 1))])[2][:, 0]
    often = np.bincount(drawn.astype(int), minlength=2) / len(z)
    expected = np.array([1 - p[0], p[0]]) if task == "binary" else p
    assert abs(often - expected).max() < 4 * 0.5 / np.sqrt(len(z))          # four standard errors


@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
def test_huber_is_a_square_inside_and_a_line_outside(delta):
    def at(e):
        return value(get("huber"), np.array([[e]]), np.zeros((1, 1)), knobs=(delta,))

    def slope_at(e):
        return gradient(get("huber"), np.array([[e]]), np.zeros((1, 1)), knobs=(delta,))[0, 0]
    for e in np.linspace(-delta, delta, 9):
        assert at(e) == pytest.approx(e * e / 2) and slope_at(e) == pytest.approx(e)
    for e in (delta, 2 * delta, 50 * delta):
        assert at(e) == pytest.approx(delta * (e - delta / 2)) and at(-e) == at(e)
        assert slope_at(e) == pytest.approx(delta) and slope_at(-e) == pytest.approx(-delta)


def test_squared_error_learns_slowly_on_a_saturated_sigmoid():
    """A confident wrong answer, z = -8 where the class is 1: the slope through the sigmoid, and that of cross-entropy."""
    z, one = np.array([[-8.0]]), np.array([[1.0]])
    p = logistic(z)
    through_sigmoid = gradient(get("mse"), p, one) * p * (1 - p)
    assert abs(through_sigmoid[0, 0]) < 1e-3 < 0.99 < abs(gradient(get("binary_cross_entropy"), z, one)[0, 0])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-30, 30), min_size=2, max_size=8), st.floats(-20, 20), st.data())
def test_cross_entropy_properties(row, constant, data):
    z, target = np.array([row]), np.array([[float(data.draw(st.integers(0, len(row) - 1)))]])
    loss = value(get("cross_entropy"), z, target)
    assert loss >= 0
    assert value(get("cross_entropy"), z + constant, target) == pytest.approx(loss, rel=1e-9, abs=1e-9)
    assert abs(gradient(get("cross_entropy"), z, target).sum()) < 1e-12
