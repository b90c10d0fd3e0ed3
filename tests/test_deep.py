"""Normalisation, dropout and residual networks: PyTorch's modules, gradients, what inference does, and the claims of depth."""
import numpy as np
import pytest

from engine import BadSetting, Run, check_gradient

from .kernels import need_torch, run_kernel
from .torch_models import check_against_torch

KINDS = ("none", "batch", "layer", "rms", "group")
SPIRAL = {"name": "spiral", "points": 60}


def mlp(**knobs):
    return {"data": SPIRAL, "model": {"name": "mlp", "hidden": [8, 12], "groups": 2, **knobs}}


def residual(**knobs):
    return {"data": SPIRAL, "model": {"name": "residual_mlp", "width": 8, "blocks": 4, "groups": 2, "activation": "tanh", **knobs}}


# ---------------------------------------------------------------- PyTorch and central differences

@pytest.mark.parametrize("kind", KINDS)
def test_a_normalised_mlp_trains_as_in_pytorch(kind):
    check_against_torch(mlp(normalization=kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first, skip", [(True, True), (False, True), (True, False)])
def test_a_residual_network_trains_as_in_pytorch(kind, first, skip):
    check_against_torch(residual(normalization=kind, norm_first=first, skip=skip))


def test_in_float32_it_stays_close_to_pytorch():
    check_against_torch({**residual(normalization="layer"), "precision": "float32"}, close=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_slopes(kind):
    for config in (mlp(normalization=kind, dropout=0.3), residual(normalization=kind, dropout=0.3, norm_first=False)):
        report = check_gradient({**config, "batch_size": 16})
        assert report["passed"], report


@pytest.mark.parametrize("config", [mlp(normalization=kind) for kind in KINDS] + [residual(normalization=kind) for kind in KINDS],
                         ids=lambda c: f"{c['model']['name']}-{c['model']['normalization']}")
def test_eight_samples_are_learned_by_heart(config):
    x, y = np.random.default_rng(1).normal(size=(8, 3)), np.arange(8) % 2
    run = Run({"model": config["model"], "batch_size": 8, "optimizer": {"name": "adam", "learning_rate": 0.01}}, (x, y, None, None))
    run.train(600)
    assert run.loss < 0.05


# ---------------------------------------------------------------- batch statistics

def test_running_statistics_are_those_of_pytorch():
    torch = need_torch()
    rng, record = np.random.default_rng(0), __import__("engine.ops.batch_norm", fromlist=["RECORD"]).RECORD
    for shape, module in (((6, 3), torch.nn.BatchNorm1d(3)), ((4, 3, 5, 2), torch.nn.BatchNorm2d(3))):
        module, mean, var = module.double(), np.zeros(3), np.ones(3)
        for _ in range(4):
            x = rng.normal(2, 3, shape)
            operands = [x, np.ones(3), np.zeros(3), mean, var, np.zeros((4, 3)), np.zeros(shape)]
            *_, mean, var, _, _ = run_kernel(record.forward, "float64", operands + [None] * 7, (1e-5, 0.1))[:7]
            module(torch.tensor(x))
        np.testing.assert_allclose(mean, module.running_mean.numpy(), rtol=1e-12)
        np.testing.assert_allclose(var, module.running_var.numpy(), rtol=1e-12)
        module.eval()
        operands = [x, np.ones(3), np.zeros(3), mean, var, np.zeros((4, 3)), np.zeros(shape)]
        y = run_kernel(record.inference, "float64", operands + [None] * 7, (1e-5, 0.1))[6]
        np.testing.assert_allclose(y, module(torch.tensor(x)).detach().numpy(), rtol=1e-10, atol=1e-12)


def test_a_channel_of_one_number_becomes_its_shift_and_leaves_the_running_variance():
    record = __import__("engine.ops.batch_norm", fromlist=["RECORD"]).RECORD
    after = run_kernel(record.forward, "float64", [np.array([[5.0, -1.0]]), np.ones(2), np.array([0.5, 2.0]), np.zeros(2), np.ones(2),
                                                   np.zeros((4, 2)), np.zeros((1, 2))] + [None] * 7, (1e-5, 0.1))
    assert after[6].tolist() == [[0.5, 2.0]] and after[4].tolist() == [1, 1] and after[3].tolist() == [0.5, -0.1]


def test_an_answer_does_not_depend_on_who_else_is_asked():
    run = Run(mlp(normalization="batch"))
    run.train(50)
    rows = run.data.raw_train[:9]
    together = run.predict(rows)
    np.testing.assert_allclose(np.concatenate([run.predict(row) for row in rows]), together, rtol=1e-5, atol=1e-6)


def test_measuring_and_trying_leave_the_running_statistics():
    run = Run(mlp(normalization="batch", dropout=0.2))
    run.train(5)
    before = run.arena.copy()
    run.metrics(), run.predict(run.data.raw_train), run.probe("layers"), run.probe("walk"), run.probe("network")
    assert np.array_equal(run.arena, before)


def test_running_statistics_come_along_with_snapshots_history_and_changes():
    run = Run(mlp(normalization="batch"))
    run.train(40)
    later = run.fork()
    later.train(10)
    run.train(10)
    assert np.array_equal(run.arena, later.arena)
    mean = run.assembly.program.view(run.arena, "layer1.norm.running_mean", 0).copy()
    run.set("optimizer.learning_rate", 0.02)
    assert np.array_equal(run.assembly.program.view(run.arena, "layer1.norm.running_mean", 0), mean) and mean.any()
    arena = run.arena.copy()
    run.train(7)
    run.history.go(50)
    assert np.array_equal(run.arena, arena)


def test_groups_that_do_not_divide_the_width_are_refused_by_name():
    with pytest.raises(BadSetting, match=r"layer1 \(group normalisation\): groups: expected a number that divides its 6 channels, got 4"):
        Run({"model": {"name": "mlp", "hidden": [6], "normalization": "group", "groups": 4}})


# ---------------------------------------------------------------- dropout

def test_dropout_keeps_the_mean_and_drops_the_share_it_says():
    record = __import__("engine.ops.dropout", fromlist=["RECORD"]).RECORD
    ones = np.ones(20000)
    for p in (0.1, 0.5, 0.9):
        y = run_kernel(record.forward, "float32", [ones, ones, ones, None, None, None], (p,))[2]
        error = 4 * np.sqrt(p * (1 - p) / ones.size)                  # four standard errors
        assert abs((y == 0).mean() - p) < error and abs(y.mean() - 1) < error / (1 - p)
        assert set(np.unique(y)) == {0, np.float32(1 / (1 - p))}


def test_dropout_draws_anew_each_step_and_the_same_again_for_the_same_step():
    run = Run(mlp(dropout=0.5))
    masks = []
    for _ in range(3):
        run.train(1)
        masks.append(run.tensors["layer1.mask"].copy())
    assert not np.array_equal(masks[0], masks[1])
    run.history.go(1)
    run.train(1)
    assert np.array_equal(run.tensors["layer1.mask"], masks[1])
    assert not np.array_equal(run.tensors["layer1.mask"][:, :8], run.tensors["layer2.mask"][:, :8])


def test_dropout_is_not_there_in_use():
    run = Run(mlp(dropout=0.9))
    plain = Run(mlp())
    assert np.array_equal(run.predict(run.data.raw_test), plain.predict(plain.data.raw_test))


# ---------------------------------------------------------------- depth

def first_to_last(seed, **model):
    """The length of the first layer's gradient over that of the last, at the start."""
    kind = model.pop("initializer", "xavier_uniform")
    run = Run({"data": {"name": "spiral"}, "model": model, "seed": seed, "batch_size": 250, "initializer": kind})
    run.train(1)
    norms = [np.linalg.norm(run.gradients[f"{layer['name']}.weight"]) for layer in run.layers]
    return norms[0] / norms[-1]


def plain_deep(seed, activation, **knobs):
    return first_to_last(seed, name="mlp", hidden=[16] * 10, activation=activation, **knobs)


SEEDS = range(8)


def test_ten_sigmoid_layers_fade_the_gradient_a_thousandfold():
    assert max(plain_deep(seed, "sigmoid") for seed in SEEDS) < 1e-3


def test_relu_with_he_keeps_it_within_a_factor_of_ten():
    """In the middle of eight seeds, as single narrow networks scatter: geometric mean within the factor of 10."""
    ratios = [plain_deep(seed, "relu", initializer="kaiming_normal") for seed in SEEDS]
    assert 0.1 < np.exp(np.mean(np.log(ratios))) < 10


def test_skip_connections_bring_the_gradient_back():
    deep = dict(name="residual_mlp", width=16, blocks=10, activation="sigmoid")
    for seed in SEEDS:
        faded, restored = first_to_last(seed, **deep, skip=False), first_to_last(seed, **deep, skip=True)
        assert faded < 1e-3 and restored > 0.003 and restored > 1000 * faded


def test_batch_normalisation_brings_the_gradient_back():
    for seed in SEEDS:
        faded, restored = plain_deep(seed, "sigmoid"), plain_deep(seed, "sigmoid", normalization="batch")
        assert restored > 100 * faded and restored > 0.01


def test_layer_normalisation_helps_sigmoids_less():
    """It cannot take away what all examples share, and a sigmoid's outputs share most: measured, a factor of ten and more,
    but the first layer's gradient stays far below a hundredth of the last one's.
    """
    gains = [plain_deep(seed, "sigmoid", normalization="layer") / plain_deep(seed, "sigmoid") for seed in SEEDS]
    assert np.exp(np.mean(np.log(gains))) > 10
    assert max(plain_deep(seed, "sigmoid", normalization="layer") for seed in SEEDS) < 0.01


def test_a_large_start_explodes():
    def reach(seed, start):
        run = Run({"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [16] * 10, "activation": "relu"}, "seed": seed,
                   "initializer": start})
        return np.abs(run.predict(run.data.raw_train)).max()
    assert all(reach(seed, "too_large") > 1000 * reach(seed, "kaiming_normal") for seed in SEEDS)


def test_equal_weights_never_break_symmetry():
    run = Run({"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [8]}, "initializer": {"name": "constant", "value": 0.3}})
    run.train(300)
    w = run.parameters["layer1.weight"]
    assert np.array_equal(w, np.repeat(w[:, :1], 8, axis=1)) and (w != np.float32(0.3)).any()


@pytest.mark.slow
def test_a_hundred_blocks_learn_with_skips_and_not_without():
    def accuracy(seed, skip):
        run = Run({"data": {"name": "digits"}, "model": {"name": "residual_mlp", "width": 16, "blocks": 100, "skip": skip,
                                                         "activation": "tanh", "normalization": "layer" if skip else "none"}, "seed": seed,
                   "optimizer": {"name": "adam", "learning_rate": 0.002}})
        run.train(400)
        return run.metrics()["accuracy_test"]
    for seed in range(3):
        assert accuracy(seed, True) > 0.85 > 0.5 > accuracy(seed, False)
