"""Every optimizer: its formula, PyTorch's trajectory, the bottom of a bowl, and the claims made of it."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BadSetting, Run
from engine.registry import optimizers

from .kernels import both, check_record, kinds, need_torch, run_kernel, torch_source
from .reference import OPTIMIZERS, shares

every = kinds(optimizers)
# A bowl with one steep, one ordinary and one flat side; its bottom is BOTTOM.
CURVATURE, BOTTOM, START = np.array([4.0, 1.0, 0.25]), np.array([1.0, -2.0, 0.5]), np.array([-1.0, 1.0, 3.0])


def bowl(p):
    """The gradient of ½ Σ curvature (p - bottom)²."""
    return CURVATURE * (p - BOTTOM)


def knobs_of(record, changed=None):
    return tuple(v for k, v in (record.defaults() | (changed or {})).items() if k != "learning_rate")


def descend(record, gradient, start, steps, rate, precision="float64", knobs=None):
    """The parameters after each step."""
    p, slots, path = np.array(start, float), [np.zeros(len(start)) for _ in record.slots], []
    for age in range(steps):
        g = gradient(p.astype(precision))
        p, _, _, *slots = run_kernel(record.update, precision, [p, g, np.array([rate]), *slots],
                                     knobs_of(record, knobs), age=age)
        assert p.dtype == precision
        path.append(p)
    return np.array(path)


def get(name):
    return optimizers.get(name, "optimizer")


@every
def test_says_what_it_is(record):
    check_record(record)
    assert record.name in OPTIMIZERS, f"tests/reference.py has no {record.name}"
    assert list(record.knobs)[0] == "learning_rate"
    rate = record.knobs["learning_rate"]
    assert (rate.low, rate.high, rate.scale, rate.symbol) == (1e-6, 10.0, "log", "η")
    assert record.whole == (record.name == "gradient_descent")


@every
@both
def test_steps_are_the_formula(record, precision):
    generator = np.random.default_rng(5)
    p, slots = generator.normal(0, 1, 37), [np.zeros(37) for _ in record.slots]
    path = iter(gradients := generator.normal(0, 1, (20, 37)).astype("float32").astype(float))
    kernel = descend(record, lambda _: next(path), p.astype("float32").astype(float), 20, 0.01, precision)
    p = p.astype("float32").astype(float)
    for age, g in enumerate(gradients):
        p, slots = OPTIMIZERS[record.name](p, g, 0.01, slots, age + 1, *knobs_of(record))
        np.testing.assert_allclose(kernel[age], p, rtol=1e-4 if precision == "float32" else 1e-12,
                                   atol=1e-5 if precision == "float32" else 1e-14)


@every
@both
def test_same_trajectory_as_pytorch(record, precision):
    rate = 0.05
    torch = need_torch()
    p = _torch_parameter(precision)
    optimizer = torch_source(record, {"learning_rate": rate}, parameters=[p])
    path = []
    for _ in range(50):
        p.grad = torch.tensor(bowl(p.detach().numpy()), dtype=p.dtype)
        optimizer.step()
        path.append(p.detach().numpy().copy())
    np.testing.assert_allclose(descend(record, bowl, START, 50, rate, precision), path,
                               rtol=0, atol=1e-4 if precision == "float32" else 1e-9)


def _torch_parameter(precision):
    torch = need_torch()
    return torch.nn.Parameter(torch.tensor(START, dtype=getattr(torch, precision)))


@every
def test_defaults_are_those_of_pytorch(record):
    ours = torch_source(record, parameters=[_torch_parameter("float64")])
    theirs = type(ours)([_torch_parameter("float64")])
    chosen = ("momentum", "nesterov") if record.name in ("momentum", "nesterov") else ()
    for name, value in ours.defaults.items():
        assert name in chosen or value == theirs.defaults[name], name


@pytest.mark.parametrize("record", [r for r in optimizers if len(r.knobs) > 1], ids=lambda r: r.name)
def test_knobs_reach_the_kernel_and_pytorch(record):
    """Each knob alone, far from its default, changes the path, and to PyTorch's."""
    usual = descend(record, bowl, START, 10, 0.05)
    for name in [n for n, knob in list(record.knobs.items())[1:] if knob.kind == "number"]:
        changed = {name: {"eps": 0.1, "weight_decay": 0.5}.get(name, 0.6)}
        p = _torch_parameter("float64")
        optimizer = torch_source(record, {"learning_rate": 0.05} | changed, parameters=[p])
        torch = need_torch()
        for _ in range(10):
            p.grad = torch.tensor(bowl(p.detach().numpy()))
            optimizer.step()
        found = descend(record, bowl, START, 10, 0.05, knobs=changed)[-1]
        assert abs(found - usual[-1]).max() > 1e-4
        np.testing.assert_allclose(found, p.detach().numpy(), atol=1e-10)


