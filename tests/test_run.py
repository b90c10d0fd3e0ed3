"""The public contract of a run, sentence by sentence: what the names mean, what replays, what changes while it trains."""
import json

import numpy as np
import pytest

from engine import BadSetting, EngineError, Run, ShapeError, UnknownName, describe
from engine.execute import permutation
from engine.registry import activations, datasets, initializers, losses, optimizers, schedules
from engine.trial import next_rows
from tests.runs import PLAIN_LOSSES, memory, own_classes, own_regression, replayed, same_weights, small, weights

FULL = {
    "data": {"name": "spiral", "points": 500, "noise": 0.1, "test_share": 0.5},
    "model": {"name": "mlp", "hidden": [8, 8], "activation": "tanh"},
    "loss": {"name": "binary_cross_entropy"}, "optimizer": {"name": "adam", "learning_rate": 0.01},
    "schedule": {"name": "constant"}, "regularization": {"l1": 0.0, "l2": 0.0}, "clip": None,
    "initializer": {"name": "xavier_uniform"}, "batch_size": 32, "seed": 7, "precision": "float32"}


# ---------------------------------------------------------------- the example of the issue

def test_the_example_does_what_it_says():
    run = Run(FULL)
    assert run.train(1000) == 1000 and run.step == 1000
    assert run.epoch == 1000 // 8                                  # 250 rows make 8 batches
    found = run.metrics()
    assert set(found) == {"loss_train", "loss_test", "accuracy_train", "accuracy_test"}
    assert found["loss_train"] < 0.5 and found["accuracy_train"] > 0.7
    assert run.parameters["layer1.weight"].shape == (2, 8) and run.parameters["layer1.bias"].shape == (8,)
    assert run.gradients["layer1.weight"].shape == (2, 8) and run.tensors["layer1.output"].shape == (250 - 7 * 32, 8)
    assert run.predict([[0.0, 1.0]]).shape == (1, 1)
    assert run.set("optimizer.learning_rate", 0.1) == "live"
    snapshot = run.snapshot()
    assert isinstance(snapshot, bytes) and memory(Run.restore(snapshot)) == memory(run)
    fork = run.fork({"optimizer.learning_rate": 1.0})
    assert fork.config["optimizer"]["learning_rate"] == 1.0 and run.config["optimizer"]["learning_rate"] == 0.1
    assert same_weights(weights(fork), weights(run))


def test_omitted_settings_are_neutral():
    run = Run({"data": {"name": "spiral"}})
    assert run.config["loss"] == {"name": "binary_cross_entropy"} and run.config["schedule"] == {"name": "constant"}
    assert run.config["regularization"] == {"l1": 0.0, "l2": 0.0} and run.config["clip"] is None
    assert run.config["model"]["bias"] is True and "layer1.bias" in run.parameters
    assert not any(i.name in ("penalty", "clip") for i in run.assembly.program.instructions)


@pytest.mark.parametrize("data, loss, outputs", [
    ({"name": "spiral"}, "binary_cross_entropy", 1), ({"name": "blobs", "classes": 2}, "binary_cross_entropy", 1),
    ({"name": "blobs", "classes": 4}, "cross_entropy", 4), ({"name": "plane"}, "mse", 1), ({"name": "iris"}, "cross_entropy", 3),
    ({"name": "breast_cancer"}, "binary_cross_entropy", 1), ({"name": "diabetes"}, "mse", 1)], ids=str)
def test_default_loss_follows_from_the_data(data, loss, outputs):
    run = Run({"data": data})
    assert run.config["loss"]["name"] == loss and run.predict(run.data.raw_train[:3]).shape == (3, outputs)


@pytest.mark.parametrize("name", datasets.names())
def test_every_dataset_trains_with_nothing_else_said(name):
    run = Run({"data": {"name": name}})
    run.train(3)
    assert run.step == 3 and np.isfinite(run.loss) and run.divergence is None


# ---------------------------------------------------------------- own arrays

def test_own_arrays_are_used_exactly_as_given():
    arrays = own_regression()
    run = Run({"precision": "float64"}, data=arrays)
    assert run.config["data"] == {"name": "own"}
    for ours, theirs in zip((run.assembly.x, run.assembly.y, run.assembly.x_test, run.assembly.y_test), arrays):
        assert np.array_equal(ours, theirs)


