"""Every probe on every kind of data: shapes, finite numbers, options at both ends, and not one byte of the run changed."""
import json

import numpy as np
import pytest

from engine import EngineError, Run
from engine.registry import datasets, probes
from tests.runs import memory, own_classes, own_regression, small, weights

KINDS = {
    "two classes": dict(data={"name": "spiral", "points": 60}),
    "many classes": dict(data={"name": "blobs", "points": 60, "classes": 4}),
    "plane": dict(data={"name": "plane", "points": 60}),
    "curve": dict(data={"name": "curve", "points": 60}),
    "digits": dict(data={"name": "digits"}),
    "iris": dict(data={"name": "iris"}),
    "diabetes": dict(data={"name": "diabetes"}),
    "house prices": dict(data={"name": "house_price", "points": 60}),
    "own table": dict(data={"name": "csv"}),
    "no test set": dict(data={"name": "spiral", "points": 60, "test_share": 0}),
    "linear model": dict(data={"name": "spiral", "points": 60}, model={"name": "mlp", "hidden": []}),
    "one unit": dict(data={"name": "circle", "points": 60}, model={"name": "mlp", "hidden": [1], "activation": "prelu", "bias": False}),
    "mse on classes": dict(data={"name": "spiral", "points": 60}, loss="mse"),
    "hinge": dict(data={"name": "blobs", "points": 60}, loss="hinge", model={"name": "mlp", "hidden": [4], "activation": {"name": "elu", "alpha": 0.5}}),
    "two outputs for two classes": dict(data={"name": "spiral", "points": 60}, loss="cross_entropy"),
    "own values": dict(own=own_regression()), "own classes": dict(own=own_classes()),
    "own, one row": dict(own=(np.array([[0.5, 1.0, 2.0]]), np.array([0.5]), None, None)),
    "own, one column": dict(own=(np.linspace(-1, 1, 9)[:, None], np.linspace(-1, 1, 9) ** 2, None, None)),
    "own, one column that never changes": dict(own=(np.ones((5, 1)), np.arange(5.0), None, None)),
    "own, two columns of two scales": dict(own=(np.random.default_rng(0).normal(size=(9, 2)) * [1, 1000], np.arange(9) % 2, None, None)),
}


def run_on(kind, steps=5, **more):
    changes = dict(KINDS[kind])
    own = changes.pop("own", None)
    run = Run(small(model={"name": "mlp", "hidden": [4, 3], "activation": "relu"}, precision="float32") | changes | more, data=own)
    run.train(steps)
    return run


def options_of(record, run):
    """Sets of options to try: the defaults, and each number at both ends."""
    needed = {"input": [0.5] * len(run.data.columns)} if "input" in record.knobs else {}
    yield needed
    for key, knob in record.knobs.items():
        if knob.kind in ("number", "integer"):
            yield from (needed | {key: value} for value in (knob.low, knob.high))
        yield from (needed | {key: value} for value in knob.choices)


def finite(found):
    """Whether all numbers within are finite."""
    if isinstance(found, dict):
        return all(map(finite, found.values()))
    if isinstance(found, (list, tuple)):
        return all(map(finite, found))
    if isinstance(found, np.ndarray):
        return bool(np.isfinite(found).all())
    return not isinstance(found, float) or np.isfinite(found)