@every
@both
def test_reaches_the_bottom_of_a_bowl(record, precision):
    rate = {"adagrad": 1.0, "rmsprop": 0.003, "lion": 0.002, "sophia": 0.002}.get(record.name, 0.05)
    knobs = {"weight_decay": 0.0} if "weight_decay" in record.knobs else None
    end = descend(record, bowl, START, 2500, rate, precision, knobs)[-1]
    np.testing.assert_allclose(end, BOTTOM, atol=0.01)


@every
@both
def test_nan_gradients_are_shown(record, precision):
    path = descend(record, lambda p: np.array([np.nan, 1.0, 0.0]), START, 2, 0.1, precision)
    assert np.isnan(path[:, 0]).all() and np.isfinite(path[:, 1:]).all()


@every
@both
def test_no_gradient_at_all_moves_nothing(record, precision):
    knobs = {"weight_decay": 0.0} if "weight_decay" in record.knobs else None
    path = descend(record, lambda p: np.zeros(3), START, 3, 0.1, precision, knobs)
    assert np.array_equal(path[-1], START.astype(precision))


@pytest.mark.parametrize("name", ["gradient_descent", "sgd"])
def test_diverges_beyond_two_over_the_curvature_and_not_below(name):
    limit = 2 / CURVATURE.max()
    below = descend(get(name), bowl, START, 300, 0.98 * limit)
    beyond = descend(get(name), bowl, START, 300, 1.02 * limit)
    assert abs(below[-1, 0] - BOTTOM[0]) < 0.01 and abs(beyond[-1, 0] - BOTTOM[0]) > 1000


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_momentum_is_faster_in_a_ravine(name):
    """One side a hundred times as steep as the other; the rate is what the steep side allows."""
    def ravine(p):
        return np.array([100.0, 1.0]) * p

    def steps(record):
        away = abs(descend(record, ravine, [1.0, 1.0], 1500, 0.01)).max(1)
        return np.flatnonzero(away > 0.01)[-1]
    assert steps(get(name)) < 0.5 * steps(get("sgd"))


def test_adamw_is_not_adam_with_a_penalty():
    """Decay in the gradient is divided by the gradient's size and fades; decoupled decay is the same share for all."""
    decay = {"weight_decay": 0.1}
    gradient = np.array([100.0, 1.0, 0.01])
    decoupled = descend(get("adamw"), lambda p: gradient, START, 50, 0.01, knobs=decay)[-1]
    penalty = descend(get("adam"), lambda p: gradient + 0.1 * p, START, 50, 0.01)[-1]
    plain = descend(get("adam"), lambda p: gradient, START, 50, 0.01)[-1]
    assert abs(decoupled - penalty).max() > 0.01
    assert abs((penalty - plain)[0]) < 1e-3 < abs((decoupled - plain)[0])
    for_no_decay = descend(get("adamw"), lambda p: gradient, START, 50, 0.01, knobs={"weight_decay": 0.0})[-1]
    assert np.array_equal(for_no_decay, plain)


def test_adamw_shrinks_parameters_that_have_no_gradient():
    path = descend(get("adamw"), lambda p: np.zeros(3), START, 10, 0.1, knobs={"weight_decay": 0.5})
    np.testing.assert_allclose(path[-1], START * 0.95**10)


def test_gradient_descent_and_sgd_are_one_rule():
    assert np.array_equal(descend(get("sgd"), bowl, START, 20, 0.1), descend(get("gradient_descent"), bowl, START, 20, 0.1))


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 1e4), st.sampled_from(["adam", "rmsprop", "adagrad"]))
def test_scaling_the_loss_changes_no_adaptive_step(scale, name):
    """Those that divide by the gradient's own size do not see the unit of the loss (but for ε)."""
    g = np.array([1.0, -2.0, 0.5])
    plain = descend(get(name), lambda p: g, START, 5, 0.01)
    scaled = descend(get(name), lambda p: scale * g, START, 5, 0.01)
    np.testing.assert_allclose(scaled, plain, atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.floats(-1e3, 1e3).filter(lambda g: abs(g) > 1e-3))
def test_the_first_step_goes_downhill(g):
    for record in optimizers:
        knobs = {"weight_decay": 0.0} if "weight_decay" in record.knobs else None
        moved = descend(record, lambda p: np.array([g]), [0.0], 1, 0.01, knobs=knobs)[0, 0]
        assert np.sign(moved) == -np.sign(g), record.name


