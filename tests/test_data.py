"""From a table to what a network is fed: the split, features, standardising, painted and erased points, own arrays."""
import numpy as np
import pytest

from engine.data import mean_and_std, prepare, split, square_around, thumbnail
from engine.errors import BadSetting, EngineError, ShapeError, UnknownName
from engine.features import CURVE_NAMES, FEATURES, PLANE_NAMES
from engine.own_arrays import own
from engine.registry import datasets


def refused(field, settings, kind=EngineError):
    with pytest.raises(kind) as error:
        prepare(settings, 1)
    assert error.value.field == field, error.value
    assert str(error.value).startswith(field)


# ---------------------------------------------------------------- the split

@pytest.mark.parametrize("name", ["spiral", "iris", "diabetes"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_the_split_takes_its_share_and_every_row_once(name, share):
    data = prepare({"name": name, "test_share": share}, 7)
    n = len(data.train_rows) + len(data.test_rows)
    assert len(data.test_rows) == len(data.x_test) == len(data.y_test) == round(share * n)
    assert sorted([*data.train_rows, *data.test_rows]) == list(range(n))


def test_the_split_is_stratified():
    for seed in range(5):
        data = prepare({"name": "wine", "test_share": 0.3}, seed)
        whole = np.bincount(np.concatenate([data.y_train, data.y_test]))
        assert (np.abs(np.bincount(data.y_test) - 0.3 * whole) < 1).all()


def test_every_class_keeps_a_row_to_train_on():
    y = np.array([0] * 20 + [1])
    assert not split(y, 0.9, 1, True)[20]
    assert len(prepare({"name": "blobs", "points": 20, "classes": 10, "test_share": 0.9}, 1).x_train) >= 10


def test_the_split_follows_the_seed_alone():
    a, b, c = (prepare({"name": "spiral", **more}, 7) for more in ({}, {"noise": 0.7}, {"seed": 8}))
    assert (a.test_rows == b.test_rows).all() and (a.test_rows != c.test_rows).any()
    assert (prepare({"name": "spiral"}, 8).raw_train == c.raw_train).all()       # own seed is the seed
    small, large = (set(prepare({"name": "spiral", "test_share": s}, 7).test_rows.tolist()) for s in (0.2, 0.4))
    assert small < large


# ---------------------------------------------------------------- painted and erased

def test_painting_and_erasing_moves_no_other_row():
    before = prepare({"name": "spiral"}, 7)
    erased = [int(before.train_rows[0]), int(before.test_rows[0])]
    after = prepare({"name": "spiral", "painted": [[1, 2, 1], [0.5, -3, 0]], "erased": erased}, 7)
    assert after.train_rows.tolist() == [*before.train_rows.tolist()[1:], 500, 501]
    assert after.test_rows.tolist() == before.test_rows.tolist()[1:]
    assert after.raw_train[-2:].tolist() == [[1, 2], [0.5, -3]] and after.y_train[-2:].tolist() == [1, 0]
    assert (after.raw_train[:-2] == before.raw_train[1:]).all() and after.y_train.dtype == np.int64


def test_painting_values_into_a_regression_and_a_curve():
    data = prepare({"name": "bumps", "painted": [[0, 0, 2.5]]}, 1)
    assert data.y_train[-1].tolist() == [2.5]
    data = prepare({"name": "curve", "painted": [[1, -0.5]]}, 1)
    assert data.x_train[-1].tolist() == [1] and data.y_train[-1].tolist() == [-0.5]


def test_erased_numbers_beyond_the_last_row_have_no_effect():
    assert len(prepare({"name": "spiral", "points": 20, "erased": [3, 400]}, 1).train_rows) in (9, 10)


def test_only_painted_points_can_be_trained_on():
    data = prepare({"name": "xor", "points": 20, "erased": list(range(20)), "painted": [[1, 1, 1], [-1, 1, 0]]}, 1)
    assert len(data.x_train) == 2 and len(data.x_test) == 0 and data.x_test.shape == (0, 2)
    refused("data.erased", {"name": "xor", "points": 20, "erased": list(range(20))})


@pytest.mark.parametrize("row, field", [
    ([1, 2], "data.painted[1]"), ([1, 2, 0, 0], "data.painted[1]"), ([9, 0, 1], "data.painted[1]"),
    ([1, 2, 2], "data.painted[1][2]"), ([1, 2, 0.5], "data.painted[1][2]"), ([1, 2, -1], "data.painted[1][2]"),
    ([1, "a", 0], "data.painted[1][1]"), ([1, None, 0], "data.painted[1][1]"), (["1", 2, 0], "data.painted[1][0]"),
    ([float("nan"), 0, 0], "data.painted[1][0]"), (5, "data.painted[1]"), ("abc", "data.painted[1]")])
def test_bad_painted_rows_are_named(row, field):
    refused(field, {"name": "spiral", "painted": [[0, 0, 1], row]})


# ---------------------------------------------------------------- features

def test_features_are_their_formulas():
    data = prepare({"name": "spiral", "features": list(PLANE_NAMES)}, 7)
    x1, x2 = data.raw_train.T
    expected = np.stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)], axis=1)
    assert np.allclose(data.x_train, expected) and data.features == PLANE_NAMES
    data = prepare({"name": "curve", "features": list(CURVE_NAMES)}, 7)
    x = data.raw_train[:, 0]
    assert np.allclose(data.x_train, np.stack([x, x**2, x**3, np.sin(x)], axis=1))
    assert all(feature.formula and feature.title for feature in FEATURES.values())


