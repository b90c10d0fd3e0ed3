"""Gradients against central differences in float64, and proof that a wrong kernel is found."""
import numpy as np
import pytest

from engine import Run, check_gradient, execute
from engine.graph import BATCH, Graph
from engine.jit import begin, flat, kernel, like, matrix
from engine.program import Program, Training
from engine.registry import activations, initializers, losses, models, ops, optimizers, schedules
from engine.trial import Trial
from tests.runs import PLAIN_LOSSES, data_for, data_of, own_classes, small


def network(activation="tanh", **changes):
    return small(model={"name": "mlp", "hidden": [4, 3], "activation": activation, **changes})


@pytest.mark.parametrize("loss", PLAIN_LOSSES)
@pytest.mark.parametrize("activation", activations.names())
def test_gradient_is_the_slope(activation, loss):
    report = check_gradient(network(activation) | {"loss": loss}, data=data_for(loss))
    assert report["passed"], report["parameters"]
    assert any(abs(entry["analytic"]) > 1e-6 for entry in report["parameters"].values())


@pytest.mark.parametrize("loss", [name for name in losses.names() if "binary" in losses.get(name, "").tasks])
def test_gradient_is_the_slope_for_two_classes(loss):
    assert check_gradient(small(loss=loss))["passed"]


@pytest.mark.parametrize("penalty", [{"l1": 0.1}, {"l2": 0.1}, {"l1": 0.3, "l2": 0.2}], ids=str)
def test_gradient_is_the_slope_of_loss_and_penalties_together(penalty):
    report = check_gradient(small(regularization=penalty))
    assert report["passed"]
    without = check_gradient(small())["parameters"]
    assert report["parameters"]["layer1.weight"]["analytic"] != without["layer1.weight"]["analytic"]


def test_gradient_is_the_slope_without_biases():
    report = check_gradient(network("relu", bias=False))
    assert report["passed"] and set(report["parameters"]) == {"layer1.weight", "layer2.weight", "layer3.weight"}


def test_gradient_of_a_learned_slope_is_checked():
    report = check_gradient(network("prelu"))
    assert report["passed"] and abs(report["parameters"]["layer1.slope"]["analytic"]) > 1e-6


def test_gradient_is_the_slope_where_the_library_multiplies():
    assert check_gradient(small(model={"name": "mlp", "hidden": [24, 20]}, batch_size=20), data=own_classes(n=40, inputs=20))["passed"]


@pytest.mark.parametrize("name", initializers.names())
def test_gradient_is_the_slope_from_every_start(name):
    assert check_gradient(small(initializer=name, batch_size=16))["passed"]


def test_gradient_is_checked_at_the_present_parameters_of_a_run_in_training():
    run = Run(small(precision="float32"))
    run.train(30)
    before = run.arena.tobytes()
    report = check_gradient(run)
    assert report["passed"] and run.arena.tobytes() == before
    assert report["parameters"] != check_gradient(small())["parameters"]


# ---------------------------------------------------------------- a wrong kernel fails

@kernel
def tanh_backward_without_the_square(m, t):
    begin(m, t[2])
    y, dx, dy = flat(m, t[1]), flat(m, t[2]), flat(m, t[3])
    for i in range(dx.size):
        dx[i] += dy[i] * (like(m, 1.0) - y[i])


@kernel
def bias_gradient_is_the_mean(m, t):
    ops_dense_backward(m, t)
    db = flat(m, t[6])
    for i in range(db.size):
        db[i] /= matrix(m, t[7]).shape[0]


@kernel
def gradient_of_twice_the_loss(m, t):
    begin(m, t[3])
    z, target, dz = flat(m, t[0]), flat(m, t[1]), flat(m, t[3])
    for i in range(z.size):
        dz[i] += like(m, 4.0) / like(m, z.size) * (z[i] - target[i])


