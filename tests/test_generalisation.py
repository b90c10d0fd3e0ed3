"""Augmentation, early stopping and the claims about generalisation: what is drawn, what is kept, and what it is good for."""
from functools import cache

import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.registry import ops

from .kernels import both, run_kernel

# Few noisy points, a network that can learn them by heart: the loss on unseen points runs away from that on the seen ones.
PRESET = {"data": {"name": "moons", "noise": 1.0, "points": 200}, "model": {"name": "mlp", "hidden": [64, 64], "activation": "relu"},
          "loss": {"name": "cross_entropy"}, "optimizer": {"name": "adam", "learning_rate": 0.005}}
WAYS = {"dropout": {"model": {**PRESET["model"], "dropout": 0.3}},
        "label smoothing": {"loss": {"name": "cross_entropy", "label_smoothing": 0.2}},
        "early stopping": {"early_stopping": {"patience": 10}},
        "noise": {"augmentation": {"noise": 0.4}},
        "MixUp": {"augmentation": {"mixup": 1.0}},
        "L2": {"regularization": {"l2": 0.01}}}
SEEDS = range(6)


@cache
def trained(seed, way=None, epochs=300):
    """A run of the preset, with one of the ways or plain."""
    run = Run({**PRESET, **WAYS.get(way, {}), "seed": seed})
    run.train(epochs * run.steps_per_epoch)
    return run


def gap(run):
    """How much higher the loss on unseen points is."""
    found = run.metrics()
    return found["loss_test"] - found["loss_train"]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lowers_the_generalisation_gap(way):
    """With every one of six seeds, and by 30 % and more on the mean."""
    gaps = [(gap(trained(seed, way)), gap(trained(seed))) for seed in SEEDS]
    assert all(lower < plain for lower, plain in gaps), gaps
    assert np.mean([lower for lower, _ in gaps]) < 0.7 * np.mean([plain for _, plain in gaps]), gaps


def roughness(run, size=60):
    """How much the decision surface goes up and down: the mean change of p from one cell of a grid to the next."""
    low, high = run.data.domain
    along = np.linspace(low, high, size)
    p = run.probabilities(np.stack(np.meshgrid(along, along), axis=2).reshape(-1, 2))[:, 1].reshape(size, size)
    return np.abs(np.diff(p, axis=0)).mean() + np.abs(np.diff(p, axis=1)).mean()


def test_decay_smooths_the_decision_surface():
    """With every one of six seeds, and by a fifth and more on the mean."""
    pairs = [(roughness(trained(seed, "L2")), roughness(trained(seed))) for seed in SEEDS]
    assert all(smooth < rough for smooth, rough in pairs), pairs
    assert np.mean([smooth for smooth, _ in pairs]) < 0.8 * np.mean([rough for _, rough in pairs]), pairs


# ---------------------------------------------------------------- early stopping

