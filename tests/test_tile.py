"""Products of matrices in tiles: right for every size and for pieces of larger matrices, and the same to the bit wherever a tile lies."""
import numpy as np
import pytest

from engine.ops import _product
from engine.shared import inside

tiles_as_they_lie, tiles_turned, turned = inside(_product.tiles_as_they_lie), inside(_product.tiles_turned), inside(_product.turned)

PRECISIONS = {"float32": 2e-6, "float64": 1e-14}
SIZES = (1, 2, 5, 6, 7, 8, 9, 13, 16, 17, 24, 31, 32, 33, 40, 129)


def piece(rows, columns, precision, seed=None):
    """A matrix that is a piece of a larger one of 77s, which comes with it."""
    whole = np.full((rows + 2, columns + 3), 77, precision)
    if seed is not None:
        whole[1:-1, 1:-2] = np.random.default_rng(seed).normal(size=(rows, columns))
    return whole[1:-1, 1:-2], whole


def multiplied(turned, a, b, c, add, start=None):
    """c = a b (or aᵀ b), or += it."""
    if turned:
        tiles_turned(a, b, c, add)
    else:
        tiles_as_they_lie(a, b, c, c if start is None else start, start is not None, add)


@pytest.mark.parametrize("turned", [False, True], ids=["a b", "aᵀ b"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_products_of_all_sizes(precision, turned):
    rng = np.random.default_rng(0)
    for n, k, o in [(1, 1, 1), (6, 1, 16), (7, 300, 9), *zip(rng.choice(SIZES, 60), rng.choice(SIZES, 60), rng.choice(SIZES, 60))]:
        a, b = piece(*((k, n) if turned else (n, k)), precision, 1)[0], piece(k, o, precision, 2)[0]
        exact = (a.T if turned else a).astype(float) @ b.astype(float)
        for add in (False, True):
            c, whole = piece(n, o, precision, 3)
            before = c.copy()
            multiplied(turned, a, b, c, add)
            assert np.allclose(c, exact + add * before.astype(float), rtol=0, atol=PRECISIONS[precision] * (k + 10)), (n, k, o, add)
            whole[1:-1, 1:-2] = 77
            assert (whole == 77).all(), (n, k, o, add)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_an_element_does_not_depend_on_the_matrix_around_it(precision):
    """It is the sum of its products one after the other, in whatever tile it is made; so a batch of one is a row of a batch."""
    a, b = piece(31, 150, precision, 1)[0], piece(150, 45, precision, 2)[0]
    c = piece(31, 45, precision, 3)[0]
    multiplied(False, a, b, c, False)
    for rows, columns in ((slice(3, 4), slice(0, 45)), (slice(5, 18), slice(7, 20)), (slice(30, 31), slice(44, 45)), (slice(0, 6), slice(29, 45))):
        part = piece(len(range(31)[rows]), len(range(45)[columns]), precision, 4)[0]
        multiplied(False, a[rows], b[:, columns], part, False)
        assert np.array_equal(part, c[rows, columns])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_product_may_go_on_from_other_sums(precision):
    for n, k, o in ((1, 3, 2), (7, 20, 26), (14, 300, 40)):
        a, b, c, start = (piece(*shape, precision, seed)[0] for seed, shape in enumerate(((n, k), (k, o), (n, o), (n, o))))
        multiplied(False, a, b, c, False, start)
        assert np.allclose(c, a.astype(float) @ b + start, rtol=0, atol=PRECISIONS[precision] * (k + 10))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_stays_in_its_row(bad):
    a, b, c = piece(14, 20, "float32", 1)[0], piece(20, 18, "float32", 2)[0], piece(14, 18, "float32", 3)[0]
    a[13, 4] = bad
    multiplied(False, a, b, c, False)
    assert not np.isfinite(c[13]).any() and np.isfinite(c[:13]).all()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_turning(precision):
    for rows in SIZES:
        for columns in (1, 3, 8, 15, 16, 33):
            w, (out, whole) = piece(rows, columns, precision, 1)[0], piece(columns, rows, precision, 3)
            turned(w, out)
            assert np.array_equal(out, w.T)
            whole[1:-1, 1:-2] = 77
            assert (whole == 77).all()
