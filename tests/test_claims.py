"""What the lessons claim (neurons, activations, losses, optimizers, deep networks), measured on the engine over several seeds.

Each margin is written beside its claim, so that a reader sees how sure it is.
"""
import numpy as np
import pytest

from engine import Run
from engine.derivative import value_and_slope
from engine.registry import activations, initializers, losses
from engine.trial import Trial
from tests.kernels import run_kernel
from tests.runs import memory, small, weights

seeds = pytest.mark.parametrize("seed", [1, 2, 3])


def plane(n, seed, boundary, low=-1.0, high=1.0):
    """Own arrays of n points in a square, class 1 where boundary(x) > 0, and as many for testing."""
    x = np.random.default_rng(seed).uniform(low, high, (2 * n, 2))
    y = (boundary(x) > 0).astype(int)
    return x[:n], y[:n], x[n:], y[n:]


def deep(activation, layers, initializer, seed, width=32, **knobs):
    """A run of many equal hidden layers on noise, and the length of each layer's weight gradient."""
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(64, width)), np.arange(64) % 2
    run = Run({"model": {"name": "mlp", "hidden": [width] * layers, "activation": activation}, "initializer": {"name": initializer, **knobs},
               "batch_size": 64, "seed": seed, "precision": "float64"}, data=(x, y, None, None))
    trial = Trial(run)
    trial.backward()
    return run, [float(np.linalg.norm(trial.view(f"d.layer{k + 1}.weight"))) for k in range(layers)]


# ---------------------------------------------------------------- the neuron

@seeds
def test_the_line_of_a_neuron_is_where_its_sum_is_zero(seed):
    run = Run(small(model={"name": "mlp", "hidden": []}, seed=seed), data=plane(100, seed, lambda x: x[:, 0] - 0.5 * x[:, 1] + 0.2))
    run.train(300)
    (w1,), (w2,), b = *run.parameters["layer1.weight"], run.parameters["layer1.bias"][0]
    x1 = np.linspace(-1, 1, 11)
    on_it = np.column_stack([x1, -(w1 * x1 + b) / w2])
    assert np.allclose(run.predict(on_it), 0, atol=1e-12) and np.allclose(run.probabilities(on_it), 0.5, atol=1e-12)
    aside = on_it + 1e-6 * np.array([w1, w2])
    assert (run.predict(aside) > 0).all()


@seeds
def test_without_bias_data_off_centre_cannot_be_separated(seed):
    far = lambda x: x[:, 0] + x[:, 1] - 4                          # a line that passes the origin by far
    found = {}
    for bias in (True, False):
        run = Run(small(model={"name": "mlp", "hidden": [], "bias": bias}, optimizer={"name": "adam", "learning_rate": 0.05}, seed=seed),
                  data=plane(200, seed, far, 1.0, 3.0))
        run.train(4000)
        found[bias] = run.metrics()["accuracy_train"]
    assert found[True] > 0.94 and found[False] < 0.7               # measured: 0.965 and more against 0.59 and less


@seeds
def test_a_deep_linear_network_is_the_product_of_its_matrices(seed):
    run = Run(small(model={"name": "mlp", "hidden": [7, 5, 6], "activation": "linear", "bias": False}, seed=seed))
    run.train(50)
    product = np.linalg.multi_dot([run.parameters[f"layer{k}.weight"] for k in range(1, 5)])
    x = run.data.raw_test
    assert np.allclose(run.predict(x), x @ product, rtol=0, atol=1e-12)


@seeds
def test_a_deep_linear_network_draws_only_a_straight_line(seed):
    run = Run(small(model={"name": "mlp", "hidden": [8, 8], "activation": "linear"}, data={"name": "circle", "points": 400, "noise": 0.0}, seed=seed,
                    optimizer={"name": "adam", "learning_rate": 0.02}))
    run.train(600)
    bent = Run(run.config | {"model": {"name": "mlp", "hidden": [8, 8], "activation": "tanh"}})
    bent.train(600)
    assert run.metrics()["accuracy_train"] < 0.75 < 0.97 < bent.metrics()["accuracy_train"]
    corners = np.array([[-3, -3], [3, 3], [0, 0], [-3, 3], [3, -3]], float)
    z = run.predict(corners)[:, 0]
    assert z[0] + z[1] == pytest.approx(2 * z[2]) and z[3] + z[4] == pytest.approx(2 * z[2])