@kernel
def penalty_of_the_wrong_sign(m, t):
    w, dw = flat(m, t[0]), flat(m, t[1])
    for i in range(w.size):
        dw[i] -= like(m, 0.1) * w[i]


ops_dense_backward = ops.get("dense", "op").backward


@pytest.mark.parametrize("record, part, wrong, changes", [
    (activations.get("tanh", ""), "backward", tanh_backward_without_the_square, {}),
    (ops.get("dense", ""), "backward", bias_gradient_is_the_mean, {}),
    (losses.get("mse", ""), "backward", gradient_of_twice_the_loss, {}),
    (ops.get("penalty", ""), "forward", penalty_of_the_wrong_sign, {"regularization": {"l2": 0.1}})],
    ids=["activation", "op", "loss", "penalty"])
def test_a_wrong_kernel_is_found(monkeypatch, record, part, wrong, changes):
    settings = small(loss="mse", **changes)
    assert check_gradient(settings)["passed"]
    monkeypatch.setitem(record.__dict__, part, wrong)
    report = check_gradient(settings)
    assert not report["passed"] and report["worst"] > 1e-3


# ---------------------------------------------------------------- overfitting

@pytest.mark.parametrize("record", list(models), ids=lambda record: record.name)
def test_gradient_of_every_model_is_the_slope(record):
    assert check_gradient({"data": data_of(record), "model": record.name, "batch_size": 8})["passed"]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("record", list(models), ids=lambda record: record.name)
def test_model_overfits_eight_samples(record, seed):
    rate = 0.003 if record.name == "pointer" else 0.01       # at 0.01 one pointer network in eight leaves its minimum again
    run = Run({"data": data_of(record), "model": record.name, "optimizer": {"name": "adam", "learning_rate": rate}, "seed": seed, "batch_size": 8})
    before = run.metrics()["loss_train"]
    run.train(600)
    found = run.metrics()
    assert found["loss_train"] < 0.05 * before, found
    assert found["r2_train"] > 0.9 if run.data.task == "regression" else found["accuracy_train"] == 1, found


@pytest.mark.parametrize("loss", PLAIN_LOSSES)
@pytest.mark.parametrize("activation", [name for name in activations.names() if name != "linear"])
def test_every_activation_and_loss_overfits_eight_samples(activation, loss):
    random = np.random.default_rng(5)
    x, classes = random.normal(size=(8, 3)), 3 if "classes" in losses.get(loss, "").tasks else 2
    y = random.normal(size=(8, 1)) if "regression" in losses.get(loss, "").tasks else np.arange(8) % classes
    run = Run({"model": {"name": "mlp", "hidden": [16, 16], "activation": activation}, "loss": loss, "seed": 2,
               "optimizer": {"name": "adam", "learning_rate": 0.02}, "initializer": "kaiming_uniform"}, data=(x, y, None, None))
    before = run.metrics()["loss_train"]
    run.train(1500)
    assert run.metrics()["loss_train"] < 0.05 * before


# ---------------------------------------------------------------- several ops that feed one gradient

TRAINING = Training(optimizers.get("sgd", ""), {"learning_rate": 0.1}, schedules.get("constant", ""), {})


def twice_used(order, width):
    """A graph in which `a` feeds two dense layers, added in this order; gives it with `left`, which the loss is taken of.

    x → a → left → loss
        a → right         (its gradient is put there by hand)
    """
    graph = Graph()
    x = graph.input("input", 2)
    dense = ops.get("dense", "op")

    def layer(name, source, outputs):
        w = graph.parameter(f"{name}.weight", (source.shape[1], outputs))
        b = graph.parameter(f"{name}.bias", (outputs,), role="bias", start=0.0)
        z = graph.tensor(name, (BATCH, outputs))
        graph.add(name, dense, (source, w, b, z))
        return z
    a = layer("a", x, width)
    return graph, {name: layer(name, a, width) for name in order}["left"]