def test_features_come_in_the_order_asked_for_and_one_alone_may_be_named():
    data = prepare({"name": "spiral", "features": ["x2", "x1"]}, 7)
    assert (data.x_train == data.raw_train[:, ::-1]).all()
    assert prepare({"name": "spiral", "features": "x1*x2"}, 7).features == ("x1*x2",)


def test_real_sets_offer_their_own_columns():
    data = prepare({"name": "iris", "features": ["petal width", "sepal length"], "standardize": False}, 7)
    assert (data.x_train == data.raw_train[:, [3, 0]]).all() and len(data.columns) == 4 and not data.plane
    assert prepare({"name": "digits"}, 7).image == (8, 8)
    assert prepare({"name": "digits", "features": ["pixel 3,3"]}, 7).image is None


@pytest.mark.parametrize("settings, field, kind", [
    ({"name": "spiral", "features": ["x3"]}, "data.features[0]", UnknownName),
    ({"name": "spiral", "features": ["x1", "x"]}, "data.features[1]", UnknownName),
    ({"name": "spiral", "features": []}, "data.features", BadSetting),
    ({"name": "spiral", "features": None}, "data.features", BadSetting),
    ({"name": "spiral", "features": ["x1", "x1"]}, "data.features[1]", BadSetting),
    ({"name": "iris", "features": ["petal widht"]}, "data.features[0]", UnknownName),
    ({"name": "iris", "features": 3}, "data.features", BadSetting),
    ({"name": "spirall"}, "data.name", UnknownName), ({"name": 3}, "data.name", UnknownName),
    ({}, "data.name", BadSetting), (None, "data", BadSetting), ([], "data", BadSetting),
    ({"name": "spiral", "nois": 0.1}, "data.nois", UnknownName),
    ({"name": "spiral", "test_share": 0.95}, "data.test_share", BadSetting),
    ({"name": "spiral", "standardize": 1}, "data.standardize", BadSetting),
    ({"name": "spiral", "seed": -1}, "data.seed", BadSetting),
    ({"name": "spiral", "erased": [-1]}, "data.erased[0]", BadSetting),
    ({"name": "spiral", "erased": [1.5]}, "data.erased[0]", BadSetting),
    ({"name": "spirals", "classes": 11}, "data.classes", BadSetting),
    ({"name": "curve", "function": "cosine"}, "data.function", UnknownName)])
def test_bad_settings_name_the_field(settings, field, kind):
    refused(field, settings, kind)


def test_a_misspelt_column_gets_the_nearest():
    with pytest.raises(UnknownName) as error:
        prepare({"name": "iris", "features": ["petal widht"]}, 1)
    assert error.value.nearest == "petal width"


# ---------------------------------------------------------------- standardising