def test_the_parameter_count_is_the_sum_over_the_layers():
    run = Run(small(model={"name": "mlp", "hidden": [8, 5]}))
    assert run.parameter_count == (2 + 1) * 8 + (8 + 1) * 5 + (5 + 1) * 1 == run.assembly.program.whole.size(0)


# ---------------------------------------------------------------- activations

def test_the_sigmoid_is_steepest_at_zero_with_a_quarter():
    z = np.linspace(-8, 8, 1601)[:, None]
    slope = value_and_slope(activations.get("sigmoid", ""), z)[1]
    assert slope.max() == pytest.approx(0.25, abs=1e-15) and abs(z[slope.argmax(), 0]) < 1e-9


def dead(run):
    """The share of dead units of the first hidden layer."""
    return np.mean([not run.forward(run.data.raw_train, ["layer1.output"])["layer1.output"][:, k].any() for k in range(run.layers[0]["outputs"])])


def killed(seed):
    """A ReLU network after sixty steps at a rate far too large."""
    run = Run(small(model={"name": "mlp", "hidden": [16], "activation": "relu"}, data={"name": "circle", "points": 200}, seed=seed,
                    initializer="kaiming_uniform", optimizer={"name": "sgd", "learning_rate": 10.0}))
    assert dead(run) == 0
    run.train(60)
    return run


@seeds
def test_relu_units_die_at_a_large_rate_and_stay_dead(seed):
    run = killed(seed)
    died = dead(run)
    assert died >= 0.4 and run.divergence is None                  # measured: 0.56 to 0.81
    run.set("optimizer.learning_rate", 0.1)
    run.train(2000)
    assert dead(run) >= died, "no gradient reaches a unit that is zero for every example"


@pytest.mark.parametrize("cure", ["leaky_relu", "prelu"])
@seeds
def test_leaky_units_revive_where_relu_units_stay_dead(seed, cure):
    found = {}
    for activation in ("relu", cure):
        run = killed(seed)
        alive = 1 - dead(run)
        run.set({"model.activation": activation, "optimizer.name": "adam", "optimizer.learning_rate": 0.05})
        run.train(3000)
        z = run.forward(run.data.raw_train, ["layer1.preactivation"])["layer1.preactivation"]
        found[activation] = (z > 0).any(0).mean() - alive, run.metrics()["accuracy_train"]
    assert found["relu"][0] <= 0 < 0.05 < found[cure][0]            # measured: 0.125 to 0.69 of the units come back
    assert found[cure][1] > found["relu"][1] + 0.02                # measured: 0.85 to 1 against 0.65 to 0.92


# ---------------------------------------------------------------- losses

@pytest.mark.parametrize("delta", [0.5, 1.0, 2.0])
def test_huber_is_half_the_square_within_delta_and_straight_beyond(delta):
    huber = losses.get("huber", "")
    value = lambda e: float(run_kernel(huber.forward, "float64", [[[e]], [[0.0]], [0.0]], [delta])[2][0])
    for e in np.linspace(-delta, delta, 9):
        assert value(e) == pytest.approx(0.5 * e * e, abs=1e-15)
    for e in (1.5 * delta, 4 * delta, -7 * delta):
        assert value(e) == pytest.approx(delta * (abs(e) - 0.5 * delta), rel=1e-14)
        assert value(e + np.sign(e)) - value(e) == pytest.approx(delta, rel=1e-12)


