"""Losses and influence of single examples, receptive fields, and maps of any tensor."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.probes._alone import Alone
from tests.runs import own_classes, small

LOGISTIC = {"model": {"name": "mlp", "hidden": []}, "precision": "float64", "optimizer": {"name": "sgd", "learning_rate": 0.5}, "batch_size": 1000,
            "regularization": {"l2": 0.05}}


def ranks(values):
    return np.argsort(np.argsort(values))


# ---------------------------------------------------------------- influence

@pytest.mark.parametrize("seed", [0, 1, 2])
def test_influence_is_what_a_small_step_on_the_example_does(seed):
    run = Run(small(seed=seed, optimizer={"name": "sgd", "learning_rate": 0.001}))
    run.train(200)
    found = run.probe("influence", {"example": 2})
    alone, made = Alone(run), run.assembly
    alone.parameters_of(run)
    before, _ = alone.gradient(made.x_test[2], made.y_test[2])
    assert found["loss_example"] == pytest.approx(before)
    start, program = run.arena.copy(), alone.trial.program
    fell = []
    for k in found["place"]:
        _, slope = alone.gradient(made.x[k], made.y[k])
        program.view(alone.trial.arena, "parameters", 0)[...] -= 0.001 * slope
        fell.append(before - alone.gradient(made.x_test[2], made.y_test[2])[0])
        alone.parameters_of(run)
    np.testing.assert_allclose(found["influence"], fell, rtol=0.02, atol=1e-3 * np.abs(fell).max())
    assert (found["influence"] > 0).any() and (found["influence"] < 0).any() and np.array_equal(run.arena, start)


@pytest.mark.parametrize("seed", range(4))
def test_influence_agrees_with_leaving_the_example_out(seed):
    """Logistic regression trained to its optimum, and again without each of 40 examples: the rank correlation of influence over
    the run with the rise of a test example's loss.  Measured: 0.88 to 0.92 on the mean of six test examples."""
    x, y, x_test, y_test = own_classes(n=40, inputs=3, classes=2, seed=seed)
    run = Run(LOGISTIC, data=(x, y, x_test, y_test))
    run.train(400)
    losses = lambda run: np.array([run.measured_loss(run.assembly.x_test[k:k + 1], run.assembly.y_test[k:k + 1]) for k in range(6)])
    whole, rise = losses(run), []
    for k in range(len(x)):
        keep = np.arange(len(x)) != k
        other = Run(LOGISTIC, data=(x[keep], y[keep], x_test, y_test))
        other.train(400)
        rise.append(losses(other) - whole)
    rise = np.array(rise)
    found = [run.probe("influence", {"example": k, "checkpoints": 8})["influence"] for k in range(6)]
    agreement = [np.corrcoef(ranks(one), ranks(rise[:, k]))[0, 1] for k, one in enumerate(found)]
    assert np.mean(agreement) > 0.75, agreement


@pytest.mark.parametrize("seed", range(3))
def test_a_wrongly_labelled_neighbour_harms(seed):
    run = Run({"data": {"name": "blobs", "classes": 2, "points": 100, "painted": [[0.0, 2.1, 1]]}, "model": {"name": "mlp", "hidden": [8]},
               "seed": seed, "optimizer": {"name": "adam", "learning_rate": 0.01}})
    wrong = len(run.data.raw_train) - 1
    assert run.data.y_train[wrong] == 1
    run.train(100)
    harmed = [k for k in range(len(run.data.raw_test)) if run.data.y_test[k] == 0][:5]
    for k in harmed:
        found = run.probe("influence", {"example": k, "limit": 1000})
        assert found["place"][found["influence"].argmin()] == wrong
    hardest = run.probe("example_losses", {"part": "train"})
    assert hardest["row"][hardest["hardest"][0]] == run.data.train_rows[wrong]


def test_influence_over_several_moments_is_the_sum_over_them():
    run = Run(small(optimizer={"name": "sgd", "learning_rate": 0.1}))
    run.train(700)
    several = run.probe("influence", {"example": 1, "checkpoints": 3})
    assert len(several["steps"]) == 3 and several["steps"][0] == 0 and several["steps"][-1] == 700
    total = 0
    for step in several["steps"]:
        run.history.go(step) if step < run.step else run.train(step - run.step)
        total = total + run.probe("influence", {"example": 1})["influence"].astype(float)
    np.testing.assert_allclose(several["influence"], total, rtol=1e-4, atol=1e-6 * np.abs(total).max())


def test_gradients_of_single_examples_are_without_chance():
    config = small(model={"name": "mlp", "hidden": [8], "dropout": 0.5}, augmentation={"noise": 0.5}, regularization={"l2": 0.1})
    run = Run(config)
    run.train(10)
    one, again = run.probe("influence"), run.probe("influence")
    assert np.array_equal(one["influence"], again["influence"])
    plain = Run(small(model={"name": "mlp", "hidden": [8]}))
    for name, value in run.parameters.items():
        plain.parameters[name][...] = value
    np.testing.assert_allclose(one["loss"], plain.probe("example_losses")["loss"], rtol=1e-6)