def test_lion_remembers_half_of_what_adam_does():
    assert len(get("lion").slots) == 1 and len(get("adam").slots) == 2


def test_lion_moves_every_parameter_by_the_same_length():
    path = descend(get("lion"), lambda p: np.array([100.0, -0.001, 1.0]), START, 10, 0.01)
    np.testing.assert_allclose(path[-1] - START, [-0.1, 0.1, -0.1], rtol=1e-12)


def test_sophias_curvature_is_the_gauss_newton_diagonal():
    """For one linear layer and softmax the Gauss-Newton matrix is known: Σ_rows x² p (1 − p) / N; the estimate's mean is it."""
    run = Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": []}, "batch_size": 1000, "precision": "float64",
               "optimizer": {"name": "sophia", "learning_rate": 1e-6, "beta2": 0.999, "every": 1}})
    run.train(12000)
    x = run.assembly.x
    p = shares(x @ run.parameters["layer1.weight"] + run.parameters["layer1.bias"])
    exact = (x**2).T @ (p * (1 - p)) / len(x)
    program = run.assembly.program
    found = program.view(run.arena, "curvature.layer1.weight", 0) / (1 - 0.999**12000)
    np.testing.assert_allclose(found, exact, rtol=0.15)              # a mean over about 2,000 draws: a spread of 3 %


def test_sophias_second_backward_pass_leaves_the_gradient_as_it_was():
    config = {"data": {"name": "iris"}, "batch_size": 16}
    ours = Run({**config, "optimizer": {"name": "sophia", "every": 2}})
    plain = Run({**config, "optimizer": {"name": "sgd"}})
    ours.train(1), plain.train(1)
    for name, gradient in plain.gradients.items():
        assert np.array_equal(gradient, ours.gradients[name])


def test_sophia_asks_for_a_loss_that_speaks_of_probabilities():
    with pytest.raises(BadSetting, match="optimizer.name: expected .* cross_entropy, got sophia with mse"):
        Run({"data": {"name": "spiral"}, "loss": "mse", "optimizer": "sophia"})


@pytest.mark.parametrize("name", ["adamw", "lion", "sophia"])
def test_decay_of_weights_only_leaves_biases_and_scales(name):
    """One step as one group and as two: what does not decay goes its way as if the decay were 0."""
    def after(**knobs):
        run = Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": [6], "normalization": "layer"}, "precision": "float64",
                   "optimizer": {"name": name, "learning_rate": 0.01, **knobs}})
        run.train(1)
        return {key: value.copy() for key, value in run.parameters.items()}
    none, weights, everything = after(weight_decay=0.0), after(weight_decay=0.5, decay_everywhere=False), after(weight_decay=0.5)
    for key in none:
        if key.endswith("norm.weight") or key.endswith("bias"):
            np.testing.assert_allclose(weights[key], none[key], rtol=1e-12)          # pieces of other lengths round otherwise
        else:
            np.testing.assert_allclose(weights[key], everything[key], rtol=1e-12)
            assert abs(weights[key] - none[key]).max() > 1e-4
    assert abs(everything["layer1.norm.weight"] - none["layer1.norm.weight"]).max() > 1e-4


def test_adamw_groups_are_those_of_pytorch():
    torch = need_torch()
    run = Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": [6]}, "precision": "float64", "batch_size": 200,
               "optimizer": {"name": "adamw", "learning_rate": 0.01, "weight_decay": 0.5, "decay_everywhere": False}})
    kept = {key: torch.nn.Parameter(torch.tensor(value)) for key, value in run.parameters.items()}
    optimizer = torch.optim.AdamW([{"params": [v for k, v in kept.items() if k.endswith("weight")], "weight_decay": 0.5},
                                   {"params": [v for k, v in kept.items() if k.endswith("bias")], "weight_decay": 0.0}], lr=0.01)
    x, y = torch.tensor(run.assembly.x), torch.tensor(run.assembly.y[:, 0]).long()
    for _ in range(20):
        optimizer.zero_grad()
        z = torch.tanh(x @ kept["layer1.weight"] + kept["layer1.bias"]) @ kept["layer2.weight"] + kept["layer2.bias"]
        torch.nn.functional.cross_entropy(z, y).backward()
        optimizer.step()
    run.train(20)
    for key, value in run.parameters.items():
        np.testing.assert_allclose(value, kept[key].detach().numpy(), atol=1e-9, err_msg=key)