def test_early_stopping_ends_with_the_best_weights_there_were():
    for seed in range(4):
        run, watched = (Run({**PRESET, "seed": seed, "early_stopping": stopping}) for stopping in ({"patience": 7}, None))
        made, losses, states = run.train(10**5), [], []
        assert run.ended and run.best["ended"] and run.best["since"] == 7 and run.train(5) == 0
        for _ in range(made // run.steps_per_epoch):
            watched.train(watched.steps_per_epoch)
            losses.append(watched.metrics()["loss_test"])
            states.append(watched.parameters["layer2.weight"].copy())
        best = int(np.argmin(losses))
        assert run.best["epoch"] == best + 1 == len(losses) - 7
        assert run.best["loss"] == pytest.approx(losses[best], rel=1e-6) == run.metrics()["loss_test"]
        assert np.array_equal(run.parameters["layer2.weight"], states[best])


def test_early_stopping_is_replayed_and_kept_to_the_bit():
    run = Run({**PRESET, "early_stopping": {"patience": 4}, "model": {**PRESET["model"], "normalization": "batch"}})
    run.train(37)
    twin = run.fork()
    run.train(10**5), twin.train(10**5)
    assert run.ended and np.array_equal(run.arena, twin.arena)
    end, arena = run.step, run.arena.copy()
    run.history.go(20)
    assert not run.ended
    run.train(10**5)
    assert run.step == end and np.array_equal(run.arena, arena)
    in_parts = Run(run.recipe()["config"])
    while in_parts.train(3):
        pass
    assert np.array_equal(in_parts.arena, arena)


def test_a_change_gives_new_patience_and_switching_it_off_goes_on():
    run = Run({**PRESET, "early_stopping": {"patience": 2}})
    run.train(10**5)
    lowest = run.best["loss"]
    run.set("optimizer.learning_rate", 0.0005)
    assert not run.ended and run.best["loss"] == lowest and run.train(4) == 4
    run.set("early_stopping", None)
    assert run.best is None and run.train(1000) == 1000


def test_with_validation_rows_early_stopping_never_looks_at_the_test_rows():
    for seed in range(3):
        data = {**PRESET["data"], "test_share": 0.3, "validation_share": 0.3}
        run = Run({**PRESET, "data": data, "seed": seed, "early_stopping": {"patience": 7}})
        assert [len(part) for part in (run.data.x_train, run.data.x_validation, run.data.x_test)] == [80, 60, 60]
        run.train(10**5)
        assert run.ended and run.best["loss"] == run.metrics()["loss_validation"] != run.metrics()["loss_test"]
        blind = Run({**PRESET, "data": data, "seed": seed, "early_stopping": {"patience": 7}})
        blind.assembly.x_test[...] = 1e3
        blind.train(10**5)
        assert blind.step == run.step and np.array_equal(blind.parameters["layer1.weight"], run.parameters["layer1.weight"])


def test_early_stopping_needs_rows_kept_from_training():
    with pytest.raises(BadSetting, match="early_stopping: expected null where no rows are kept"):
        Run({"data": {"name": "spiral", "test_share": 0.0}, "early_stopping": {}})
    with pytest.raises(UnknownName, match="early_stopping.patiance"):
        Run({"early_stopping": {"patiance": 3}})


# ---------------------------------------------------------------- augmentation

AUGMENTED = {"data": {"name": "digits"}, "model": {"name": "cnn", "channels": [3]}}
EACH = [{"shift": 2}, {"crop": 0.4}, {"cutout": 3}, {"noise": 0.3}, {"mixup": 0.5}, {"shift": 1, "crop": 0.2, "cutout": 2, "noise": 0.1, "mixup": 0.2}]
each = pytest.mark.parametrize("settings", EACH, ids=lambda s: "-".join(s))


def augmented(name, x, knobs, precision="float64", step=0):
    record = ops.get(name, "op")
    return run_kernel(record.forward, precision, [x, np.zeros_like(x)], knobs, step=step)[1]


@each
def test_it_acts_in_training_only_and_is_the_same_again_for_the_same_step(settings):
    run, plain = Run({**AUGMENTED, "augmentation": settings}), Run(AUGMENTED)
    assert np.array_equal(run.predict(run.data.raw_test), plain.predict(plain.data.raw_test))
    run.train(2)
    seen, arena = run.tensors["layer1.preactivation"].copy(), run.arena.copy()
    run.history.go(0)
    run.train(2)
    assert np.array_equal(run.arena, arena)
    plain.train(2)
    assert not np.array_equal(plain.tensors["layer1.preactivation"], seen)
    assert np.array_equal(plain.tensors["input"], run.tensors["input"])


@both
def test_a_shift_moves_the_whole_picture_and_lets_paper_in(precision):
    x = np.random.default_rng(0).normal(size=(40, 2, 6, 7)).astype("float32").astype(float)
    y, seen = augmented("random_shift", x, (2, -5.0), precision), set()
    for before, after in zip(x, y):
        padded = np.pad(before, ((0, 0), (2, 2), (2, 2)), constant_values=-5.0)
        found = [(d, r) for d in range(5) for r in range(5) if np.array_equal(after, padded[:, d:d + 6, r:r + 7])]
        assert len(found) == 1
        seen.add(found[0])
    assert len(seen) > 15                                     # of 25 places, 40 times


@both
def test_a_crop_is_a_piece_and_none_of_nothing(precision):
    i, j = np.meshgrid(np.arange(8.0), np.arange(8.0), indexing="ij")
    x = np.tile(np.stack([i, j]), (30, 1, 1, 1))                # a picture of its own coordinates: the crop says what it took
    y = augmented("random_crop", x, (0.5,), precision)
    spans = y[:, :, -1, -1] - y[:, :, 0, 0]
    assert (spans <= 7 + 1e-5).all() and (spans >= 3.5 - 1e-5).all() and spans[:, 0].std() > 0.3
    np.testing.assert_allclose(spans[:, 0], spans[:, 1], atol=1e-5)
    assert y.min() >= 0 and y.max() <= 7 and (np.diff(y[:, 0], axis=1) > 0).all()
    np.testing.assert_allclose(augmented("random_crop", x, (0.0,), precision), x)


@both
def test_a_cut_out_paints_one_square(precision):
    x = np.ones((50, 1, 8, 8))
    painted = (augmented("cutout", x, (3, 9.0), precision) == 9).sum((1, 2, 3))
    assert set(painted) <= {4, 6, 9} and (painted == 9).sum() > 15            # at the edge only a part of it lies inside


@both
def test_noise_is_normal(precision):
    x = np.zeros((101, 103))
    y = augmented("noise", x, (2.0,), precision)
    error = 4 / np.sqrt(y.size)
    assert abs(y.mean()) < 2 * error and abs(y.std() / 2 - 1) < error and abs((abs(y) < 2).mean() - 0.6827) < error
    assert not np.array_equal(y, augmented("noise", x, (2.0,), precision, step=1))
    assert abs(np.corrcoef(y[:, 0::2][:, :51].ravel(), y[:, 1::2][:, :51].ravel())[0, 1]) < 0.06


@both
def test_mixup_mixes_inputs_and_answers_alike(precision):
    record, rng = ops.get("mixup", "op"), np.random.default_rng(0)
    x, labels = rng.normal(size=(6, 3)), np.array([[0], [1], [2], [0], [1], [2]], float)
    shares = []
    for step in range(400):
        *_, y, answer = run_kernel(record.forward, precision, [x, labels, np.zeros((6, 3)), np.zeros((6, 3))], (0.4,), step=step)
        one_hot = np.eye(3)[labels[:, 0].astype(int)]
        share = answer[0, 0]                                  # rows 0 and 5: classes 0 and 2
        np.testing.assert_allclose(y, share * x + (1 - share) * x[::-1], atol=1e-6)
        np.testing.assert_allclose(answer, share * one_hot + (1 - share) * one_hot[::-1], atol=1e-6)
        shares.append(share)
    a = 0.4                                                   # Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1))
    assert abs(np.mean(shares) - 0.5) < 0.07 and np.var(shares) == pytest.approx(1 / (4 * (2 * a + 1)), rel=0.2)


def test_mixup_trains_on_what_pytorch_says_of_mixed_answers():
    from .kernels import need_torch
    torch = need_torch()
    run = Run({"data": {"name": "iris"}, "precision": "float64", "augmentation": {"mixup": 0.5}, "loss": {"name": "cross_entropy", "label_smoothing": 0.1}})
    run.train(1)
    z, answer = torch.tensor(np.array(run.tensors["layer3.output"])), torch.tensor(np.array(run.tensors["augmentation.answer"]))
    assert run.loss == pytest.approx(torch.nn.CrossEntropyLoss(label_smoothing=0.1)(z, answer).item(), rel=1e-12)


@each
def test_with_it_a_network_still_learns(settings):
    run = Run({**AUGMENTED, "model": {"name": "cnn"}, "augmentation": settings, "optimizer": {"name": "adam", "learning_rate": 0.01}})
    run.train(420)
    assert run.metrics()["accuracy_test"] > 0.75


def test_shifted_training_makes_a_network_of_dense_layers_bear_shifts():
    """Digits moved by one pixel, for networks that saw them in the middle only, and for those that saw them moved."""
    for seed in range(3):
        scores = []
        for shift in (0, 1):
            run = Run({"data": {"name": "digits"}, "model": {"name": "mlp", "hidden": [64], "activation": "relu"}, "seed": seed,
                       "augmentation": {"shift": shift}, "optimizer": {"name": "adam", "learning_rate": 0.005}})
            run.train(30 * run.steps_per_epoch)
            moved = np.roll(run.data.raw_test.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
            scores.append((run.predict(moved).argmax(1) == run.data.y_test).mean())
        assert scores[1] > scores[0] + 0.2


@pytest.mark.parametrize("config, words", [
    ({"augmentation": {"shift": 2}}, "augmentation.shift: expected 0 for data that are no pictures, got 2"),
    ({"augmentation": {"mixup": 0.2}, "loss": "hinge"}, "augmentation.mixup: expected 0 with hinge"),
    ({"augmentation": {"turn": 2}}, "augmentation.turn: expected the name of a setting"),
    ({"augmentation": {"noise": -1}}, "augmentation.noise: expected a number from 0")])
def test_what_cannot_be_is_refused_by_name(config, words):
    with pytest.raises((BadSetting, UnknownName), match=words):
        Run(config)


def test_augmentation_can_be_switched_on_and_off_while_it_trains():
    run = Run(AUGMENTED)
    run.train(3)
    before = run.parameters["layer1.weight"].copy()
    assert run.set("augmentation.shift", 2) == "live" and np.array_equal(run.parameters["layer1.weight"], before)
    run.train(3)
    assert run.set("augmentation", {}) == "live" and run.train(3) == 3