def test_losses_of_examples_average_to_the_loss():
    for config in (small(), {"data": {"name": "induction", "examples": 40}, "model": {"name": "transformer", "width": 8, "heads": 2}}):
        run = Run(config)
        run.train(20)
        for part in ("train", "test"):
            found = run.probe("example_losses", {"part": part, "show": 5})
            rows = run.data.y_train if part == "train" else run.data.y_test
            weight = (rows >= 0).sum(1) if rows.ndim == 2 else np.ones(len(rows))              # a mean over asked positions
            assert np.average(found["loss"], weights=weight) == pytest.approx(run.metrics()[f"loss_{part}"], rel=1e-4)
            assert (np.diff(found["loss"][found["hardest"]]) <= 0).all() and len(found["hardest"]) == 5 and found["total"] == len(rows)


def test_an_example_is_not_alone_in_batch_statistics():
    with pytest.raises(BadSetting, match="expected a network without batch normalisation"):
        Run(small(model={"name": "mlp", "hidden": [4], "normalization": "batch"})).probe("influence")


# ---------------------------------------------------------------- receptive fields

CNN = {"data": {"name": "digits"}, "model": {"name": "cnn", "activation": "tanh", "pooling": "average"}}


def test_the_slope_of_a_linear_neuron_is_its_weights():
    run = Run(small(model={"name": "mlp", "hidden": [], "activation": "tanh"}))
    found = run.probe("receptive")
    np.testing.assert_allclose(found["slope"], run.parameters["layer1.weight"][:, 0], rtol=1e-6)
    np.testing.assert_allclose(found["strength"], np.abs(found["slope"]), rtol=1e-5)


@pytest.mark.parametrize("tensor, place", [("layer1.output", [4, 3]), ("layer1.output", [0, 7]), ("layer2.output", [2, 1]), ("layer2.pooled", [0, 1])])
def test_a_neuron_sees_its_receptive_field_and_no_more(tensor, place):
    run = Run(CNN)
    run.train(30)
    found = run.probe("receptive", {"tensor": tensor, "unit": 1, "place": place, "examples": 8})
    layer, part = tensor.split(".")
    field = run.probe("feature_maps", {"layer": layer, "part": part})["field"]
    first = [field["start"] + p * field["jump"] for p in place]
    edges = [limit for start in first for limit in (max(0, start), min(7, start + field["size"] - 1))]
    assert found["box"] == edges and found["place"] == place and found["shape"] == [1, 8, 8]


def test_the_slope_agrees_with_pytorch():
    from .kernels import need_torch
    from .torch_models import torch_twin
    torch = need_torch()
    run = Run({**CNN, "precision": "float64"})
    run.train(20)
    x = torch.tensor(run.assembly.x[5:6], requires_grad=True)
    torch_twin(run)(x)[0, 3].backward()
    np.testing.assert_allclose(run.probe("receptive", {"unit": 3, "example": 5})["slope"], x.grad[0].numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("options, words", [({"tensor": "layer9.output"}, "tensor: expected the name of a tensor with neurons"),
                                            ({"tensor": "layer1.output", "unit": 99}, "unit: expected a neuron number below 8"),
                                            ({"tensor": "layer1.output", "place": [9, 0]}, "place: expected row and column below")])
def test_what_cannot_be_looked_at_is_refused_by_name(options, words):
    with pytest.raises((BadSetting, UnknownName), match=words):
        Run(CNN).probe("receptive", options)


# ---------------------------------------------------------------- maps

def test_maps_of_any_tensor_are_its_values_over_the_plane():
    run = Run({"data": {"name": "spiral"}, "model": {"name": "mixture", "hidden": [5]}})
    run.train(20)
    found = run.probe("responses", {"tensor": "layer2.router.output", "resolution": 9})
    corner = run.forward(np.array([[found["low"][0], found["high"][1]]]), ["layer2.router.output"])["layer2.router.output"][0]
    np.testing.assert_allclose(found["maps"][:, 0, 0] / 127 * found["scales"], corner, atol=0.005)
    assert found["maps"].shape == (4, 9, 9) and {"layer1.output", "layer2.mixed"} <= set(found["tensors"])
    with pytest.raises(UnknownName, match="tensor: expected the name of a tensor with a number for each neuron"):
        run.probe("responses", {"tensor": "layer7.output"})
    along = Run({"data": {"name": "curve"}}).probe("responses", {"tensor": "layer1.output"})
    assert along["maps"].shape == (8, 1, 20)
    assert Run({"data": {"name": "iris"}}).probe("responses", {"axes": [2, 3]})["maps"].shape == (4, 20, 20)
    with pytest.raises(BadSetting, match="axes"):
        Run({"data": {"name": "iris"}}).probe("responses", {"axes": [2, 9]})