def plain(found):
    """What travels as meta must be JSON; arrays must have a kind a frame can carry."""
    for name, value in found.items():
        if isinstance(value, np.ndarray):
            assert value.dtype.name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"), name
        else:
            json.dumps(value, allow_nan=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", probes.names())
def test_probe_measures_and_changes_nothing(name, kind):
    run, record = run_on(kind), probes.get(name, "")
    before, settings, edits = memory(run), json.dumps(run.config), list(run.edits)
    answered = 0
    for options in options_of(record, run):
        try:
            found = run.probe(name, options)
        except EngineError as error:
            assert error.field in ("probe", "part", "unit", "axes", *record.knobs), error
            continue
        answered += 1
        assert found and finite(found)
        plain(found)
    assert (memory(run), json.dumps(run.config), run.edits, run.replayable) == (before, settings, edits, True)
    if name == "softmax" and not run.data.classes:
        return                           # it needs logits then
    assert bool(answered) == (name in run.measurable()), "the defaults serve every run that the probe is for, and no other"


@pytest.mark.parametrize("name", probes.names())
def test_training_goes_on_the_same_whether_watched_or_not(name):
    watched, alone = run_on("two classes"), run_on("two classes")
    for options in options_of(probes.get(name, ""), watched):
        try:
            watched.probe(name, options)
        except EngineError:
            pass
        watched.train(3), alone.train(3)
    assert memory(watched) == memory(alone) and watched.replayable


@pytest.mark.parametrize("kind", ["two classes", "many classes", "plane", "curve", "digits", "own values"])
@pytest.mark.parametrize("name", probes.names())
def test_probe_measures_a_broken_run(name, kind):
    run = run_on(kind)
    for value in weights(run):
        run.parameters[value][...] = np.nan
    run.parameters["layer1.weight"][0, 0] = np.inf
    run.train(1)
    assert run.divergence
    options = {"input": [0.5] * len(run.data.columns)} if name == "answer" else {}
    try:
        assert run.probe(name, options)
    except EngineError as error:
        assert error.field == "probe"


@pytest.mark.parametrize("name", probes.names())
def test_bad_options_are_refused_by_name(name):
    run = run_on("two classes")
    with pytest.raises(EngineError):
        run.probe(name, {"nothing": 1})
    for options in ([1], "text", 5, {5: 5}):
        with pytest.raises(EngineError):
            run.probe(name, options)
    for key, knob in probes.get(name, "").knobs.items():
        for wrong in (object(), 10**400, float("nan"), [[[]]], {"a": 1}):
            with pytest.raises(EngineError) as refused:
                run.probe(name, {key: wrong})
            assert key in refused.value.field


def test_an_unknown_probe_says_which_there_are():
    with pytest.raises(EngineError, match="surface"):
        run_on("two classes").probe("surfaces")


@pytest.mark.parametrize("name, options", [
    ("surface", {"tensor": "layer9.output"}), ("surface", {"tensor": "layer1.output", "unit": 99}), ("surface", {"tensor": "d.layer1.output"}),
    ("surface", {"tensor": "loss"}), ("space", {"layer": "layer9"}), ("space", {"units": [99]}), ("space", {"units": []}), ("space", {"units": [0, 1, 2]}),
    ("unit", {"layer": "x"}), ("unit", {"unit": 99}), ("unit", {"at": [1.0]}), ("unit", {"at": [[1.0], [2.0]]}), ("answer", {}), ("answer", {"input": [1.0]}),
    ("answer", {"input": [[1.0], [2.0]]}), ("confusion", {"part": "validation"})], ids=str)
def test_options_that_name_what_is_not_there_are_refused(name, options):
    with pytest.raises(EngineError):
        run_on("two classes").probe(name, options)


@pytest.mark.parametrize("name", ["surface", "points"])
@pytest.mark.parametrize("axes", [[], [0], [0, 0], [0, 99], [0, 1, 2]], ids=str)
def test_axes_are_two_different_columns(name, axes):
    with pytest.raises(EngineError) as refused:
        run_on("iris").probe(name, {"axes": axes})
    assert refused.value.field == "axes"
    assert run_on("iris").probe(name, {"axes": [3, 1]})["axes"] == [3, 1]


# ---------------------------------------------------------------- what each one says

def test_curves_are_the_metrics():
    run = run_on("two classes", 7)
    found, metrics = run.probe("curves"), run.metrics()
    assert found["step"] == 7 and found["loss_train"] == metrics["loss_train"] and found["score_test"] == metrics["accuracy_test"]
    assert found["epoch"] == pytest.approx(7 / 4, abs=0.1) and found["loss_batch"] == run.loss
    g = np.concatenate([g.ravel() for g in run.gradients.values()]).astype(float)
    assert found["gradient_norm"] == pytest.approx(np.linalg.norm(g), rel=1e-5) and found["learning_rate"] == pytest.approx(0.1)


def test_the_surface_is_what_predict_says_in_the_same_places():
    run = run_on("two classes", 50)
    found = run.probe("surface", {"resolution": 8})
    low, high = found["low"], found["high"]
    x, y = np.linspace(low[0], high[0], 8), np.linspace(low[1], high[1], 8)[::-1]      # row 0 is the top
    z = run.predict(np.array([[a, b] for b in y for a in x]))[:, 0]
    assert np.array_equal(found["values"].ravel(), np.round(127 * (2 / (1 + np.exp(-z.astype(float))) - 1)))


def test_a_unit_surface_is_that_tensor():
    run = run_on("two classes", 50)
    found = run.probe("surface", {"resolution": 8, "tensor": "layer1.preactivation", "unit": 2})
    top_left = run.forward([[found["low"][0], found["high"][1]]], ["layer1.preactivation"])["layer1.preactivation"][0, 2]
    assert found["values"][0, 0] / 127 * found["scale"] == pytest.approx(top_left, abs=found["scale"] / 200)


def test_classes_of_the_surface_are_the_likeliest():
    run = run_on("many classes", 50)
    found = run.probe("surface", {"resolution": 8})
    corner = run.probabilities([[found["low"][0], found["high"][1]]])[0]
    assert found["winner"][0, 0] == corner.argmax() and found["probability"][0, 0] == pytest.approx(255 * corner.max(), abs=1)


def test_the_confusion_matrix_counts_every_example_once():
    run = run_on("many classes", 50)
    for part, y in (("train", run.data.y_train), ("test", run.data.y_test)):
        counts = run.probe("confusion", {"part": part})["counts"]
        assert np.array_equal(counts.sum(1), np.bincount(y, minlength=4))
        assert np.trace(counts) / counts.sum() == pytest.approx(run.metrics()[f"accuracy_{part}"])


@pytest.mark.parametrize("kind", ["two classes", "many classes", "plane", "iris", "own values", "one unit"])
@pytest.mark.parametrize("precision, close", [("float64", 1e-12), ("float32", 1e-5)])
def test_a_unit_is_the_function_of_its_weighted_sum(kind, precision, close):
    run = run_on(kind, 20, precision=precision)
    bends = {"relu": lambda z: max(z, 0), "linear": lambda z: z, "prelu": lambda z: z if z > 0 else z * float(run.parameters["layer1.slope"][0])}
    for layer in run.layers:
        for unit in range(layer["outputs"]):
            found = run.probe("unit", {"layer": layer["name"], "unit": unit, "example": 3})
            z = found["inputs"].astype(float) @ found["weights"].astype(float) + (found["bias"] or 0)
            assert found["z"] == pytest.approx(z, rel=1e-5, abs=1e-5)
            assert found["a"] == pytest.approx(bends[layer["activation"]](found["z"]), rel=close, abs=close)
            assert len(found["input_names"]) == len(found["inputs"]) == layer["inputs"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "own, one column that never changes"])
