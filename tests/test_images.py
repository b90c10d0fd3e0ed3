"""Convolutional networks: PyTorch, gradients, what is refused, and the claims made of them."""
import numpy as np
import pytest

from engine import BadSetting, Run, check_gradient

from .torch_models import check_against_torch

DIGITS = {"name": "digits", "test_share": 0.9}            # 180 pictures to train on


def cnn(**knobs):
    return {"data": DIGITS, "model": {"name": "cnn", "channels": [4, 6], "activation": "tanh", **knobs}}


VARIANTS = [{}, {"pooling": "average", "kernel": [5, 3]}, {"pooling": "none", "stride": 2, "padding": 0}, {"dilation": 2},
            {"normalization": "batch", "global_average": True}, {"normalization": "layer", "hidden": [7], "pooling": "average"},
            {"normalization": "group", "groups": 2, "bias": False}, {"normalization": "rms", "pooling": "none", "channels": [3]},
            {"kernel": [2], "padding": 0, "pool": [3, 1]}, {"activation": "relu", "kernel": [1]}]
each = pytest.mark.parametrize("knobs", VARIANTS, ids=lambda k: "-".join(f"{a}={b}" for a, b in k.items()) or "usual")


@each
def test_trains_as_in_pytorch(knobs):
    check_against_torch(cnn(**knobs))


def test_in_float32_it_stays_close_to_pytorch():
    check_against_torch({**cnn(), "precision": "float32"}, close=1e-4)


@each
def test_gradients_are_slopes(knobs):
    report = check_gradient({**cnn(**knobs), "batch_size": 5})
    assert report["passed"], report


def test_eight_pictures_are_learned_by_heart():
    run = Run({**cnn(dropout=0.0), "data": {**DIGITS, "erased": []}, "batch_size": 8, "optimizer": {"name": "adam", "learning_rate": 0.01}})
    x, y = run.assembly.x[:8], run.assembly.y[:8]
    run.assembly.x[...], run.assembly.y[...] = np.resize(x, run.assembly.x.shape), np.resize(y, run.assembly.y.shape)
    run.train(400)
    assert run.loss < 0.05


@pytest.mark.parametrize("knobs, words", [
    ({"kernel": [9], "padding": 0}, r"layer1 \(conv2d\): expected a kernel of at most 8 pixels.*got 9"),
    ({"kernel": [3], "dilation": 5, "padding": 0}, r"layer1 \(conv2d\): expected a kernel of at most 8 pixels.*got 11"),
    ({"channels": [2] * 4, "kernel": [3], "padding": 0, "pooling": "none"}, r"layer4 \(conv2d\): expected a kernel of at most 2 pixels"),
    ({"channels": [2] * 4}, r"layer4 \(max pooling\): expected a window of at most 1 pixels"),
    ({"pool": [2, 2, 2]}, r"model.pool: expected one number, or 2"),
    ({"kernel": [3, 3, 3]}, r"model.kernel: expected one number, or 2"),
    ({"normalization": "group", "groups": 3}, r"layer1 \(group normalisation\): groups: expected a number that divides its 4"),
])
def test_what_cannot_be_is_refused_by_name(knobs, words):
    with pytest.raises(BadSetting, match=words):
        Run(cnn(**knobs))


def test_only_pictures_can_be_looked_at():
    with pytest.raises(BadSetting, match="model.name: expected a model for columns of numbers"):
        Run({"data": {"name": "iris"}, "model": {"name": "cnn"}})


def test_batches_of_any_size_predict_alike():
    """Pictures are unfolded a few at a time: how many come at once must not matter."""
    run = Run(cnn())
    rows = run.data.raw_test[:70]
    one_by_one = np.concatenate([run.predict(row) for row in rows])
    np.testing.assert_allclose(run.predict(rows), one_by_one, rtol=2e-5, atol=1e-5)


# ---------------------------------------------------------------- the claims