def test_own_arrays_may_be_changed_afterwards_without_effect():
    x, y, x_test, y_test = own_regression()
    run, twin = (Run(small(), data=(x.copy(), y.copy(), x_test, y_test)) for _ in range(2))
    mine = [x, y, x_test, y_test]
    changed = Run(small(), data=mine)
    x[...], mine[1] = 99, None
    for one in (run, twin, changed):
        one.train(5)
        one.set("batch_size", 5)                                   # a new assembly must not read the caller's arrays again
        one.train(5)
    assert memory(run) == memory(twin) == memory(changed)


def test_one_regression_column_may_be_flat():
    x, y, x_test, y_test = own_regression(outputs=1)
    flat, column = Run(small(), data=(x, y[:, 0], x_test, y_test[:, 0])), Run(small(), data=(x, y, x_test, y_test))
    flat.train(10), column.train(10)
    assert memory(flat) == memory(column)


def test_integer_labels_are_classes_and_floats_are_values():
    x, y, x_test, y_test = own_classes()
    assert Run({}, data=(x, y, x_test, y_test)).config["loss"]["name"] == "cross_entropy"
    assert Run({}, data=(x, y % 2, x_test, y_test % 2)).config["loss"]["name"] == "binary_cross_entropy"
    assert Run({}, data=(x, y.astype(float), x_test, y_test.astype(float))).config["loss"]["name"] == "mse"


def test_cross_entropy_has_two_outputs_for_two_classes():
    x, y, x_test, y_test = own_classes(classes=2)
    run = Run({"loss": "cross_entropy"}, data=(x, y, x_test, y_test))
    assert run.predict(x).shape == (len(x), 2)
    assert Run({"loss": "cross_entropy", "data": {"name": "circle"}}).predict([[0, 0]]).shape == (1, 2)


def test_classes_of_whole_floats_serve_a_loss_of_classes():
    x, y, _, _ = own_classes()
    assert Run({"loss": "cross_entropy"}, data=(x, y.astype(float), None, None)).predict(x).shape == (len(x), 3)


def test_a_class_that_only_the_test_set_has_gets_an_output():
    x, y, x_test, y_test = own_classes(classes=3)
    assert Run({}, data=(x, np.minimum(y, 1), x_test, y_test)).predict(x).shape[1] == 3