def test_the_walk_and_a_small_move_agree_to_five_digits(kind):
    for activation in ("tanh", "relu"):
        run = run_on(kind, 12, model={"name": "mlp", "hidden": [4, 3], "activation": activation})
        for example in range(3):
            check = run.probe("walk", {"example": example})["numeric_check"]
            assert abs(check["analytic"] - check["numeric"]) <= 1e-5 * max(abs(check["analytic"]), 1e-6)


def test_the_walk_follows_the_next_batch():
    run = run_on("two classes", 3, precision="float64")
    found = [run.probe("walk", {"example": k}) for k in range(8)]
    assert [f["batch_rows"] for f in found] == [6] * 8, "30 rows in batches of 8: the fourth has 6"
    run.train(1)
    for f in found[:6]:
        assert np.allclose(run.tensors["input"][f["example"]], f["input"]) and f["truth"] in run.data.classes
    mean = {name: np.mean([f[f"d.{name}"] for f in found[:6]], axis=0) for name in run.gradients if name.endswith("weight")}
    for name, value in mean.items():
        assert np.allclose(run.gradients[name], value, rtol=1e-4, atol=1e-6), "the batch's gradient is the mean of its examples'"
    assert np.mean([f["loss"] for f in found[:6]]) == pytest.approx(run.loss, rel=1e-9)