def test_a_convolution_needs_far_fewer_parameters_than_a_dense_layer_of_equal_output():
    run = Run(cnn(channels=[8]))
    weight = run.parameters["layer1.weight"]
    outputs = run.assembly.graph.tensors["layer1.preactivation"].size(1)
    assert weight.size + 8 == 8 * 1 * 3 * 3 + 8 == 80
    assert outputs == 8 * 64 and 64 * outputs + outputs > 400 * (weight.size + 8)


@pytest.mark.parametrize("down, right", [(1, 0), (0, 2), (-1, 1)])
def test_shifting_the_picture_shifts_the_feature_map(down, right):
    run = Run({**cnn(channels=[4], kernel=[3]), "precision": "float64", "data": {"name": "shifted_digits", "side": 16, "shift": 4}})
    paper = np.zeros((1, 16, 16))
    paper[0, 5:11, 5:11] = np.random.default_rng(0).uniform(0, 16, (6, 6))
    moved = np.roll(paper, (down, right), (1, 2))
    maps = [run.forward(p.reshape(1, -1), ["layer1.preactivation"])["layer1.preactivation"][0] for p in (paper, moved)]
    inner = (slice(None), slice(3, 13), slice(3, 13))             # away from the edge, where padding is seen
    np.testing.assert_allclose(maps[1][inner], np.roll(maps[0], (down, right), (1, 2))[inner], atol=1e-12)


def test_over_95_percent_of_unseen_digits():
    for seed in range(3):
        run = Run({"data": {"name": "digits"}, "model": {"name": "cnn"}, "seed": seed, "optimizer": {"name": "adam", "learning_rate": 0.005}})
        run.train(10 * run.steps_per_epoch)
        assert run.metrics()["accuracy_test"] > 0.95


def test_shifted_digits_are_the_same_for_the_same_seed_and_lie_within_the_sheet():
    run = Run({"data": {"name": "shifted_digits", "side": 20, "shift": 3}, "model": {"name": "cnn"}})
    again = Run({"data": {"name": "shifted_digits", "side": 20, "shift": 3}, "model": {"name": "cnn"}})
    assert np.array_equal(run.data.raw_train, again.data.raw_train) and run.data.shape == (1, 20, 20)
    sheets = run.data.raw_train.reshape(-1, 20, 20)
    assert sheets.min() == 0 and 15 < sheets.max() <= 16
    middles = np.array([[(sheet.sum(1) @ np.arange(20)) / sheet.sum(), (sheet.sum(0) @ np.arange(20)) / sheet.sum()] for sheet in sheets])
    assert (middles.std(0) > 1).all()


@pytest.mark.slow
def test_weight_sharing_helps_where_the_place_does_not_matter():
    """Digits anywhere on a sheet: a convolutional network against dense layers with at least as many parameters."""
    for seed in range(3):
        scores = []
        for model in ({"name": "cnn", "channels": [8, 16]}, {"name": "mlp", "hidden": [32], "activation": "relu"}):
            run = Run({"data": {"name": "shifted_digits", "side": 16, "shift": 4}, "model": model, "seed": seed,
                       "optimizer": {"name": "adam", "learning_rate": 0.005}})
            run.train(12 * run.steps_per_epoch)
            scores.append((run.metrics()["accuracy_test"], run.parameter_count))
        assert scores[0][0] > scores[1][0] + 0.03 and scores[0][1] < scores[1][1]


@pytest.mark.parametrize("probe", ["curves", "network", "layers", "walk", "unit", "space", "confusion"])
@pytest.mark.parametrize("model", [{"name": "cnn", "normalization": "batch", "dropout": 0.2}, {"name": "residual_mlp", "normalization": "layer"},
                                   {"name": "mlp", "normalization": "batch"}], ids=lambda m: m["name"])
def test_the_probes_work_on_it(probe, model):
    run = Run({"data": DIGITS, "model": model})
    run.train(3)
    found = run.probe(probe)
    for name, value in found.items():
        assert not isinstance(value, np.ndarray) or value.dtype.kind in "iu" or np.isfinite(value).all(), name