@seeds
def test_cross_entropy_on_logits_has_the_gradient_p_minus_y(seed):
    for classes, loss in ((2, "binary_cross_entropy"), (4, "cross_entropy")):
        run = Run(small(data={"name": "blobs", "points": 40, "classes": classes}, loss=loss, seed=seed))
        run.train(3)
        trial = Trial(run)
        trial.backward()
        z, y = trial.view("layer3.output"), run.data.y_train[trial.rows]
        p = 1 / (1 + np.exp(-z)) if classes == 2 else np.exp(z) / np.exp(z).sum(1, keepdims=True)
        truth = y[:, None] if classes == 2 else np.eye(4)[y]
        assert np.allclose(trial.view("d.layer3.output"), (p - truth) / len(y), rtol=1e-10, atol=1e-15)


def test_squared_error_on_a_saturated_sigmoid_learns_slowly_where_cross_entropy_does_not():
    """One sigmoid unit that is sure of the wrong answer: squared error has the slope (p − y) p (1 − p), cross-entropy p − y."""
    x, y = np.array([[1.0]]), np.array([0.0])
    squared = Run({"model": {"name": "mlp", "hidden": [1], "activation": "sigmoid"}, "loss": "mse", "precision": "float64",
                   "optimizer": {"name": "sgd", "learning_rate": 0.5}}, data=(x, y, None, None))
    entropy = Run({"model": {"name": "mlp", "hidden": []}, "loss": "binary_cross_entropy", "precision": "float64",
                   "optimizer": {"name": "sgd", "learning_rate": 0.5}}, data=(x, y.astype(int), None, None))
    squared.parameters["layer2.weight"][...], squared.parameters["layer2.bias"][...] = 1, 0
    for run in (squared, entropy):
        run.parameters["layer1.weight"][...], run.parameters["layer1.bias"][...] = 4, 4
    squared.train(1), entropy.train(1)
    slow, fast = (abs(float(run.gradients["layer1.weight"][0, 0])) for run in (squared, entropy))
    assert fast > 0.99 and slow < 0.001 * fast                     # p(1 − p) at z = 8 is 0.0003
    for _ in range(20):
        squared.parameters["layer2.weight"][...], squared.parameters["layer2.bias"][...] = 1, 0     # its answer is the unit's output
        squared.train(1)
    entropy.train(20)
    assert entropy.probabilities(x)[0, 1] < 0.3 and squared.forward(x, ["layer1.output"])["layer1.output"][0, 0] > 0.99


# ---------------------------------------------------------------- optimizers

def ravine(long=1.0, steep=30.0, n=64, seed=0):
    """Linear regression whose loss is a quadratic with these two curvatures (mse doubles the mean square), and its data."""
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, 2)))[0] * np.sqrt(n)     # columns at right angles, mean square 1
    x = q * np.sqrt(np.array([long, steep]) / 2)
    return x, x @ np.array([1.0, -1.0])


def regression(optimizer, rate, seed=0, **knobs):
    x, y = ravine(seed=seed)
    run = Run({"model": {"name": "mlp", "hidden": [], "bias": False}, "loss": "mse", "precision": "float64", "seed": seed,
               "optimizer": {"name": optimizer, "learning_rate": rate, **knobs}, "batch_size": 64}, data=(x, y, None, None))
    return run, 2 / len(x) * x.T @ x


@seeds
def test_gradient_descent_diverges_beyond_two_over_the_curvature_and_not_below(seed):
    run, hessian = regression("gradient_descent", 0.01, seed)
    largest = np.linalg.eigvalsh(hessian)[-1]
    assert largest == pytest.approx(30)
    before = run.metrics()["loss_train"]
    below, beyond = regression("gradient_descent", 1.98 / largest, seed)[0], regression("gradient_descent", 2.02 / largest, seed)[0]
    below.train(2000), beyond.train(2000)
    assert below.divergence is None and below.metrics()["loss_train"] < 1e-6 * before
    assert beyond.divergence is not None or beyond.metrics()["loss_train"] > 1e6 * before