def test_layers_tell_norms_histograms_and_the_size_of_the_coming_step():
    run = run_on("two classes", 5, precision="float64")
    found, before = run.probe("layers", {"bins": 8}), weights(run)
    run.train(1)
    for entry in found["layers"]:
        name = entry["name"]
        assert found[f"{name}.activations"].sum() == pytest.approx(1) and found[f"{name}.gradients"].sum() == pytest.approx(1)
        weight = before[f"{name}.weight"]
        assert entry["weight_norm"] == pytest.approx(np.linalg.norm(weight))
        assert entry["gradient_norm"] == pytest.approx(np.linalg.norm(run.gradients[f"{name}.weight"]))
        assert entry["update_ratio"] == pytest.approx(np.linalg.norm(run.parameters[f"{name}.weight"] - weight) / entry["weight_norm"])


def test_dead_and_saturated_units_are_counted():
    run = run_on("two classes", 0)
    run.parameters["layer1.bias"][...] = [-100, -100, 100, 100]
    told = run.probe("layers")["layers"]
    assert told[0]["dead"] == 0.5 and told[0]["saturated"] is None and told[2]["dead"] is None
    run.set("model.activation", "sigmoid")
    run.parameters["layer1.bias"][...] = [-100, -100, -100, 0]
    told = run.probe("layers")["layers"]
    assert told[0]["dead"] is None and told[0]["saturated"] >= 0.75


def test_points_are_the_examples_with_the_networks_answer():
    run = run_on("two classes", 20)
    found = run.probe("points")
    assert np.allclose(found["train"], run.data.raw_train) and np.array_equal(found["train_y"], run.data.y_train)
    assert np.array_equal(found["test_predicted"], run.predict(run.data.raw_test)[:, 0] > 0)
    version = found["version"]
    run.train(5)
    assert run.probe("points")["version"] == version
    run.edit({"paint": [[0, 0, 1]]})
    assert run.probe("points")["version"] != version


def test_predicted_values_are_in_the_targets_own_unit():
    run = run_on("house prices", 300)
    found = run.probe("predicted", {"part": "train"})
    assert found["true"].min() > 10_000 and found["predicted"].shape == found["true"].shape
    assert np.abs(found["true"] - found["predicted"]).mean() < found["true"].std()


def test_the_space_of_two_units_is_their_outputs():
    run = run_on("two classes", 20)
    found = run.probe("space", {"layer": "layer1", "units": [2, 0]})
    values = run.forward(run.data.raw_train, ["layer1.output"])["layer1.output"]
    assert np.allclose(found["train"], values[:, [2, 0]]) and found["grid"].shape == (26, 60, 2)
    share = run.probe("space", {"layer": "layer1"})["explained"]
    assert 0 < share <= 1 + 1e-9


@pytest.mark.parametrize("name", datasets.names())
def test_the_network_is_drawn_on_every_dataset(name):
    run = Run({"data": {"name": name}})
    found = run.probe("network")
    units = len(run.data.features) + sum(layer["outputs"] for layer in run.layers)
    assert len(found["maps"] if "maps" in found else found["activity"]) == units
    assert ("maps" in found) == (run.data.plane or len(run.data.columns) == 1)