@pytest.mark.parametrize("data, field", [
    ((1, 2, 3), "data"), (5, "data"), (({}, {}, {}, {}), "x_train"), (("a", "b", None, None), "x_train"),
    ((np.ones((3, 2)), np.ones(4), None, None), "y_train"), ((np.ones(3), np.ones(3), None, None), "x_train"),
    ((np.ones((3, 2)), np.ones(3), np.ones((2, 5)), np.ones(2)), "x_test"),
    (([[1, 2], [3]], [1, 2], None, None), "x_train"), (([[1.0], [2.0]], [[1], [2, 3]], None, None), "y_train"),
    ((np.full((3, 2), np.nan), np.ones(3), None, None), "x_train[0, 0]"), ((np.ones((3, 2)), None, None, None), "y_train"),
    ((np.ones((0, 2)), np.ones(0), None, None), "x_train"), ((np.ones((3, 2)), np.ones(3), np.ones((2, 2)), None), "y_test")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_own_arrays_that_do_not_fit_are_refused_by_name(data, field):
    with pytest.raises(EngineError) as refused:
        Run({}, data=data)
    assert refused.value.field == field


@pytest.mark.parametrize("test", [(None, None), (np.ones((0, 3)), np.ones((0, 2)))], ids=["None", "no rows"])
def test_without_a_test_set_its_metrics_are_none(test):
    x, y, _, _ = own_regression()
    found = Run(small(), data=(x, y, *test)).metrics()
    assert found["loss_test"] is None and found["r2_test"] is None and found["loss_train"] > 0
    assert Run(small(data={"name": "spiral", "test_share": 0})).metrics()["accuracy_test"] is None


# ---------------------------------------------------------------- names and shapes

def test_layers_are_numbered_and_the_last_has_no_activation():
    run = Run(small())
    assert [layer["name"] for layer in run.layers] == ["layer1", "layer2", "layer3"]
    assert [layer["activation"] for layer in run.layers] == ["tanh", "tanh", "linear"]
    run.train(4)
    for name, rows, width in (("layer1", 8, 4), ("layer2", 8, 3), ("layer3", 8, 1)):
        assert run.tensors[f"{name}.preactivation"].shape == run.tensors[f"{name}.output"].shape == (rows, width)
    assert np.array_equal(run.tensors["layer3.preactivation"], run.tensors["layer3.output"])
    assert np.allclose(run.tensors["layer1.output"], np.tanh(run.tensors["layer1.preactivation"]), rtol=0, atol=1e-14)


def test_a_forward_pass_by_hand_gives_the_same():
    run = Run(small())
    run.train(7)
    w, a = weights(run), run.data.raw_test
    for layer in ("layer1", "layer2"):
        a = np.tanh(a @ w[f"{layer}.weight"] + w[f"{layer}.bias"])
    by_hand = a @ w["layer3.weight"] + w["layer3.bias"]
    assert np.allclose(run.predict(run.data.raw_test), by_hand, rtol=0, atol=1e-13)


def test_a_list_of_activations_is_one_a_layer():
    run = Run(small(model={"name": "mlp", "hidden": [4, 3], "activation": ["relu", {"name": "elu", "alpha": 0.5}]}))
    assert [layer["activation"] for layer in run.layers] == ["relu", "elu", "linear"]


def test_without_hidden_layers_it_is_a_linear_model():
    run = Run(small(model={"name": "mlp", "hidden": []}))
    assert set(run.parameters) == {"layer1.weight", "layer1.bias"} and run.parameters["layer1.weight"].shape == (2, 1)


def test_without_biases_there_are_none():
    run = Run(small(model={"name": "mlp", "hidden": [4], "bias": False}))
    assert set(run.parameters) == {"layer1.weight", "layer2.weight"}
    assert run.predict([[0.0, 0.0]]) == 0


def test_parameter_count_is_the_size_of_the_parameter_region():
    run = Run(small(model={"name": "mlp", "hidden": [4, 3], "activation": "prelu"}))
    assert run.parameter_count == sum(view.size for view in run.parameters.values()) == (2 * 4 + 4 + 1) + (4 * 3 + 3 + 1) + 4
    assert run.assembly.program.names["parameters"].size(0) == run.parameter_count


def test_views_are_views_into_the_run():
    run = Run(small())
    before = run.predict([[1.0, 1.0]])
    run.parameters["layer3.bias"][0] += 2
    assert np.allclose(run.predict([[1.0, 1.0]]), before + 2)
    run.parameters["layer3.bias"] = [5.0]
    assert run.parameters["layer3.bias"][0] == 5


def test_a_view_stays_good_while_the_shapes_stay():
    run = Run(small())
    view = run.parameters["layer1.weight"]
    run.train(300)
    run.set("optimizer.learning_rate", 0.3)
    run.history.back(20)
    run.train(5)
    assert view is not run.parameters["layer1.weight"] and np.shares_memory(view, run.parameters["layer1.weight"])
    assert np.array_equal(view, run.parameters["layer1.weight"])


@pytest.mark.parametrize("mapping", ["parameters", "gradients", "tensors"])
def test_an_unknown_tensor_names_the_nearest(mapping):
    with pytest.raises(UnknownName, match="layer1.weight"):
        getattr(Run(small()), mapping)["layer1.wieght"]
    with pytest.raises(KeyError):
        getattr(Run(small()), mapping)["nothing"]
    assert "nothing" not in getattr(Run(small()), mapping)


def test_parameters_hold_parameters_only():
    run = Run(small())
    assert len(run.parameters) == len(run.gradients) == 6
    assert "loss" not in run.parameters and "parameters" not in run.parameters and "loss" in run.tensors


def test_writing_the_wrong_shape_says_which_is_right():
    with pytest.raises(ShapeError, match=r"\(2, 4\)"):
        Run(small()).parameters["layer1.weight"] = np.ones((3, 3))


@pytest.mark.parametrize("x", [[[1.0, 2.0, 3.0]], "text", [[[1.0, 2.0]]], [["a", "b"]], [[1.0], [1.0, 2.0]], None], ids=str)
def test_inputs_that_do_not_fit_are_refused(x):
    with pytest.raises(ShapeError):
        Run(small()).predict(x)


def test_predicting_changes_nothing():
    run = Run(small())
    run.train(3)
    before = memory(run)
    run.predict(np.ones((700, 2))), run.metrics(), run.forward([[1.0, 2.0]], ["layer1.output"]), run.probabilities([[0.0, 0.0]])
    assert memory(run) == before


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 257, 600])
def test_predicting_many_rows_is_predicting_each(rows):
    run = Run(small())
    x = np.random.default_rng(1).normal(size=(rows, 2))
    assert np.allclose(run.predict(x), np.array([run.predict(row)[0] for row in x]).reshape(rows, 1), rtol=0, atol=1e-14)


# ---------------------------------------------------------------- batches and epochs