def test_standardising_uses_the_training_rows_only_and_the_same_for_new_rows():
    data = prepare({"name": "wine", "test_share": 0.4}, 7)
    assert np.allclose(data.x_train.mean(axis=0), 0) and np.allclose(data.x_train.std(axis=0), 1)
    assert not np.allclose(data.x_test.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(data.x_mean, data.raw_train.mean(axis=0))
    assert (data.features_of(data.raw_test) == data.x_test).all()
    assert (data.features_of(data.raw_train.tolist()) == data.x_train).all()


def test_each_set_has_its_own_habit_which_settings_overrule():
    assert (prepare({"name": "spiral"}, 7).x_std == 1).all()
    assert np.allclose(prepare({"name": "spiral", "standardize": True}, 7).x_train.std(axis=0), 1)
    data = prepare({"name": "house_price", "standardize": False}, 7)
    assert (data.x_train == data.raw_train).all() and abs(data.y_train).max() < 10
    assert prepare({"name": "house_price", "standardize_target": False}, 7).y_train.max() > 100_000


def test_targets_are_scaled_and_brought_back():
    data = prepare({"name": "house_price"}, 7)
    raw = prepare({"name": "house_price", "standardize_target": False}, 7)
    assert np.allclose(data.y_train.mean(axis=0), 0) and np.allclose(data.y_train.std(axis=0), 1)
    assert np.allclose(data.targets_of(data.y_train), raw.y_train)
    assert np.allclose(data.targets_of(data.y_test), raw.y_test) and data.targets == ("price",)
    assert (raw.targets_of(raw.y_test) == raw.y_test).all()


def test_classes_are_never_scaled():
    assert prepare({"name": "iris", "standardize_target": True}, 7).y_train.dtype == np.int64


def test_columns_that_never_change_become_zero():
    mean, std = mean_and_std(np.array([[0.1, 1], [0.1, 3], [0.1, 5]]))
    assert std[0] == 1 and std[1] > 1
    mean, std = mean_and_std(np.full((1000, 1), 0.1))
    assert std[0] == 1


def test_pixels_share_one_spread():
    data = prepare({"name": "digits"}, 7)
    assert len(set(data.x_std)) == 1 and abs(data.x_train.mean()) < 1e-9 and abs(data.x_train.std() - 1) < 1e-9


def test_new_rows_of_the_wrong_width_are_refused():
    with pytest.raises(ShapeError):
        prepare({"name": "iris"}, 1).features_of([[1.0, 2.0]])
    with pytest.raises(ShapeError):
        prepare({"name": "iris"}, 1).features_of([1.0, 2.0, 3.0, 4.0])


# ---------------------------------------------------------------- own arrays

X, LABELS = np.arange(12.0).reshape(6, 2), np.array([0, 1, 2, 0, 1, 2])


def test_own_arrays_are_used_exactly_as_given():
    data = own(X, LABELS, X[:2] + 0.5, LABELS[:2], "classes")
    assert (data.x_train == X).all() and (data.raw_train == X).all() and (data.y_train == LABELS).all()
    assert data.x_test.shape == (2, 2) and data.classes == ("0", "1", "2") and data.task == "classes"
    assert data.y_train.dtype == np.int64 and data.x_train is not X
    assert (data.features_of(X) == X).all() and data.train_rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert own(X.T.copy().T, LABELS, task="classes").x_train.flags.c_contiguous


@pytest.mark.parametrize("x_test, y_test", [(None, None), (np.empty((0, 2)), np.empty(0)), ([], [])])
def test_own_test_part_may_be_missing_or_empty(x_test, y_test):
    data = own(X, X[:, 0], x_test, y_test, "regression")
    assert data.x_test.shape == (0, 2) and data.y_test.shape == (0, 1)
    assert own(X, LABELS, x_test, y_test, "classes").y_test.shape == (0,)


def test_own_regression_targets_of_one_or_more_columns():
    assert own(X, X[:, 0]).y_train.shape == (6, 1)
    data = own(X, X * 2, X, X, "regression")
    assert data.y_train.shape == (6, 2) and data.targets == ("y1", "y2") and (data.targets_of(X) == X).all()


def test_own_classes_take_any_whole_numbers_and_count_the_test_part():
    assert own(X, LABELS.astype(float), task="classes").y_train.dtype == np.int64
    assert own(X, LABELS % 2 == 0, task="binary").classes == ("0", "1")
    assert len(own(X, LABELS, X[:1], [4], "classes").classes) == 5
    assert own(X, np.zeros(6), task="classes").classes == ("0", "1")
    assert own(X, LABELS % 2, task="classes").task == "classes"           # two outputs, as cross_entropy has


NAN = np.where(X == 5, np.nan, X)


@pytest.mark.parametrize("arguments, field, kind", [
    ((X[:, 0], LABELS, None, None, "classes"), "x_train", ShapeError),
    ((X[None], LABELS, None, None, "classes"), "x_train", ShapeError),
    ((np.empty((0, 2)), [], None, None, "classes"), "x_train", ShapeError),
    ((np.empty((6, 0)), LABELS, None, None, "classes"), "x_train", ShapeError),
    ((None, LABELS, None, None, "classes"), "x_train", BadSetting),
    ((NAN, LABELS, None, None, "classes"), "x_train[2, 1]", BadSetting),
    (([["a", "b"]], [0], None, None, "classes"), "x_train", BadSetting),
    (([[1, 2], [3]], [0, 1], None, None, "classes"), "x_train", BadSetting),
    ((X, LABELS[:5], None, None, "classes"), "y_train", ShapeError),
    ((X, 3, None, None, "regression"), "y_train", ShapeError),
    ((X, None, None, None, "classes"), "y_train", BadSetting),
    ((X, LABELS[:, None], None, None, "classes"), "y_train", ShapeError),
    ((X, LABELS + 0.5, None, None, "classes"), "y_train[0]", BadSetting),
    ((X, LABELS - 1, None, None, "classes"), "y_train[0]", BadSetting),
    ((X, LABELS, None, None, "binary"), "y_train[2]", BadSetting),
    ((X, LABELS * 10**9, None, None, "classes"), "y_train[1]", BadSetting),
    ((X, np.full(6, np.inf), None, None, "regression"), "y_train[0]", BadSetting),
    ((X, np.zeros((6, 2, 2)), None, None, "regression"), "y_train", ShapeError),
    ((X, LABELS, X[:, :1], LABELS, "classes"), "x_test", ShapeError),
    ((X, LABELS, X, LABELS[:2], "classes"), "y_test", ShapeError),
    ((X, LABELS, X, None, "classes"), "y_test", BadSetting),
    ((X, LABELS, None, LABELS, "classes"), "x_test", BadSetting),
    ((X, X, X, X[:, :1], "regression"), "y_test", ShapeError),
    ((X, LABELS, None, None, "clases"), "task", UnknownName)])
def test_bad_own_arrays_name_the_field(arguments, field, kind):
    with pytest.raises(kind) as error:
        own(*arguments)
    assert error.value.field == field


def test_one_input_as_a_flat_array_gets_advice():
    with pytest.raises(ShapeError, match=r"reshape\(-1, 1\)"):
        own(X[:, 0], LABELS, task="classes")


def test_a_square_is_drawn_around_points_it_can_serve():
    low, high = square_around(np.array([[0.0, 0.0], [10.0, 8.0]]))
    assert low < 0 and high > 10
    assert square_around(np.array([[0.0, 0.0], [1.0, 1000.0]])) is None
    assert square_around(np.zeros((3, 2))) is None and square_around(np.zeros((3, 4))) is None
    assert own(X, LABELS, task="classes").plane and not own(X[:, :1], LABELS, task="classes").plane


def test_thumbnails_need_a_known_name():
    with pytest.raises(UnknownName):
        thumbnail("nothing")
    assert thumbnail("iris") is None and all(thumbnail(record.name) for record in datasets if record.plane)


@pytest.mark.parametrize("name", ["spiral", "digits", "plane", "echo", "iris"])
def test_three_parts_hold_every_row_once_and_the_test_rows_stay_the_same(name):
    whole, parted = prepare({"name": name}, 3), prepare({"name": name, "validation_share": 0.2}, 3)
    again = prepare({"name": name, "validation_share": 0.2}, 3)
    rows = np.concatenate([parted.train_rows, parted.validation_rows, parted.test_rows])
    n = len(whole.train_rows) + len(whole.test_rows)
    assert sorted(rows) == list(range(n)) and len(parted.validation_rows) == round(0.2 * n)
    assert np.array_equal(parted.test_rows, whole.test_rows) and np.array_equal(parted.validation_rows, again.validation_rows)
    assert not np.array_equal(prepare({"name": name, "validation_share": 0.2}, 4).validation_rows, parted.validation_rows)
    assert parted.describe()["rows_validation"] == len(parted.x_validation) == len(parted.y_validation)
    assert len(whole.validation_rows) == 0
    if whole.task in ("binary", "classes"):          # every class gives its share
        shares = np.bincount(parted.y_validation) / np.bincount(np.concatenate([parted.y_train, parted.y_validation, parted.y_test]))
        assert np.abs(shares - 0.2).max() < 0.1


def test_shares_that_leave_nothing_to_train_on_keep_a_row():
    data = prepare({"name": "spiral", "points": 20, "test_share": 0.9, "validation_share": 0.8}, 1)
    assert len(data.x_train) >= 1 and len(data.x_train) + len(data.x_validation) + len(data.x_test) == 20
