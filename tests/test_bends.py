"""The curve over a layer's sums, a network's matrices as one, and the size and spread of a layer's answers."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.registry import activations

SPIRAL = {"data": {"name": "spiral", "points": 200}, "precision": "float64"}


def network(activation, hidden=(8, 8), **more):
    return Run({**SPIRAL, "model": {"name": "mlp", "hidden": list(hidden), "activation": activation}, **more})


@pytest.mark.parametrize("name", [name for name in activations.names() if activations.get(name, "").elementwise])
def test_the_slope_is_that_of_the_curve(name):
    found = network("tanh").probe("activation_curve", {"activation": name, "points": 1001})
    z, value, slope = (found[key].astype(float) for key in ("z", "value", "slope"))
    middle = (value[2:] - value[:-2]) / (z[2:] - z[:-2])
    smooth = np.abs(z[1:-1]) > 0.02                          # corners are at 0
    np.testing.assert_allclose(slope[1:-1][smooth], middle[smooth], atol=2e-3)
    assert found["own"] is (name == "tanh") and found["share"].sum() + found["outside"] == pytest.approx(1, abs=1e-5)


def test_the_steepest_slopes_of_sigmoid_and_tanh():
    run = network("relu")
    assert [run.probe("activation_curve", {"activation": name})["peak"] for name in ("sigmoid", "tanh")] == pytest.approx([0.25, 1])
    assert run.probe("activation_curve", {"activation": "sigmoid"})["peak_at"] == 0


def test_the_histogram_holds_the_layers_own_sums():
    run = network("tanh")
    x = run.data.raw_train
    z = run.forward(x, ["layer2.preactivation"])["layer2.preactivation"]
    found = run.probe("activation_curve", {"layer": "layer2", "bins": 20})
    counts, _ = np.histogram(z, 20, (found["low"], found["high"]))
    np.testing.assert_allclose(found["share"], counts / z.size, atol=1e-6)
    assert found["mean_slope"] == pytest.approx((1 - np.tanh(z) ** 2).mean(), rel=1e-9)
    layers = {entry["name"]: entry for entry in run.probe("layers")["layers"]}
    assert found["saturated"] == layers["layer2"]["saturated"]


def test_a_neuron_below_zero_for_every_example_is_dead_for_relu_and_not_for_leaky_relu():
    run = network("relu")
    run.parameters["layer1.bias"][:4] = -100
    assert (run.probe("activation_curve")["dead"], run.probe("activation_curve")["negative"]) == (0.5, 0.5)
    leaky = run.probe("activation_curve", {"activation": "leaky_relu"})
    assert leaky["dead"] is None and leaky["smallest_slope"] == pytest.approx(0.01)


def test_prelus_learned_slope_bends_the_curve():
    run = network("prelu")
    run.parameters["layer1.slope"][...] = 0.6
    found = run.probe("activation_curve")
    assert found["learned"] == {"slope": pytest.approx(0.6)} and found["value"][0] == pytest.approx(0.6 * found["z"][0], rel=1e-6)
    assert run.probe("activation_curve", {"layer": "layer2"})["learned"]["slope"] == 0.25


def test_what_has_no_curve_is_refused():
    with pytest.raises(BadSetting):
        network("tanh").probe("activation_curve", {"activation": "softmax"})
    with pytest.raises(UnknownName):
        network("tanh").probe("activation_curve", {"layer": "layer9"})


def test_a_linear_network_is_one_layer_and_a_bent_one_is_not():
    run = network("linear", (8, 8, 8))
    run.train(50)
    found = run.probe("collapse")
    weights = [run.parameters[f"layer{k}.weight"] for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(found["weight"], weights[0] @ weights[1] @ weights[2] @ weights[3], rtol=1e-5)
    assert found["linear"] and found["relative"] < 1e-12 and (found["parameters"], found["parameters_single"]) == (177, 3)
    np.testing.assert_allclose(found["network"], found["single"], rtol=1e-5)
    bent = network("tanh", (8, 8, 8))
    bent.train(50)
    assert not bent.probe("collapse")["linear"] and bent.probe("collapse")["relative"] > 0.1


@pytest.mark.parametrize("model", [{"name": "mlp", "hidden": [4], "normalization": "layer"}, {"name": "residual_mlp", "width": 4, "blocks": 2}])
def test_more_than_dense_layers_is_not_multiplied(model):
    with pytest.raises(BadSetting) as refused:
        Run({**SPIRAL, "model": model}).probe("collapse")
    assert refused.value.field == "probe"


def test_size_and_spread_of_a_layers_answers():
    run = network("tanh", batch_size=50)
    run.train(1)
    run.parameters["layer1.weight"][...], run.parameters["layer1.bias"][...] = 0.2, 0.1
    equal = run.probe("layers")["layers"][0]
    assert equal["spread"] == 0 and 0 < equal["size"] < 1
    run.parameters["layer1.bias"][0] = 3
    assert run.probe("layers")["layers"][0]["spread"] > 0.1