def batches(run, epochs=1):
    """The row numbers of each batch, as the engine says beforehand, checked against what it was fed."""
    made = []
    for _ in range(epochs * run.steps_per_epoch):
        rows = next_rows(run)
        run.train(1)
        assert np.array_equal(run.tensors["input"], run.assembly.x[rows]), "other rows were trained than announced"
        assert np.array_equal(run.tensors["target"], run.assembly.y[rows])
        made.append(rows)
    return made


def test_every_epoch_uses_each_row_once_in_another_order():
    run = Run(small())
    epochs = [np.concatenate(batches(run)) for _ in range(4)]
    assert all(sorted(rows) == list(range(20)) for rows in epochs)
    assert len({tuple(rows) for rows in epochs}) == 4 and run.epoch == 4 and run.step == 12


def test_the_same_seed_shuffles_the_same_and_another_seed_otherwise():
    first, second, third = (batches(Run(small(seed=seed), data=own_regression()), 2) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second))
    assert not all(np.array_equal(a, b) for a, b in zip(first, third))


def test_the_last_smaller_batch_is_trained_with_the_mean_over_its_own_rows():
    run = Run(small())
    run.train(2)
    rows, before = next_rows(run), weights(run)
    assert len(rows) == 4 and run.steps_left_in_epoch == 1
    alone = Run(small(batch_size=4), data=(run.assembly.x[rows], run.data.y_train[rows], None, None))
    for name, value in before.items():
        alone.parameters[name] = value
    run.train(1), alone.train(1)
    assert run.rows == 4 and run.epoch == 1
    for name in before:
        assert np.allclose(run.gradients[name], alone.gradients[name], rtol=1e-12, atol=1e-15)
        assert np.allclose(run.parameters[name], alone.parameters[name], rtol=1e-12, atol=1e-15)


def test_a_batch_size_above_n_means_n():
    large, exact = Run(small(batch_size=5000)), Run(small(batch_size=20))
    large.train(7), exact.train(7)
    assert large.epoch == 7 and memory(large) == memory(exact)


def test_gradient_descent_uses_the_whole_set():
    run = Run(small(optimizer={"name": "gradient_descent", "learning_rate": 0.1}))
    assert run.steps_per_epoch == 1 and [len(rows) for rows in batches(run, 3)] == [20, 20, 20] and run.epoch == 3


def test_gradient_descent_taken_up_within_an_epoch_still_uses_the_whole_set():
    run = Run(small())
    run.train(1)
    run.set("optimizer.name", "gradient_descent")
    assert [len(rows) for rows in batches(run, 2)] == [20, 20]


@pytest.mark.parametrize("first, second", [(8, 3), (3, 8), (8, 20), (5, 7), (7, 5), (8, 4096)])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_batch_size_changed_within_an_epoch_uses_each_row_once(first, second, steps):
    run = Run(small(batch_size=first))
    seen = []
    for _ in range(steps):
        seen.append(next_rows(run))
        run.train(1)
    run.set("batch_size", second)
    left = run.steps_left_in_epoch
    for _ in range(left):
        rows = next_rows(run)
        run.train(1)
        assert run.rows == len(rows) and np.array_equal(run.tensors["input"], run.assembly.x[rows])
        seen.append(rows)
    assert run.epoch == 1 and sorted(np.concatenate(seen)) == list(range(20))


@pytest.mark.parametrize("steps", [1, 4, 30])
def test_many_steps_after_a_changed_batch_size_are_as_one_at_a_time(steps):
    one, many = Run(small()), Run(small())
    for run in (one, many):
        run.train(1)
        run.set("batch_size", 5)
    many.train(steps)
    for _ in range(steps):
        one.train(1)
    assert memory(one) == memory(many)


@pytest.mark.parametrize("a, b", [(1, 1), (2, 5), (7, 300), (255, 2), (256, 256), (300, 700), (0, 4)])
def test_training_in_parts_is_training_at_once_to_the_bit(a, b):
    parts, whole = Run(small(precision="float32")), Run(small(precision="float32"))
    parts.train(a), parts.train(b)
    whole.train(a + b)
    assert memory(parts) == memory(whole)


@pytest.mark.parametrize("optimizer", optimizers.names())
def test_training_in_parts_is_the_same_with_every_optimizer(optimizer):
    settings = small(optimizer={"name": optimizer}, schedule={"name": "reduce_on_plateau", "patience": 2}, clip={"norm": 0.5})
    parts, whole = Run(settings), Run(settings)
    whole.train(17)
    for _ in range(17):
        parts.train()
    assert memory(parts) == memory(whole)


