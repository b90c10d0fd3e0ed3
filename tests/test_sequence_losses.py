"""Losses of sequences: positions that are not asked, and CTC, where nobody says when a label comes."""
import numpy as np
import pytest

from engine.measure import edits, label_scores, read_labels, sequence_scores
from engine.registry import losses

from .kernels import both, need_torch, torch_source
from .reference import LOSSES, right, shares
from .test_losses import gradient, knobs_of, value

CTC, CROSS = losses.get("ctc", "loss"), losses.get("cross_entropy", "loss")
STRINGS = {"plain": [[0, 1, -1], [2, -1, -1], [1, 0, 2]], "repeated": [[0, 0, -1], [1, 1, 1]],
           "empty": [[-1, -1, -1], [0, 1, -1]], "all empty": [[-1], [-1]], "full": [[0, 1, 2, 0, 1]],
           "impossible": [[0, 0, 0, 1], [0, 1, 2, -1]]}
strings = pytest.mark.parametrize("case", STRINGS)


def example(case, steps=5, classes=3, seed=1):
    target = np.array(STRINGS[case], float)
    return np.random.default_rng(seed).normal(0, 1.5, (len(target) * steps, classes + 1)), target


def slope(record, z, target, knobs=None, h=1e-6):
    found = np.zeros_like(z)
    for index in np.ndindex(z.shape):
        ends = []
        for sign in (1, -1):
            moved = z.copy()
            moved[index] += sign * h
            ends.append(value(record, moved, target, knobs=knobs))
        found[index] = (ends[0] - ends[1]) / (2 * h)
    return found


@strings
@both
def test_ctc_is_the_sum_over_all_paths(case, precision):
    z, target = example(case)
    for forgiving in (False, True):
        expected = LOSSES["ctc"](z, target, forgiving)
        assert value(CTC, z, target, precision, (forgiving,)) == pytest.approx(expected, rel=1e-5 if precision == "float32" else 1e-12)


@strings
def test_ctc_gradient_is_the_slope_and_is_added(case):
    z, target = example(case)
    np.testing.assert_allclose(gradient(CTC, z, target, first=0, start=10.0, knobs=(True,)), 10 + slope(CTC, z, target, (True,)),
                               rtol=1e-8, atol=1e-8)


@strings
@both
@pytest.mark.parametrize("forgiving", [False, True])
def test_ctc_is_that_of_pytorch(case, precision, forgiving):
    """Mean reduction, zero-length targets, repeated labels, targets longer than the steps allow."""
    torch = need_torch()
    z, target = example(case)
    given = torch.tensor(z, dtype=getattr(torch, precision), requires_grad=True)
    theirs = torch_source(CTC, {"zero_infinity": forgiving})(given, torch.tensor(target))
    close = dict(rtol=1e-4, atol=1e-5) if precision == "float32" else dict(rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(value(CTC, z, target, precision, (forgiving,)), theirs.item(), **close)
    if np.isfinite(theirs.item()):
        theirs.backward()
        np.testing.assert_allclose(gradient(CTC, z, target, precision, knobs=(forgiving,)), given.grad.numpy(), **close)


@both
def test_ctc_of_a_long_sequence_is_finite(precision):
    """Four hundred steps: a product of probabilities would be 10 to the -240; in logarithms nothing is lost."""
    z = np.random.default_rng(3).normal(0, 2, (400, 4))
    target = np.array([[0, 1, 2] * 20], float)
    assert np.isfinite(value(CTC, z, target, precision)) and np.isfinite(gradient(CTC, z, target, precision)).all()
    z[7, 1] = np.nan
    assert np.isnan(value(CTC, z, target, precision))


@both
def test_cross_entropy_of_sequences_leaves_out_what_is_not_asked(precision):
    rng = np.random.default_rng(1)
    z, target = rng.normal(0, 2, (12, 4)), rng.integers(-1, 4, (3, 4)).astype(float)
    asked = target.ravel() >= 0
    expected = -np.log(right(shares(z[asked]), target.ravel()[asked][:, None])).mean()
    close = dict(rtol=1e-5, atol=1e-6) if precision == "float32" else dict(rtol=1e-12)
    np.testing.assert_allclose(value(CROSS, z, target, precision), expected, **close)
    found = gradient(CROSS, z, target, precision)
    assert (found[~asked] == 0).all()
    np.testing.assert_allclose(found, slope(CROSS, z, target), rtol=1e-4, atol=1e-6)
    assert value(CROSS, z, np.full((3, 4), -1.0), precision) == 0 == np.abs(gradient(CROSS, z, np.full((3, 4), -1.0))).max()


@both
def test_cross_entropy_of_sequences_is_that_of_pytorch(precision):
    torch = need_torch()
    rng = np.random.default_rng(1)
    z, target = rng.normal(0, 2, (12, 4)), rng.integers(-1, 4, (3, 4)).astype(float)
    given = torch.tensor(z, dtype=getattr(torch, precision), requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(given, torch.tensor(target).long().flatten(), ignore_index=-1)
    theirs.backward()
    close = dict(rtol=1e-4, atol=1e-5) if precision == "float32" else dict(rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(value(CROSS, z, target, precision), theirs.item(), **close)
    np.testing.assert_allclose(gradient(CROSS, z, target, precision), given.grad.numpy(), **close)


def test_scores_that_a_person_understands():
    assert edits("kitten", "sitting") == 3 and edits("", "abc") == 3 and edits("abc", "abc") == 0
    z = np.eye(3)[[0, 0, 2, 0, 1, 1, 2, 2]]                       # a a - a b b - -, the blank being the last
    assert read_labels(z, 1) == [[0, 0, 1]] and read_labels(z, 2) == [[0, 0], [1]]
    assert label_scores(z, np.array([[0, 0, 1, -1]])) == {"accuracy": 1, "exact": 1}
    assert label_scores(z, np.array([[0, 1, 1, 1]]))["accuracy"] == 0.5
    scores = sequence_scores(np.eye(3)[[0, 1, 2, 0]], np.array([[0, -1], [2, 1]]))
    assert scores["accuracy"] == pytest.approx(2 / 3) and scores["exact"] == 0.5


def test_knobs_of_ctc():
    assert knobs_of(CTC) == (False,) and CTC.outputs("labels", 4) == 5