@pytest.mark.parametrize("width, rows", [(3, 4), (20, 32)], ids=["loops", "library"])
@pytest.mark.parametrize("order", [("left", "right"), ("right", "left")], ids=str)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_first_op_writes_a_shared_gradient_and_the_second_adds(order, width, rows, precision):
    graph, left = twice_used(order, width)
    program = Program(graph, left, losses.get("mse", "loss"), width, rows, TRAINING)
    backward = {i.name: i for i in program.rest}
    last_run, first_run = order[0], order[1]             # backward goes the other way round
    assert backward[f"d.{first_run}"].first[4] == 1 and backward[f"d.{last_run}"].first[4] == 0
    random = np.random.default_rng(1)
    arena = np.full(program.size + 16, 7.0, precision)   # rubbish everywhere: what is not cleared shows
    view = lambda name: program.view(arena, name, rows)
    for name in ("input", "target", *(p.name for p in program.parameters)):
        view(name)[...] = random.normal(size=view(name).shape)
    table = program.table(rows, 0)
    count = len(program.forward)
    addresses = program.addresses(precision)
    execute.once(addresses, arena, table, 0, count + 1)  # forward, and the loss's backward
    view("d.right")[...] = random.normal(size=(rows, width))
    execute.once(addresses, arena, table, count + 1, count + 4)
    dz = 2 / (rows * width) * (view("left") - view("target"))
    expected = dz @ view("left.weight").T + view("d.right") @ view("right.weight").T
    close = dict(rtol=1e-4, atol=1e-4) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)
    assert np.allclose(view("d.left"), dz, **close) and np.allclose(view("d.a"), expected, **close)
    assert np.allclose(view("d.a.weight"), view("input").T @ expected, **close)
    assert np.allclose(view("d.a.bias"), expected.sum(0), **close)


def test_a_parameter_used_in_two_places_gets_the_sum_of_both_gradients():
    graph = Graph()
    x = graph.input("input", 3)
    w = graph.parameter("shared", (3, 3))
    dense = ops.get("dense_without_bias", "op")
    one, two = graph.tensor("one", (BATCH, 3)), graph.tensor("two", (BATCH, 3))
    graph.add("one", dense, (x, w, one))
    graph.add("two", dense, (one, w, two))
    program = Program(graph, two, losses.get("mse", "loss"), 3, 5, TRAINING)
    arena = np.full(program.size, 3.0)
    random = np.random.default_rng(2)
    view = lambda name: program.view(arena, name, 5)
    for name in ("input", "target", "shared"):
        view(name)[...] = random.normal(size=view(name).shape)
    execute.once(program.addresses("float64"), arena, program.table(5, 0), 0, len(program.forward) + 3)
    x, w = view("input"), view("shared")
    dz = 2 / 15 * (x @ w @ w - view("target"))
    assert np.allclose(view("d.shared"), (x @ w).T @ dz + x.T @ (dz @ w.T), rtol=1e-11, atol=1e-12)


def test_the_gradient_of_a_batch_is_the_mean_of_its_examples():
    run = Run(small())
    run.train(2)
    whole = Trial(run)
    whole.backward()
    alone = [Trial(run, [row]) for row in whole.rows]
    for trial in alone:
        trial.backward()
    for parameter in run.assembly.program.parameters:
        mean = np.mean([trial.view(f"d.{parameter.name}") for trial in alone], axis=0)
        assert np.allclose(whole.view(f"d.{parameter.name}"), mean, rtol=1e-12, atol=1e-15)


def test_a_trial_makes_the_step_that_the_run_makes():
    run = Run(small(optimizer={"name": "adam"}, clip={"norm": 0.1}, regularization={"l1": 0.1}, schedule={"name": "cosine", "steps": 9}))
    for _ in range(7):
        trial = Trial(run)
        trial.backward()
        trial.update()
        run.train(1)
        for name in run.parameters:
            assert np.array_equal(trial.view(name), run.parameters[name])
            assert np.array_equal(trial.view(f"d.{name}"), run.gradients[name])