@pytest.mark.parametrize("steps", [-1, 1.5, True, "3", None])
def test_steps_are_whole_numbers(steps):
    with pytest.raises(BadSetting) as refused:
        Run(small()).train(steps)
    assert refused.value.field == "steps"


# ---------------------------------------------------------------- loss, gradients, metrics

def test_loss_is_that_of_the_last_batch_and_nan_before_the_first():
    run = Run(small())
    assert np.isnan(run.loss)
    rows, z = next_rows(run), None
    z = run.predict(run.data.raw_train[rows])[:, 0]
    run.train(1)
    y = run.data.y_train[rows]
    assert run.loss == pytest.approx(np.mean(np.logaddexp(0, z) - y * z), rel=1e-12)


def test_metrics_are_over_the_whole_sets():
    run = Run(small(data={"name": "spiral", "points": 1400}))      # more rows than one chunk of the forward pass
    run.train(20)
    for part, raw, y in (("train", run.data.raw_train, run.data.y_train), ("test", run.data.raw_test, run.data.y_test)):
        z = run.predict(raw)[:, 0]
        assert run.metrics()[f"loss_{part}"] == pytest.approx(np.mean(np.logaddexp(0, z) - y * z), rel=1e-12)
        assert run.metrics()[f"accuracy_{part}"] == np.mean((z > 0) == y)


def test_metrics_of_classes_and_values():
    x, y, x_test, y_test = own_classes(n=300)
    run = Run(small(), data=(x, y, x_test, y_test))
    z = run.predict(x)
    assert run.metrics()["loss_train"] == pytest.approx(np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(300), y]), rel=1e-12)
    assert run.metrics()["accuracy_test"] == np.mean(run.predict(x_test).argmax(1) == y_test)
    assert run.probabilities(x).sum(1) == pytest.approx(np.ones(300))
    x, y, x_test, y_test = own_regression()
    run = Run(small(), data=(x, y, x_test, y_test))
    z = run.predict(x)
    assert run.metrics()["loss_train"] == pytest.approx(np.mean((z - y) ** 2), rel=1e-12)
    assert run.metrics()["r2_train"] == pytest.approx(1 - ((z - y) ** 2).sum() / ((y - y.mean(0)) ** 2).sum(), rel=1e-12)


def test_penalties_are_over_weights_and_in_the_gradients_but_not_in_the_loss():
    plain, pulled = Run(small()), Run(small(regularization={"l1": 0.3, "l2": 0.7}))
    before = weights(plain)
    plain.train(1), pulled.train(1)
    assert plain.loss == pulled.loss
    for name, w in before.items():
        pull = 0.3 * np.sign(w) + 0.7 * w if name.endswith("weight") else 0
        assert np.allclose(pulled.gradients[name], plain.gradients[name] + pull, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("clip", [{"norm": 0.01}, {"value": 0.002}], ids=str)
def test_gradients_are_shown_before_clipping_and_used_after(clip):
    plain, clipped = Run(small()), Run(small(clip=clip))
    before = weights(plain)
    plain.train(1), clipped.train(1)
    g = np.concatenate([plain.gradients[name].ravel() for name in before])
    assert np.linalg.norm(g) > 0.01
    used = g * min(1, 0.01 / (np.linalg.norm(g) + 1e-6)) if "norm" in clip else np.clip(g, -0.002, 0.002)
    moved = np.concatenate([(before[name] - clipped.parameters[name]).ravel() for name in before]) / 0.1
    assert all(np.array_equal(plain.gradients[name], clipped.gradients[name]) for name in before)
    assert np.allclose(moved, used, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("l1, l2", [(0.0, 0.5), (0.5, 0.0)])
def test_l1_and_l2_make_weights_smaller(l1, l2):
    plain, pulled = Run(small()), Run(small(regularization={"l1": l1, "l2": l2}))
    plain.train(100), pulled.train(100)
    size = lambda run: sum(np.abs(w).sum() for name, w in weights(run).items() if name.endswith("weight"))
    assert size(pulled) < 0.5 * size(plain)


def test_schedules_count_steps():
    run = Run(small(schedule={"name": "step_decay", "every": 3, "gamma": 0.5}))
    rates = []
    for _ in range(7):
        run.train(1)
        rates.append(float(run.tensors["rate"][0]))
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025])


