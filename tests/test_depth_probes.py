"""Jacobians, sharpness, the loss plane, the range test and feature maps: against PyTorch's autograd, formulas and claims."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.probes.feature_maps import field
from engine.probes.loss_plane import direction

from .kernels import need_torch
from .torch_models import torch_twin

IRIS = {"data": {"name": "iris"}, "precision": "float64"}
NETWORKS = [{"model": {"name": "mlp", "hidden": [6, 5], "normalization": kind, "groups": 1}} for kind in ("none", "layer", "batch")] + \
           [{"model": {"name": "residual_mlp", "width": 6, "blocks": 3, "normalization": "layer", "norm_first": first}} for first in (True, False)]


@pytest.mark.parametrize("config", NETWORKS, ids=lambda c: f"{c['model']['name']}-{c['model']['normalization']}-{c['model'].get('norm_first')}")
def test_singular_values_through_the_network_are_those_of_autograd(config):
    torch = need_torch()
    run = Run({**IRIS, **config})
    run.train(30)
    found = run.probe("jacobian", {"examples": 3})
    twin = torch_twin(run).eval()
    rows = np.linspace(0, len(run.assembly.x) - 1, 3).astype(int)
    whole = [torch.autograd.functional.jacobian(lambda x: twin(x[None])[0], torch.tensor(run.assembly.x[row])).numpy() for row in rows]
    last = found["layers"][-1]["name"]
    np.testing.assert_allclose(found[f"{last}.through"], np.mean([np.linalg.svd(j, compute_uv=False) for j in whole], axis=0), rtol=1e-5)
    assert [len(found[f"{layer['name']}.own"]) for layer in run.layers][0] == 4


def test_singular_values_through_a_convolution_are_those_of_autograd():
    torch = need_torch()
    run = Run({"data": {"name": "digits", "test_share": 0.9}, "precision": "float64", "model": {"name": "cnn", "channels": [3], "activation": "tanh", "normalization": "batch",
                                                              "pooling": "average"}})      # max has kinks where pixels are equal
    run.train(5)
    found, twin = run.probe("jacobian", {"examples": 1}), torch_twin(run).eval()
    j = torch.autograd.functional.jacobian(lambda x: twin(x[None])[0], torch.tensor(run.assembly.x[0])).numpy()
    np.testing.assert_allclose(found["layer2.through"], np.linalg.svd(j, compute_uv=False), rtol=1e-5)


def test_orthogonal_linear_layers_keep_all_singular_values_at_one():
    run = Run({**IRIS, "model": {"name": "mlp", "hidden": [4] * 6, "activation": "linear"}, "initializer": "orthogonal"})
    found = run.probe("jacobian")
    for layer in run.layers[:-1]:
        np.testing.assert_allclose(found[f"{layer['name']}.own"], 1, rtol=1e-6)
        np.testing.assert_allclose(found[f"{layer['name']}.through"], 1, rtol=1e-6)


def test_skips_keep_singular_values_near_one_where_plain_sigmoid_layers_squeeze_them():
    for seed in range(4):
        model = {"name": "residual_mlp", "width": 8, "blocks": 12, "activation": "sigmoid"}
        plain, skipped = (Run({**IRIS, "seed": seed, "model": {**model, "skip": skip}}).probe("jacobian") for skip in (False, True))
        assert plain["layers"][-2]["through_largest"] < 1e-4 and skipped["layers"][-2]["through_largest"] > 0.05


# ---------------------------------------------------------------- sharpness

def hessian_of(run, rows):
    """The Hessian by PyTorch, over the parameters in our order."""
    torch = need_torch()
    x, y = torch.tensor(run.assembly.x[rows]), torch.tensor(run.assembly.y[rows, 0]).long()
    program = run.assembly.program
    shapes = [p.shape for p in program.parameters]

    def loss(w):
        parts, at = [], 0
        for shape in shapes:
            parts.append(w[at:at + int(np.prod(shape))].reshape(shape))
            at += int(np.prod(shape))
        w1, w2, b1, b2 = parts
        return torch.nn.functional.cross_entropy(torch.tanh(x @ w1 + b1) @ w2 + b2, y)
    flat = torch.tensor(program.view(run.arena, "parameters", 0).copy())
    return torch.autograd.functional.hessian(loss, flat).numpy()


def test_sharpness_is_the_largest_eigenvalue():
    for seed in range(3):
        run = Run({**IRIS, "seed": seed, "model": {"name": "mlp", "hidden": [5]}})
        run.train(40)
        found = run.probe("sharpness", {"rows": 4096, "tolerance": 1e-6})
        values, vectors = np.linalg.eigh(hessian_of(run, slice(None)))
        assert found["sharpness"] == pytest.approx(values[-1], rel=1e-4) and found["error"] < 1e-4 * values[-1]
        assert abs(found["vector"] @ vectors[:, -1]) == pytest.approx(1, abs=1e-3)
        assert found["limit"] == pytest.approx(2 / 0.01, rel=1e-6)


def test_gradient_descent_breaks_out_just_above_two_over_the_sharpness():
    """A linear model under squared error has one curvature everywhere."""
    def loss_after(factor):
        run = Run({"data": {"name": "diabetes", "test_share": 0.0}, "model": {"name": "mlp", "hidden": []}, "precision": "float64",
                   "optimizer": {"name": "gradient_descent", "learning_rate": limit * factor}})
        run.train(400)
        return run.loss
    limit = 2 / Run({"data": {"name": "diabetes", "test_share": 0.0}, "model": {"name": "mlp", "hidden": []},
                     "optimizer": {"name": "gradient_descent"}}).probe("sharpness", {"rows": 4096, "tolerance": 1e-8})["sharpness"]
    assert loss_after(0.98) < 1 and not loss_after(1.02) < 1e3


def test_sharpness_does_not_move_the_run():
    run = Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": [4], "normalization": "batch", "dropout": 0.2}})
    run.train(5)
    before = run.arena.copy(), run.counters.copy()
    for probe in ("sharpness", "jacobian", "loss_plane", "range_test"):
        run.probe(probe)
        assert np.array_equal(run.arena, before[0]) and np.array_equal(run.counters, before[1]), probe


# ---------------------------------------------------------------- the loss plane

def test_the_middle_of_the_plane_is_the_loss_and_the_directions_have_each_neurons_length():
    run = Run({**IRIS, "model": {"name": "mlp", "hidden": [5]}})
    run.train(30)
    found = run.probe("loss_plane", {"resolution": 5, "rows": 10**5, "span": 0.5})
    assert found["values"][2, 2] == pytest.approx(run.metrics()["loss_train"], rel=1e-6) == found["middle"]
    moved = run.fork()
    flat = moved.assembly.program.view(moved.arena, "parameters", 0)
    flat += 0.5 * direction(run, 0) + 0.25 * direction(run, 1)               # α = 0.5: the last column; β = 0.25: the second row
    assert found["values"][1, 4] == pytest.approx(moved.metrics()["loss_train"], rel=1e-5)
    w = run.parameters["layer1.weight"]
    d = direction(run, 0)[:w.size].reshape(w.shape)
    np.testing.assert_allclose(np.linalg.norm(d, axis=0), np.linalg.norm(w, axis=0))
    assert not direction(run, 0)[-3:].any()                                  # biases stay


def test_kernels_are_the_filters_of_a_convolution():
    run = Run({"data": {"name": "digits"}, "model": {"name": "cnn", "channels": [4]}})
    w = run.parameters["layer1.weight"]
    d = direction(run, 3)[:w.size].reshape(w.shape)
    np.testing.assert_allclose(np.sqrt((d**2).sum((1, 2, 3))), np.sqrt((w**2).sum((1, 2, 3))), rtol=1e-5)


# ---------------------------------------------------------------- the range test

@pytest.mark.parametrize("config", [{"data": {"name": "digits"}, "model": {"name": "mlp", "hidden": [32]}},
                                    {"data": {"name": "digits"}, "model": {"name": "cnn"}}], ids=["mlp", "cnn"])
def test_a_range_test_finds_a_rate_at_which_training_then_works(config):
    for seed in range(3):
        run = Run({**config, "seed": seed, "optimizer": {"name": "sgd", "learning_rate": 1e-3}})
        found = run.probe("range_test", {"low": 1e-4, "high": 100.0})
        assert len(found["rate"]) == len(found["loss"]) and (np.diff(found["rate"]) > 0).all()
        trained = []
        for rate in (found["suggested"], found["rate"][0], found["rate"][-1]):
            one = Run({**config, "seed": seed, "optimizer": {"name": "sgd", "learning_rate": float(min(rate, 10))}})
            one.train(300)
            trained.append(one.metrics()["accuracy_test"] if one.divergence is None else 0.0)
        assert trained[0] > 0.85 and trained[0] > max(trained[1:]) + 0.2


def test_a_range_test_begins_like_the_run_itself():
    run = Run({"data": {"name": "iris"}, "batch_size": 32})
    run.train(5)
    found, other = run.probe("range_test", {"low": 0.01, "high": 0.0100001, "steps": 20}), run.fork()
    losses = []
    for _ in range(20):
        other.train(1)
        losses.append(other.loss)
    np.testing.assert_allclose(found["loss"], losses, rtol=2e-3)


# ---------------------------------------------------------------- feature maps

def test_feature_maps_are_the_values_and_a_cell_sees_its_field_and_no_more():
    config = {"data": {"name": "digits"}, "precision": "float64", "model": {"name": "cnn", "channels": [3, 4], "pooling": "average", "activation": "tanh"}}
    run = Run(config)
    found = run.probe("feature_maps", {"layer": "layer2", "part": "preactivation", "example": 5})
    raw = run.data.raw_train[5:6]
    values = run.forward(raw, ["layer2.preactivation"])["layer2.preactivation"][0]
    np.testing.assert_allclose(found["maps"] / 127 * found["scale"], values, atol=found["scale"] / 250)
    assert found["weight"].shape == (4, 3, 3, 3) and found["field"] == field(run, "layer2.preactivation") == {"size": 8, "start": -3, "jump": 2}
    row, column = 2, 1
    low, high = (np.array([row, column]) * 2 - 3, np.array([row, column]) * 2 - 3 + 8)
    for at in np.ndindex(8, 8):
        moved = raw.copy()
        moved[0, at[0] * 8 + at[1]] += 1
        change = abs(run.forward(moved, ["layer2.preactivation"])["layer2.preactivation"][0, :, row, column] - values[:, row, column]).max()
        assert (change > 1e-9) == bool((at >= low).all() and (at < high).all()), at


def test_one_cell_by_hand_is_its_patch_times_the_kernel():
    run = Run({"data": {"name": "digits"}, "precision": "float64", "model": {"name": "cnn", "channels": [3, 4], "stride": 1, "dilation": 2}})
    for options in ({"layer": "layer1", "unit": 2}, {"layer": "layer2", "unit": 3, "place": [0, 3], "example": 4}):
        found = run.probe("unit", options)
        assert found["z"] == pytest.approx(float(found["inputs"] @ found["weights"]) + found["bias"], abs=1e-5)
        assert found["a"] == max(found["z"], 0) and len(found["input_names"]) == len(found["inputs"])
    with pytest.raises(BadSetting, match="place"):
        run.probe("unit", {"layer": "layer1", "place": [8, 0]})


def test_feature_maps_ask_for_convolutions():
    with pytest.raises(BadSetting, match="a network with convolutions"):
        Run(IRIS).probe("feature_maps")
    with pytest.raises(UnknownName, match="layer3"):
        Run({"data": {"name": "digits"}, "model": {"name": "cnn"}}).probe("feature_maps", {"layer": "layer3"})
