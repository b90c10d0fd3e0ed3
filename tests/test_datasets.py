"""Every data set in the registry: shapes, seeds, balance, size on the page, and both ends of every knob."""
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets

from engine.data import check, prepare, settings_of, thumbnail
from engine.datasets._plane import DOMAIN, inside
from engine.datasets._real import TABLES, bundled
from engine.errors import EngineError
from engine.random import generator
from engine.registry import datasets

ALL = datasets.names()
MADE = tuple(record.name for record in datasets if record.made)
SCATTERED = tuple(r.name for r in datasets if r.made and {"points", "noise"} <= set(r.knobs))
DRAWN = tuple(record.name for record in datasets if record.features)
CLASSES_OF_THE_PLANE = tuple(r.name for r in datasets if r.plane and r.task != "regression")


def made(name, seed=3, **settings):
    record = datasets.get(name, "data.name")
    return record.make(generator(seed, "data"), record.defaults() | settings)


def ends(name):
    """The settings of a data set with one knob at an end of its range, or at one of its choices."""
    for knob_name, knob in datasets.get(name, "data.name").knobs.items():
        for value in knob.choices or [v for v in (knob.low, knob.high) if v is not None]:
            yield {knob_name: value}


def check_table(table, record):
    n = len(table.y)
    assert table.x.shape == (n, len(table.columns)) and table.x.dtype == np.float64
    assert np.isfinite(table.x).all() and len(set(table.columns)) == len(table.columns)
    assert len(table.units) in (0, len(table.columns))
    if table.classes:
        of_sequences = table.task in ("sequence", "labels")
        assert (table.y.shape[0] == n if of_sequences else table.y.shape == (n,)) and table.y.dtype == np.int64
        assert set(np.unique(table.y)) - {-1 if of_sequences else 0} <= set(range(len(table.classes)))
        assert len(set(table.classes)) == len(table.classes) >= 2
    else:
        assert table.y.shape == (n, len(table.targets)) and table.y.dtype == np.float64 and np.isfinite(table.y).all()
    assert record.task in ("auto", table.task)
    if table.image:
        assert np.prod(table.image) == len(table.columns)
    if record.features:
        assert table.domain == DOMAIN and (np.abs(table.x) <= 3.1 + 1e-9).all()
    if record.plane:
        assert table.columns == ("x1", "x2")


def test_what_there_is():
    assert set(ALL) >= {"circle", "xor", "gaussians", "spiral", "moons", "checkerboard", "blobs", "spirals", "curve",
                        "plane", "bumps", "digits", "iris", "wine", "breast_cancer", "diabetes", "house_price", "csv"}


@pytest.mark.parametrize("name", ALL)
def test_tables_are_well_formed_at_both_ends_of_every_knob(name):
    record = datasets.get(name, "data.name")
    check_table(made(name), record)
    if name != "csv":                                 # its knobs are answers about a text: test_csv.py
        for settings in ends(name):
            try:
                table = made(name, **settings)
            except EngineError as refused:            # an end of one knob may not go with the usual value of another
                assert refused.field.removeprefix("data.") in record.knobs
                continue
            check_table(table, record)


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_data_and_another_seed_other_data(name):
    a, b, c = made(name, 3), made(name, 3), made(name, 4)
    assert (a.x == b.x).all() and (a.y == b.y).all()
    assert (name in MADE or name == "shifted_digits") == (a.x.shape != c.x.shape or bool((a.x != c.x).any()))


@pytest.mark.parametrize("name", SCATTERED)
def test_more_points_or_noise_leave_the_others_where_they_are(name):
    few, many = made(name, points=50), made(name, points=80)
    assert (few.x == many.x[:50]).all() and (few.y == many.y[:50]).all()
    quiet, loud = made(name, noise=0.0), made(name, noise=0.01)
    assert np.abs(quiet.x - loud.x).max() < 0.06
    assert np.abs(quiet.y - loud.y).max() < 0.06 * max(1, np.abs(quiet.y).max())


@pytest.mark.parametrize("name", CLASSES_OF_THE_PLANE)
def test_classes_are_balanced_from_the_first_rows_on(name):
    for n in (60, 500):
        counts = np.bincount(made(name, points=n).y)
        assert counts.max() - counts.min() <= 1
    counts = np.bincount(made(name, points=500).y[:60])
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", CLASSES_OF_THE_PLANE)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_without_noise_the_nearest_point_has_the_same_class(name, classes):
    settings = {"classes": classes} if "classes" in datasets.get(name, "data.name").knobs else {}
    assert wrong_neighbours(made(name, points=1000, noise=0.0, **settings)) <= 0.002


@pytest.mark.parametrize("name", CLASSES_OF_THE_PLANE)
def test_noise_makes_it_harder_little_at_the_start_and_much_at_the_end(name):
    shares = [wrong_neighbours(made(name, points=1000, noise=noise)) for noise in (0.1, 0.5, 1.0)]
    assert shares[0] < 0.12 and shares[0] <= shares[1] < shares[2] and 0.05 < shares[2] < 0.65