def test_the_rate_stays_to_be_seen_when_a_setting_changes():
    run = Run(small())
    run.train(2)
    run.set("regularization.l2", 0.1)
    assert run.tensors["rate"][0] == 0.1 and run.probe("curves")["learning_rate"] == 0.1


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_everything_is_in_the_precision_that_was_asked_for(precision):
    run = Run(small(precision=precision))
    run.train(2)
    assert {view.dtype.name for view in (*run.parameters.values(), *run.gradients.values(), run.predict([[0, 0]]))} == {precision}


def test_both_precisions_start_alike_and_stay_close():
    a, b = Run(small(precision="float32")), Run(small(precision="float64"))
    a.train(50), b.train(50)
    for name, value in weights(b).items():
        assert np.allclose(weights(a)[name], value, rtol=0, atol=1e-4)


def test_nothing_depends_on_the_state_of_numpy_or_python_random():
    import random
    first = Run(small())
    np.random.seed(99), random.seed(99)
    second = Run(small())
    first.train(9)
    np.random.random(5), random.random()
    second.train(9)
    assert memory(first) == memory(second)


# ---------------------------------------------------------------- changing while it trains

def paths():
    """Every path of the settings with a value to set it to: numbers at the middle of their range, every name, every choice."""
    found = []
    for section, registry in (("optimizer", optimizers), ("schedule", schedules), ("initializer", initializers),
                              ("loss", losses), ("data", datasets)):
        found += [(f"{section}.name", record.name) for record in registry if section != "loss" or record.name in PLAIN_LOSSES]
    catalog = describe()
    knobs = {f"optimizer.{key}": knob for key, knob in optimizers.get("sgd", "").knobs.items()}
    plain = {f"{section}.{key}": knob for section in ("regularization", "clip") for key, knob in catalog["settings"][section].items()}
    found += [(path, 0.1) for path in (*knobs, *plain)]
    found += [("optimizer.learning_rate", 1e-6), ("batch_size", 1), ("batch_size", 65536), ("precision", "float32"), ("seed", 4),
              ("model.hidden", [3]), ("model.hidden", []), ("model.hidden", [9, 9, 9]), ("model.bias", False),
              ("model.activation", ["relu", "prelu"]), ("data.noise", 0.5), ("data.points", 60), ("data.test_share", 0.2),
              ("data.features", ["x1", "x1*x2", "sin(x2)"]), ("data.standardize", True), ("data.seed", 5), ("data.painted", [[0, 0, 1]]),
              ("data.erased", [0, 1, 2]), ("clip", None), ("optimizer", {"name": "adam"}), ("loss", None)]
    found += [("model.activation", record.name) for record in activations]
    return found


@pytest.mark.parametrize("path, value", paths(), ids=lambda v: str(v)[:40])
def test_every_path_can_be_set_while_it_trains_and_replays_to_the_bit(path, value):
    run = Run(small())
    run.train(4)
    effect = run.set(path, value)
    assert effect in ("live", "rebuild", "restart")
    assert run.step == (0 if effect == "restart" else 4)
    run.train(5)
    assert run.step == (5 if effect == "restart" else 9) and np.isfinite(run.loss)
    again = replayed(run)
    assert memory(again) == memory(run) and again.config == run.config
    json.dumps(run.recipe())


@pytest.mark.parametrize("section, registry", [("optimizer", optimizers), ("schedule", schedules), ("loss", losses)],
                         ids=["optimizer", "schedule", "loss"])
def test_every_knob_of_every_live_record_can_be_set_to_both_ends(section, registry):
    for record in registry:
        if section == "loss" and "binary" not in record.tasks:
            continue
        run = Run(small(**{section: {"name": record.name}}))
        for key, knob in record.knobs.items():
            for value in (knob.low, knob.high):
                if value is not None:
                    run.set(f"{section}.{key}", value)
                    run.train(1)
                    assert run.config[section][key] == value
            run.set(f"{section}.{key}", knob.default)
        assert run.step == 2 * sum(k.low is not None for k in record.knobs.values()) or run.divergence


def test_a_change_of_several_settings_is_one_edit():
    run = Run(small())
    run.train(2)
    run.set({"optimizer.name": "momentum", "optimizer.momentum": 0.5, "batch_size": 4})
    assert run.config["optimizer"] == {"name": "momentum", "learning_rate": 0.1, "momentum": 0.5} and len(run.edits) == 1


def test_a_change_that_cannot_be_changes_nothing():
    run = Run(small())
    run.train(3)
    before, settings = memory(run), json.dumps(run.config)
    for path, value in (("optimizer.learning_rate", "fast"), ("loss.name", "ctc"), ("model.hidden", [0]), ("nothing.at", 1),
                        ("data.features", []), ("model.activation", ["tanh"]), ("loss.delta", 1.0), ("optimizer.momentum", 0.5)):
        with pytest.raises(EngineError):
            run.set(path, value)
    assert memory(run) == before and json.dumps(run.config) == settings and run.edits == []