@seeds
def test_too_small_a_rate_is_slow(seed):
    fast, slow = regression("gradient_descent", 0.05, seed)[0], regression("gradient_descent", 0.0005, seed)[0]
    fast.train(200), slow.train(200)
    assert slow.metrics()["loss_train"] > 1000 * fast.metrics()["loss_train"]


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
@seeds
def test_momentum_is_faster_in_a_ravine(seed, name):
    def steps(optimizer, **knobs):
        run = regression(optimizer, 0.02, seed, **knobs)[0]
        goal = 1e-6 * run.metrics()["loss_train"]
        while run.metrics()["loss_train"] > goal and run.step < 5000:
            run.train(5)
        return run.step
    assert steps(name, momentum=0.8) < 0.5 * steps("sgd")          # measured: 0.17 to 0.45


@seeds
def test_adamw_differs_from_adam_with_l2(seed):
    first = Run(small(optimizer={"name": "adam", "learning_rate": 0.01}, regularization={"l2": 0.1}, seed=seed))
    second = Run(small(optimizer={"name": "adamw", "learning_rate": 0.01, "weight_decay": 0.1}, seed=seed))
    first.train(200), second.train(200)
    assert max(np.abs(weights(first)[name] - weights(second)[name]).max() for name in weights(first)) > 0.1


# ---------------------------------------------------------------- deep networks

@seeds
def test_ten_sigmoid_layers_fade(seed):
    _, norms = deep("sigmoid", 10, "xavier_uniform", seed)
    assert norms[0] < norms[-1] / 1000                             # measured: less than 1/200,000


@seeds
def test_relu_with_he_keeps_the_gradient_within_a_factor_of_ten(seed):
    for initializer in ("kaiming_normal", "kaiming_uniform"):
        _, norms = deep("relu", 10, initializer, seed)
        assert norms[-1] / 10 < norms[0] < norms[-1] * 10          # measured: 0.23 to 1.24


@seeds
def test_a_large_start_explodes_and_a_small_one_fades(seed):
    _, fit = deep("relu", 10, "kaiming_normal", seed)
    run, large = deep("relu", 10, "too_large", seed)
    _, small_ones = deep("relu", 10, "too_small", seed)
    assert large[0] > 1e6 * fit[0] and small_ones[0] < 1e-6 * fit[0]
    assert np.abs(run.predict(run.data.raw_train)).max() > 1e6


@seeds
@pytest.mark.parametrize("initializer", ["zeros", "constant"])
def test_equal_weights_never_break_symmetry(seed, initializer):
    run = Run(small(model={"name": "mlp", "hidden": [6]}, initializer=initializer, data={"name": "circle", "points": 200}, seed=seed,
                    optimizer={"name": "adam", "learning_rate": 0.01}))
    run.train(500)
    w = run.parameters["layer1.weight"]
    assert np.allclose(w, w[:, :1], rtol=0, atol=1e-9), "all units stay copies of one"
    free = Run(run.config | {"initializer": {"name": "xavier_uniform"}})
    free.train(500)
    assert np.abs(free.parameters["layer1.weight"] - free.parameters["layer1.weight"][:, :1]).max() > 0.1
    assert free.metrics()["accuracy_train"] > run.metrics()["accuracy_train"] + 0.1


def test_every_initializer_starts_every_layer():
    for record in initializers:
        run = Run(small(initializer=record.name))
        assert all(np.isfinite(value).all() for value in run.parameters.values()) and not run.parameters["layer1.bias"].any()


# ---------------------------------------------------------------- steps

@seeds
def test_stepping_back_and_forward_again_gives_the_same_bits(seed):
    run = Run(small(seed=seed, optimizer={"name": "adam"}, precision="float32"))
    run.train(400)
    after = memory(run)
    run.history.back(123)
    assert memory(run) != after
    run.train(123)
    assert memory(run) == after


@seeds
def test_inference_changes_no_parameter(seed):
    run = Run(small(seed=seed))
    run.train(10)
    before = memory(run)
    run.predict([[0.1, 0.2]]), run.metrics(), run.probe("answer", {"input": [0.1, 0.2]}), run.probabilities([[3.0, -3.0]])
    assert memory(run) == before
