"""The chain rule, number by number: every factor of every weight's gradient multiplies to what the loss does."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.registry import activations


@pytest.mark.parametrize("activation", sorted(activations.names()))
def test_the_factors_multiply_to_the_gradient_and_agree_with_a_small_move(activation):
    run = Run({"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [5, 4], "activation": activation},
               "seed": 3, "precision": "float64"})
    run.train(50)
    for layer in run.layers:
        weight = run.parameters[f"{layer['name']}.weight"]
        for source in (-1, 0, weight.shape[0] - 1):
            found = run.probe("chain", {"layer": layer["name"], "unit": weight.shape[1] - 1, "source": source, "example": 7})
            assert found["product"] == pytest.approx(found["x"] * found["blame"], rel=1e-12)
            assert found["product"] == pytest.approx(found["analytic"], rel=1e-9, abs=1e-15)
            assert found["numeric"] == pytest.approx(found["analytic"], rel=1e-5, abs=1e-9)
            if not found["last"] and activation != "softmax":       # whose slope is a matrix
                assert found["blame"] == pytest.approx(found["slope"] * found["arriving"], rel=1e-9, abs=1e-15)
            if "next_weights" in found:
                assert (found["next_weights"] @ found["next_blame"]) == pytest.approx(found["arriving"], rel=1e-4, abs=1e-8)


def test_the_batch_has_the_mean_of_its_examples():
    run = Run({"data": {"name": "circle"}, "model": {"name": "mlp", "hidden": [4]}, "batch_size": 8, "precision": "float64"})
    ask = {"layer": "layer1", "unit": 2, "source": 1}
    shares = [run.probe("chain", ask | {"example": k})["product"] for k in range(8)]
    assert run.probe("chain", ask)["batch"] == pytest.approx(np.mean(shares), rel=1e-12)


def test_at_the_output_the_blame_is_p_minus_y():
    run = Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": [4]}})
    run.train(20)
    found = run.probe("chain", {"layer": "layer2", "unit": 1, "example": 2})
    z = run.forward(run.data.raw_train[found["row"]:found["row"] + 1], ["output"])["output"][0].astype(float)
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    assert found["blame"] == pytest.approx(p[1] - (found["target"][0] == 1), abs=1e-6) and found["last"]


@pytest.mark.parametrize("data, model, layers", [
    ("adding", "recurrent", ["output"]), ("copy", "recurrent", []), ("induction", "transformer", []), ("tour", "pointer", []),
    ("facts", "retrieval", ["layer1", "layer2"]), ("digits", "cnn", ["layer3"])])
def test_of_any_network_only_neurons_that_meet_an_example_once_are_asked(data, model, layers):
    """A weight that is used at every place of a sequence has a gradient that no single product is."""
    run = Run({"data": {"name": data}, "model": {"name": model}, "precision": "float64"})
    for layer in [layer["name"] for layer in run.layers]:
        if layer not in layers:
            with pytest.raises(BadSetting):
                run.probe("chain", {"layer": layer})
            continue
        found = run.probe("chain", {"layer": layer, "source": 1, "example": 2})
        assert found["product"] == pytest.approx(found["analytic"], rel=1e-9, abs=1e-15) and found["layers"] == layers
    if layers:
        assert run.probe("chain")["layer"] == layers[0]
    else:
        with pytest.raises(BadSetting, match=f"expected a network with a layer of plain neurons.*{model}"):
            run.probe("chain")


def test_looking_changes_nothing():
    run, other = (Run({"data": {"name": "spiral"}, "seed": 1}) for _ in range(2))
    run.train(10)
    run.probe("chain", {"layer": "layer1", "unit": 0, "source": 0})
    run.train(10)
    other.train(20)
    assert run.arena.tobytes() == other.arena.tobytes()


@pytest.mark.parametrize("options, field, error", [
    ({"layer": "layer9"}, "layer", UnknownName), ({"unit": 99}, "unit", BadSetting), ({"source": 2}, "source", BadSetting)])
def test_what_is_not_there_is_refused_by_name(options, field, error):
    with pytest.raises(error) as caught:
        Run({"data": {"name": "spiral"}}).probe("chain", options)
    assert caught.value.field == field


def test_without_a_bias_the_neuron_has_factors_but_no_move():
    run = Run({"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [4], "bias": False}})
    found = run.probe("chain", {"layer": "layer1", "unit": 1})
    assert "numeric" not in found and found["blame"] == pytest.approx(found["slope"] * found["arriving"], rel=1e-5)
    with pytest.raises(BadSetting):
        run.probe("chain", {"layer": "layer1", "unit": 1, "source": -1})