def test_values_may_be_numpy_numbers_and_tuples_and_are_kept_as_plain_data():
    run = Run(small())
    hidden = [5, 4]
    run.set("optimizer.learning_rate", np.float32(0.25))
    run.set("model.hidden", hidden)
    run.set("batch_size", np.int64(4))
    hidden.append(3)
    run.edit({"weight": "layer1.weight", "index": (np.int64(0), 1), "value": np.float32(2)})
    run.train(3)
    json.dumps(run.recipe())
    assert memory(replayed(run)) == memory(run) and run.config["model"]["hidden"] == [5, 4]


@pytest.mark.parametrize("path, value", [("seed", 4), ("initializer.name", "zeros"), ("initializer.gain", 2.0)])
def test_restart_paths_start_again(path, value):
    run = Run(small())
    run.train(5)
    assert run.set(path, value) == "restart"
    fresh = Run(run.config)
    assert run.step == 0 and run.edits == [] and memory(run) == memory(fresh)


def test_a_restart_forgets_raw_writes():
    run = Run(small())
    run.parameters["layer1.weight"][0, 0] = 3
    run.train(1)
    assert not run.replayable
    run.set("seed", 9)
    assert run.replayable


def test_the_loss_stays_with_the_task_and_changes_with_it():
    run = Run(small(loss={"name": "hinge"}))
    run.set("data.name", "circle")
    assert run.config["loss"] == {"name": "hinge"}
    run.set("data.name", "plane")
    assert run.config["loss"] == {"name": "mse"}
    run.set("data.name", "circle")
    assert run.config["loss"] == {"name": "binary_cross_entropy"}
    run.set({"data.name": "plane", "loss.name": "huber"})
    assert run.config["loss"] == {"name": "huber", "delta": 1.0}


def test_own_data_cannot_be_exchanged_by_name_but_all_else_can():
    run = Run(small(), data=own_regression())
    run.train(3)
    with pytest.raises(EngineError):
        run.set("data.name", "circle")
    run.set({"model.hidden": [5], "optimizer.name": "adam", "loss.name": "huber", "batch_size": 4})
    run.train(3)
    assert memory(replayed(run)) == memory(run)


# ---------------------------------------------------------------- weights that still fit

@pytest.mark.parametrize("hidden", [[6, 3], [2, 3], [4, 5], [4, 3, 3], [4], [], [7, 7]], ids=str)
def test_weights_that_still_fit_are_kept_with_their_slots(hidden):
    run = Run(small(optimizer={"name": "adam"}))
    run.train(5)
    before = {name: run.tensors[name].copy() for name in run.tensors
              if name.rpartition(".")[0].rpartition(".")[0] in ("", "mean", "square") and name.endswith((".weight", ".bias"))}
    assert run.set("model.hidden", hidden) == "rebuild" and run.step == 5
    start = Run(run.config)
    for name in run.tensors:
        if not name.endswith((".weight", ".bias")) or name.startswith("d."):
            continue
        now = run.tensors[name]
        old = before.get(name, np.zeros([0] * now.ndim))
        cut = tuple(slice(min(a, b)) for a, b in zip(now.shape, old.shape))
        assert np.array_equal(now[cut], old[cut]), name
        new = np.ones(now.shape, bool)
        new[cut] = False
        assert np.array_equal(now[new], start.tensors[name][new]), f"{name}: new numbers start as a new run's"


def test_another_optimizer_begins_anew():
    run = Run(small(optimizer={"name": "adam"}))
    run.train(5)
    run.set("optimizer.name", "adamw")
    assert not run.tensors["mean.layer1.weight"].any()
    rate = run.config["optimizer"]["learning_rate"]
    kept = weights(run)["layer1.weight"] * (1 - rate * 0.01)
    run.train(1)
    # Adam's first step has the length of the rate in every direction: its corrections count from its own beginning
    assert rate == 0.001 and np.allclose(np.abs(kept - run.parameters["layer1.weight"]), rate, rtol=1e-4)


def test_a_change_of_precision_keeps_weights_and_slots():
    run = Run(small(optimizer={"name": "momentum"}))
    run.train(5)
    before = weights(run), run.tensors["velocity.layer1.weight"].copy()
    run.set("precision", "float32")
    assert np.array_equal(run.parameters["layer1.weight"], before[0]["layer1.weight"].astype(np.float32))
    assert np.array_equal(run.tensors["velocity.layer1.weight"], before[1].astype(np.float32))


