"""Landscapes, races and maps: slopes against central differences, paths against plain NumPy, and the claims made of them."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.registry import landscapes, optimizers

from .kernels import both, kinds, run_kernel
from .reference import OPTIMIZERS

every = kinds(landscapes)
RUN = Run({"seed": 3, "precision": "float64"})


def race(racers, run=RUN, **options):
    return run.probe("race", {"optimizers": racers, **options})


def sgd(rate):
    return {"name": "gradient_descent", "learning_rate": rate}


def values(record, settings, place, precision="float64"):
    return float(run_kernel(record.value, precision, [place, [0.0]], settings.values())[1][0])


def slope(record, settings, place, precision="float64"):
    """The gradient over all pieces the loss is shown in."""
    period = record.period(settings)
    return sum(run_kernel(record.gradient, precision, [place, [0.0, 0.0]], settings.values(), step=k)[1] for k in range(period)) / period


def settings_of(record):
    """The defaults, and every knob moved a little."""
    usual = record.defaults()
    return [usual, {name: 3 if knob.kind == "integer" else 1.3 * knob.default + 0.1 for name, knob in record.knobs.items()}]


@every
def test_slopes_are_central_differences_of_the_heights(record):
    generator = np.random.default_rng(1)
    for settings in settings_of(record):
        for place in generator.uniform(*np.array(record.domain).T, (20, 2)):
            numeric = [(values(record, settings, place + move) - values(record, settings, place - move)) / 2e-6 for move in 1e-6 * np.eye(2)]
            np.testing.assert_allclose(slope(record, settings, place), numeric, rtol=1e-6, atol=1e-5 * max(1, np.abs(numeric).max()) * 1e-2)


@every
@both
def test_minima_are_the_lowest_places_that_are_drawn(record, precision):
    (left, right), (bottom, top) = record.box or record.domain
    for settings in settings_of(record):
        minima = np.array(record.minima(settings))
        lowest = [values(record, settings, place, precision) for place in minima]
        np.testing.assert_allclose(lowest, lowest[0], atol=1e-8 if precision == "float64" else 1e-4)
        grid = [values(record, settings, np.array([x, y])) for x in np.linspace(left, right, 41) for y in np.linspace(bottom, top, 41)]
        assert min(grid) >= min(lowest) - 1e-6
        inside = [left < x < right for x, _ in minima]
        assert not any(inside) or all(abs(slope(record, settings, place)).max() < 1e-9 for place in minima)


@every
def test_the_start_and_the_minima_lie_on_the_map(record):
    for x, y in (record.start, *record.minima(record.defaults())):
        (left, right), (bottom, top) = record.domain
        assert left < x < right and bottom < y < top
    told = record.describe()
    assert told["domain"] == [list(axis) for axis in record.domain] and told["start"] == list(record.start)


@every
def test_the_map_is_the_kernel_and_knows_how_sharply_it_bends(record):
    found = RUN.probe("terrain", {"landscape": record.name, "resolution": 5})
    (left, right), (bottom, top) = record.domain
    assert found["values"].shape == (5, 5) and found["low"] == [left, bottom] and found["high"] == [right, top]
    assert found["values"][0, 4] == pytest.approx(values(record, record.defaults(), [right, top]), rel=1e-6)
    assert found["values"][4, 0] == pytest.approx(values(record, record.defaults(), [left, bottom]), rel=1e-6)
    assert len(found["curvatures"]) == len(found["minima"]) and all(a >= b for a, b in found["curvatures"])


def test_the_curvatures_of_a_bowl_are_its_knobs():
    found = RUN.probe("terrain", {"landscape": {"name": "bowl", "a": 0.5, "b": 8.0}, "resolution": 3})
    np.testing.assert_allclose(found["curvatures"], [[8.0, 0.5]], rtol=1e-6)
    assert found["limit"] == pytest.approx(0.25)


@pytest.mark.parametrize("record", [r for r in optimizers if not r.estimate], ids=lambda r: r.name)
def test_a_race_is_the_formula_of_each_optimizer_on_the_slope(record):
    found = race([{"name": record.name, "learning_rate": 0.01}], landscape="himmelblau", steps=40)
    ground, p = landscapes.get("himmelblau", ""), np.array(found["start"])
    knobs = [v for k, v in record.defaults().items() if k != "learning_rate"]
    slots = [np.zeros(2) for _ in record.slots]
    for k in range(41):
        np.testing.assert_allclose(found["0.position"][k], p, rtol=2e-6)
        assert found["0.value"][k] == pytest.approx(values(ground, {}, p), rel=1e-5)
        g = slope(ground, {}, p)
        np.testing.assert_allclose(found["0.gradient"][k], g, rtol=1e-5, atol=1e-5)
        for name, slot in zip(record.slots, slots):
            np.testing.assert_allclose(found[f"0.{name}"][k], slot, rtol=1e-5, atol=1e-6)
        p, slots = OPTIMIZERS[record.name](p, g, 0.01, slots, k + 1, *knobs)
    assert found["racers"][0]["slots"] == list(record.slots) and found["racers"][0]["settings"]["learning_rate"] == 0.01


def test_a_race_is_the_same_bits_again_and_moves_no_run():
    run = Run({"data": {"name": "moons"}})
    run.train(3)
    before = run.arena.copy()
    one, other = (race([sgd(0.001), {"name": "adam"}], run, landscape="rosenbrock", noise=0.5) for _ in range(2))
    assert all(np.array_equal(one[key], other[key]) for key in one if isinstance(one[key], np.ndarray)) and one["racers"] == other["racers"]
    assert np.array_equal(run.arena, before)


def test_chance_is_the_same_for_all_and_of_the_size_asked_for():
    found = race([sgd(1e-6), sgd(1e-6)], landscape="bowl", noise=2.0, steps=3000)
    assert np.array_equal(found["0.gradient"], found["1.gradient"])
    rest = found["0.gradient"] - np.array([1.0, 4.0]) * found["0.position"]
    assert rest.std() == pytest.approx(2.0, rel=0.05) and abs(rest.mean()) < 0.1
    assert not np.array_equal(race([sgd(1e-6)], Run({"seed": 4}), landscape="bowl", noise=2.0)["0.gradient"][:200], found["0.gradient"][:200])


def test_clipping_and_schedules_act_as_in_training():
    found = race([sgd(0.01)], landscape="ravine", start=[0.0, 2.0], clip="norm", limit=1.0, steps=20,
                 schedule={"name": "exponential", "gamma": 0.9})
    assert np.linalg.norm(found["0.gradient"], axis=1).max() <= 1.0
    np.testing.assert_allclose(found["0.rate"], 0.01 * 0.9 ** np.arange(21), rtol=1e-6)
    np.testing.assert_allclose(np.diff(found["0.position"], axis=0), -found["0.rate"][:-1, None] * found["0.gradient"][:-1], atol=1e-6)


@pytest.mark.parametrize("wrong, error, words", [
    ({"optimizers": ["sophia"]}, BadSetting, "a surface has none"), ({"optimizers": ["sgdd"]}, UnknownName, "Did you mean 'sgd'"),
    ({"optimizers": []}, BadSetting, "1 to 64"), ({"optimizers": "adam"}, BadSetting, "a list of optimizers"),
    ({"optimizers": [{"name": "sgd", "momentum": 0.9}]}, UnknownName, r"optimizers\[0\].momentum"), ({"start": [1.0]}, BadSetting, "start: expected two numbers"),
    ({"start": [[1.0], 2.0]}, BadSetting, "start"), ({"landscape": {"name": "bowl", "a": -1}}, BadSetting, "landscape.a"),
    ({"landscape": 7}, BadSetting, "one of the landscapes"), ({"landscape": "bowls"}, UnknownName, "Did you mean 'bowl'"),
    ({"schedule": "cosin"}, UnknownName, "cosine"), ({"steps": 0}, BadSetting, "steps")])
def test_nonsense_is_refused_by_name(wrong, error, words):
    with pytest.raises(error, match=words):
        RUN.probe("race", wrong)


# ---------------------------------------------------------------- claims

def test_plain_descent_diverges_beyond_two_over_the_largest_curvature_and_not_below():
    for bends in ((1.0, 4.0), (0.3, 20.0), (7.0, 7.0)):
        ground = {"name": "bowl", "a": bends[0], "b": bends[1]}
        limit = RUN.probe("terrain", {"landscape": ground, "resolution": 3})["limit"]
        below, beyond = race([sgd(0.99 * limit), sgd(1.01 * limit)], landscape=ground, steps=2000)["racers"]
        assert below["diverged"] is None and below["height"] < 0.05 and beyond["diverged"] is not None


def test_momentum_is_faster_in_a_ravine_and_half_the_limit_is_its_best_plain_rate():
    plain, rolling = race([sgd(0.03), {"name": "momentum", "learning_rate": 0.01}], landscape="ravine", start=[-2.6, 0.3], steps=1000)["racers"]
    assert rolling["reached"] < plain["reached"] and plain["reached"] is not None


def test_a_turned_ravine_takes_adams_advantage_away():
    """Its step lengths are for each number by itself; at 45 degrees both numbers see the same mixture.  Plain descent sees no turn."""
    def steps(angle):
        turn = np.array([[np.cos(np.radians(angle)), -np.sin(np.radians(angle))], [np.sin(np.radians(angle)), np.cos(np.radians(angle))]])
        found = race([sgd(0.009), {"name": "adam", "learning_rate": 0.1}, {"name": "adagrad", "learning_rate": 1.0}], steps=400,
                     landscape={"name": "ravine", "condition": 200.0, "angle": float(angle)}, start=(turn @ [-2.6, 0.3]).tolist())
        return [racer["reached"] for racer in found["racers"]]
    (plain, adam, adagrad), (plain_turned, adam_turned, adagrad_turned) = steps(0), steps(45)
    assert plain_turned == pytest.approx(plain, abs=2) and 3 * adam < plain and 3 * adagrad < plain
    assert adam_turned > 3 * adam and adagrad_turned > 3 * adagrad


def test_adam_with_a_short_memory_walks_to_the_worst_place_and_others_do_not():
    for seed in range(3):
        found = race([{"name": "adam", "learning_rate": 0.03, "beta2": 0.9}, {"name": "adam", "learning_rate": 0.03}, sgd(0.3)],
                     Run({"seed": seed}), landscape="adam_fails", steps=1500)
        short, long, plain = (found[f"{i}.position"][-300:, 0].mean() for i in range(3))
        assert short > 0.9 and long < -0.7 and plain < -0.7
        assert abs(found["0.position"]).max() <= 1.0


def test_nothing_moves_from_the_saddles_middle_and_chance_frees_it():
    still, freed = (race([sgd(0.1)], landscape="saddle", start=[1.0, 0.0], noise=noise, steps=300)["0.position"][-1] for noise in (0.0, 0.01))
    assert still[1] == 0.0 and abs(still[0]) < 1e-6 and abs(abs(freed[1]) - 1) < 0.1


# ---------------------------------------------------------------- the path of a real run

def run_of(seed=0, **more):
    return Run({"data": {"name": "moons"}, "model": {"name": "mlp", "hidden": [8, 8]}, "optimizer": {"name": "sgd", "learning_rate": 0.3}, "seed": seed, **more})


def test_the_path_in_the_loss_plane_is_the_runs_own():
    run, places = run_of(), {}
    view = lambda: run.assembly.program.view(run.arena, "parameters", 0).astype(np.float64).copy()
    for _ in range(20):
        places[run.step] = view()
        run.train(32)
    places[run.step] = view()
    before = run.arena.copy()
    found = run.probe("loss_plane", {"plane": "path", "resolution": 5, "rows": 10**5})
    assert np.array_equal(run.arena, before) and found["path"].shape == (len(found["step"]), 2)
    assert found["step"].tolist() == sorted(places)
    moves = np.array([places[k] for k in sorted(places)]) - places[run.step]
    assert (found["path"].astype(float)**2).sum() + (found["off"].astype(float)**2).sum() == pytest.approx((moves**2).sum(), rel=1e-4)
    assert np.linalg.svd(moves)[1][:2] @ np.linalg.svd(moves)[1][:2] / (moves**2).sum() == pytest.approx(found["along"], rel=1e-6)
    assert found["loss"][-1] == pytest.approx(run.metrics()["loss_train"], rel=1e-5) == found["middle"]
    assert abs(found["path"][-1]).max() < 1e-6 and found["low"][0] <= found["path"][:, 0].min() and found["high"][1] >= found["path"][:, 1].max()


def test_a_path_lies_in_its_own_plane_and_hardly_in_a_random_one():
    for seed in range(3):
        run = run_of(seed)
        run.train(1500)
        own, random = (run.probe("loss_plane", {"plane": plane, "resolution": 3})["along"] for plane in ("path", "random"))
        assert own > 0.9 and random < 0.25


def test_a_path_goes_on_over_changes_and_starts_anew_with_another_network():
    run = run_of()
    run.train(300)
    run.set("optimizer.learning_rate", 0.1)
    run.train(300)
    assert len(run.probe("loss_plane", {"plane": "path", "resolution": 3})["step"]) > 15
    run.set("model.hidden", [5])
    run.train(40)
    assert run.probe("loss_plane", {"plane": "path", "resolution": 3})["step"][0] >= 512


@pytest.mark.parametrize("plane", ["random", "path"])
def test_a_path_of_no_step_and_of_one_step_have_a_plane_too(plane):
    run = run_of()
    for _ in range(2):
        found = run.probe("loss_plane", {"plane": plane, "resolution": 3})
        assert np.isfinite(found["values"]).all() and len(found["path"]) == run.step + 1
        run.train(1)