def wrong_neighbours(table):
    """The share of points whose nearest other point has another class."""
    distance = ((table.x[:, None] - table.x[None])**2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    return (table.y[distance.argmin(axis=1)] != table.y).mean()


def test_regressions_without_noise_are_their_formulas():
    table = made("plane", noise=0.0)
    assert np.allclose(table.y[:, 0], table.x.sum(axis=1) / 6)
    curves = {"sine": lambda x: np.sin(2 * x), "x_sin_x": lambda x: x * np.sin(2 * x) / 2,
              "step": lambda x: np.where(x >= 0, 1, -1), "absolute": lambda x: np.abs(x) / 1.5 - 1,
              "polynomial": lambda x: 4 * x**3 / 27 - x}
    assert set(datasets.get("curve", "data").knobs["function"].choices) == set(curves)
    for function, formula in curves.items():
        table = made("curve", noise=0.0, function=function)
        assert np.allclose(table.y, formula(table.x))
    size, location, bedrooms, age = made("house_price", noise=0.0).x.T
    price = 40_000 + size * (1_200 + 280 * location) + 9_000 * bedrooms - 900 * age
    assert np.abs(made("house_price", noise=0.0).y[:, 0] - price).max() <= 50       # rounded to hundreds
    assert (price > 0).all() and price.max() < 1_500_000


def test_folding_keeps_what_is_inside_and_mirrors_what_is_beyond():
    assert np.allclose(inside(np.array([-3.1, -1.0, 0.0, 3.1])), [-3.1, -1.0, 0.0, 3.1])
    assert np.allclose(inside(np.array([3.3, -3.4])), [2.9, -2.8])
    assert (np.abs(inside(np.linspace(-100, 100, 999))) <= 3.1 + 1e-9).all()


def test_made_sets_say_so():
    assert set(ALL) - set(MADE) == {"digits", "iris", "wine", "breast_cancer", "diabetes", "csv", "text", "shifted_digits"}
    assert "made" in datasets.get("house_price", "data").sentence.lower()


def test_real_sets_are_those_of_their_sources():
    shapes = {"digits": (1797, 64), "iris": (150, 4), "wine": (178, 13), "breast_cancer": (569, 30),
              "diabetes": (442, 10)}
    for name, shape in shapes.items():
        assert made(name).x.shape == shape
    assert made("digits").image == (8, 8) and made("digits").x.max() == 16
    assert np.allclose(made("iris").x[0], [5.1, 3.5, 1.4, 0.2]) and set(made("iris").units) == {"cm"}
    assert made("diabetes").x[:, 0].min() == 19                     # years, not scaled beforehand


def test_importing_the_sets_does_not_import_scikit_learn():
    import subprocess
    import sys
    code = ("import sys\nfrom engine.data import prepare\nfrom engine.registry import datasets\ndatasets.describe()\n"
            "prepare({'name': 'spiral'}, 1)\nassert 'sklearn' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", ALL)
def test_every_set_is_prepared_and_described(name):
    import json
    data = prepare({"name": name}, 7)
    assert data.x_train.flags.c_contiguous and data.x_train.shape[1] == len(data.features)
    assert len(data.x_test) > 0 and data.made == (name in MADE)
    json.dumps(data.describe()), json.dumps(datasets.get(name, "data").describe())
    assert check({"name": name}) == check(check({"name": name}))
    assert {"test_share", "standardize", "features", "painted", "erased", "seed"} < set(settings_of(name))


@pytest.mark.parametrize("name", SCATTERED)
@pytest.mark.parametrize("settings", [{"points": 19}, {"points": 5001}, {"noise": -0.1}, {"noise": 1.1},
                                      {"noise": float("nan")}, {"points": "many"}, {"points": True}])
def test_values_out_of_range_are_refused_by_name(name, settings):
    with pytest.raises(EngineError) as error:
        prepare({"name": name} | settings, 1)
    assert error.value.field == f"data.{next(iter(settings))}"


@pytest.mark.parametrize("name", ALL)
def test_thumbnails_are_of_what_can_be_drawn(name):
    picture = thumbnail(name)
    assert (picture is not None) == (name in DRAWN)
    if picture:
        assert len(picture["points"]) == len(picture["y"]) == 60


@pytest.mark.parametrize("name", CLASSES_OF_THE_PLANE)
def test_sixty_points_show_the_figure(name):
    """Nine of ten points of the full set are nearest to a thumbnail point of their own class."""
    few, all_points = thumbnail(name), made(name, noise=0.0)
    distance = ((all_points.x[:, None] - np.array(few["points"])[None])**2).sum(axis=2)
    assert (np.array(few["y"])[distance.argmin(axis=1)] == all_points.y).mean() > 0.85


@pytest.mark.parametrize("name", TABLES)
def test_real_tables_are_those_that_scikit_learn_gives(name):
    x, y = bundled(name)
    theirs_x, theirs_y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    assert x.dtype == np.float64 and np.array_equal(x, theirs_x) and np.array_equal(y, theirs_y)


def test_a_table_that_lies_elsewhere_is_asked_of_scikit_learn(monkeypatch):
    monkeypatch.setitem(TABLES, "iris", ("moved.csv", 1))
    bundled.cache_clear()
    try:
        assert bundled("iris")[0].shape == (150, 4)
    finally:
        bundled.cache_clear()


def test_neither_a_start_nor_the_digits_import_scikit_learn():
    words = ("import sys; from pathlib import Path; from engine import Run, config_after, parameter_count; from server.shelf import Shelf\n"
             "shelf = Shelf(check=parameter_count, after=config_after)\n"
             "assert len(shelf.labs()) > 6 and not shelf.problems\n"
             "Run({'data': {'name': 'digits'}})\n"
             "print([name for name in sys.modules if name.partition('.')[0] == 'sklearn'])")
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, cwd=Path(__file__).parent.parent, timeout=120)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