def test_the_plateau_remembers_over_a_live_change_and_begins_anew_with_another_schedule():
    run = Run(small(schedule={"name": "reduce_on_plateau", "patience": 0, "threshold": 0.5}))
    run.train(6)
    assert run.tensors["memory"][3] < 1
    kept = run.tensors["memory"].copy()
    run.set("schedule.patience", 3)
    assert np.array_equal(run.tensors["memory"], kept)
    run.set("schedule.name", "constant")
    run.set("schedule.name", "reduce_on_plateau")
    assert not run.tensors["memory"].any()


# ---------------------------------------------------------------- replay

def test_a_long_story_replays_to_the_bit():
    run = Run(small(precision="float32", optimizer={"name": "adam", "learning_rate": 0.01}))
    run.train(100)
    run.set("optimizer.learning_rate", 0.03)
    run.train(301)
    run.set("model.hidden", [6, 3, 2])
    run.set("model.hidden", [4, 3])                       # two rebuilds at one step: the first cuts weights
    run.edit({"paint": [[0.5, -1.0, 1], [2.0, 2.0, 0]]})
    run.train(13)
    run.edit({"weight": "layer1.weight", "index": [0, 1], "value": 0.5})
    run.set("batch_size", 7)
    run.train(2)
    run.edit({"erase": {"at": [0.5, -1.0], "radius": 0.8}})
    run.set({"optimizer.name": "rmsprop", "clip.norm": 0.5})
    run.train(600)
    again = replayed(run)
    assert memory(again) == memory(run) and again.config == run.config and again.edits == run.edits
    assert memory(replayed(again)) == memory(run)


def test_widening_undone_at_the_same_step_replays():
    run = Run(small())
    run.train(3)
    run.set("model.hidden", [1, 3])
    run.set("model.hidden", [4, 3])
    run.train(1)
    assert len(run.edits) == 2 and memory(replayed(run)) == memory(run)


def test_a_slider_dragged_at_one_step_is_one_edit():
    run = Run(small())
    run.train(3)
    for rate in (0.2, 0.3, 0.4):
        run.set("optimizer.learning_rate", rate)
    assert len(run.edits) == 1 and run.edits[0]["set"] == {"optimizer.learning_rate": 0.4}


def test_edits_of_the_first_step_are_made_at_once():
    run = Run(small())
    run.set("optimizer.learning_rate", 0.7)
    again = Run(**run.recipe())
    assert again.config == run.config and again.future == [] and memory(again) == memory(run)


def test_a_raw_write_marks_the_run_as_not_replayable():
    for write in (lambda run: run.parameters["layer1.weight"].__setitem__((0, 0), 1.5),
                  lambda run: run.tensors["layer1.weight"].__setitem__((0, 0), 1.5)):
        run = Run(small())
        run.train(2)
        assert run.parameters["layer1.weight"].any() and run.tensors["loss"].any()
        run.train(1)
        assert run.replayable, "looking is no writing"
        write(run)
        run.train(1)
        assert not run.replayable


def test_own_data_replays_with_the_same_arrays():
    run = Run(small(), data=own_classes())
    run.train(20)
    run.set("model.hidden", [5])
    run.train(20)
    assert memory(replayed(run)) == memory(run)


@pytest.mark.parametrize("edits", [5, "abc", [5], [{}], [{"step": 1}], [{"set": {"batch_size": 4}}], [{"step": -1, "set": {"batch_size": 4}}],
                                   [{"step": "x", "paint": []}], [{"step": 1, "set": {}, "weight": "w"}]], ids=str)
def test_edits_that_are_none_are_refused(edits):
    with pytest.raises(EngineError):
        Run(small(), edits=edits)


def test_reset_starts_again_from_the_same_or_another_seed():
    run = Run(small())
    start = memory(run)
    run.train(5)
    run.set("optimizer.learning_rate", 0.3)
    run.reset()
    assert memory(run) == start and run.step == 0 and run.config["optimizer"]["learning_rate"] == 0.3 and run.edits == []
    run.reset(seed=11)
    assert run.config["seed"] == 11 and memory(run) != start
    with pytest.raises(BadSetting):
        run.reset(seed="new")


def test_permutations_are_fair_enough():
    order, seen = np.zeros(4, np.int64), set()
    for epoch in range(400):
        permutation(order, 5, epoch)
        seen.add(tuple(order))
    assert len(seen) == 24
