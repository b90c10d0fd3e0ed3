"""Whole trainings beside PyTorch's: every loss, optimizer and schedule with the records' own PyTorch source.

Both start from the same weights and take the same batches; the order of the rows is asked of the engine.
"""
import math

import numpy as np
import pytest

from engine import Run
from engine.registry import activations, losses, optimizers, schedules
from engine.trial import next_rows
from tests.kernels import need_torch, torch_source
from tests.runs import PLAIN_LOSSES, data_for, own_classes

STEPS = 24
CLOSE = {"float64": dict(rtol=1e-9, atol=1e-9), "float32": dict(rtol=1e-4, atol=1e-4)}
# the rate at which each optimizer moves enough in 24 steps, and not too far
RATES = {"gradient_descent": 0.3, "sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "adagrad": 0.05}
# schedules over as few steps that all their parts are passed
SHORT = {"step_decay": {"every": 5, "gamma": 0.5}, "exponential": {"gamma": 0.95}, "linear_warmup": {"steps": 9},
         "linear_decay": {"steps": 15, "end_factor": 0.1}, "cosine": {"steps": 10, "eta_min": 0.001},
         "warmup_cosine": {"warmup": 5, "steps": 18}, "cyclic": {"steps_up": 4}, "one_cycle": {"steps": 20},
         "reduce_on_plateau": {"patience": 1, "factor": 0.5, "threshold": 0.05}}
WITH_TORCH = [record.name for record in optimizers if record.torch]      # the others: tests/test_optimizers.py


def settings(**changes):
    return {"model": {"name": "mlp", "hidden": [5, 4], "activation": "tanh"}, "loss": {"name": "mse"},
            "optimizer": {"name": "sgd", "learning_rate": 0.1}, "batch_size": 8, "seed": 4, "precision": "float64"} | changes


def optimizer(name):
    return {"name": name, "learning_rate": RATES.get(name, 0.01)}


def knobs(section):
    return {key: value for key, value in section.items() if key != "name"}


class Twin:
    """The same network in PyTorch, made from the run's own settings."""

    def __init__(self, run):
        torch = self.torch = need_torch()
        self.run, config = run, run.config
        kind = getattr(torch, config["precision"])
        bends, parts = config["model"]["activation"], []
        hidden = run.layers[:-1]
        for layer, bend in zip(hidden, bends if isinstance(bends, list) else [bends] * len(hidden)):
            bend = {"name": bend} if isinstance(bend, str) else bend
            parts += [torch.nn.Linear(layer["inputs"], layer["outputs"], bias=config["model"]["bias"], dtype=kind),
                      torch_source(activations.get(bend["name"], "activation"), knobs(bend)).to(kind)]
        last = run.layers[-1]
        parts.append(torch.nn.Linear(last["inputs"], last["outputs"], bias=config["model"]["bias"], dtype=kind))
        self.model = torch.nn.Sequential(*parts)
        self.linear = [part for part in self.model if isinstance(part, torch.nn.Linear)]
        with torch.no_grad():
            for layer, part in zip(run.layers, self.linear):
                part.weight.copy_(torch.from_numpy(run.parameters[f"{layer['name']}.weight"].T.copy()))
                if config["model"]["bias"]:
                    part.bias.copy_(torch.from_numpy(run.parameters[f"{layer['name']}.bias"].copy()))
        parameters = self.parameters = list(self.model.parameters())
        self.loss = torch_source(losses.get(config["loss"]["name"], "loss"), knobs(config["loss"]))
        self.optimizer = torch_source(optimizers.get(config["optimizer"]["name"], "optimizer"),
                                      knobs(config["optimizer"]), parameters=parameters)
        record = schedules.get(config["schedule"]["name"], "schedule")
        self.plateau = record.slots > 0
        self.schedule = torch_source(record, {**knobs(config["schedule"]), "learning_rate": config["optimizer"]["learning_rate"]},
                                     optimizer=self.optimizer, math=math)
        numbers = run.assembly.y.shape[1] == 1 and run.assembly.output.shape[1] > 1
        self.x, self.y = torch.from_numpy(run.assembly.x.copy()), torch.from_numpy(run.assembly.y.copy())
        self.y = self.y.long().flatten() if numbers else self.y

    def step(self, rows):
        torch, config = self.torch, self.run.config
        rows = torch.from_numpy(rows.copy())
        self.optimizer.zero_grad()
        loss = self.loss(self.model(self.x[rows]), self.y[rows])
        weights = [part.weight for part in self.linear]
        total = loss + config["regularization"]["l1"] * sum(w.abs().sum() for w in weights) \
            + 0.5 * config["regularization"]["l2"] * sum((w ** 2).sum() for w in weights)
        total.backward()
        self.gradients = [p.grad.clone() for p in self.parameters]
        for way, limit in (config["clip"] or {}).items():
            getattr(torch.nn.utils, f"clip_grad_{way}_")(self.parameters, limit)
        self.optimizer.step()
        self.schedule.step(*([loss.item()] if self.plateau else []))
        return loss.item()

    def named(self, values):
        """PyTorch's tensors in our names and shapes."""
        found = {}
        linear = iter(enumerate(self.run.layers))
        values = iter(values)
        for part in self.model:
            if isinstance(part, self.torch.nn.Linear):
                name = next(linear)[1]["name"]
                found[f"{name}.weight"] = next(values).detach().numpy().T
                if part.bias is not None:
                    found[f"{name}.bias"] = next(values).detach().numpy()
            elif list(part.parameters()):
                found[f"{name}.slope"] = next(values).detach().numpy()
        return found


def follow(config, data, steps=STEPS):
    """Train both for so many steps and compare losses, gradients and parameters after each."""
    run = Run(config, data=data)
    twin, close = Twin(run), CLOSE[run.config["precision"]]
    start = {name: view.copy() for name, view in run.parameters.items()}
    for step in range(steps):
        rows = next_rows(run)
        run.train(1)
        loss = twin.step(rows)
        assert np.isclose(run.loss, loss, **close), f"loss of step {step}"
        for ours, theirs in ((run.gradients, twin.named(twin.gradients)), (run.parameters, twin.named(twin.parameters))):
            assert set(ours) == set(theirs)
            for name, value in theirs.items():
                assert np.allclose(ours[name], value, **close), f"{name} at step {step}"
    moved = max(np.abs(run.parameters[name] - value).max() for name, value in start.items())
    assert moved > 1e-3, "a training that does not move proves nothing"
    return run


@pytest.mark.parametrize("schedule", schedules.names())
@pytest.mark.parametrize("name", WITH_TORCH)
@pytest.mark.parametrize("loss", PLAIN_LOSSES)
def test_trajectory_is_pytorchs(loss, name, schedule):
    follow(settings(loss={"name": loss}, optimizer=optimizer(name), schedule={"name": schedule, **SHORT.get(schedule, {})}),
           data_for(loss))


@pytest.mark.parametrize("name", WITH_TORCH)
@pytest.mark.parametrize("loss", PLAIN_LOSSES)
def test_trajectory_is_pytorchs_in_float32(loss, name):
    follow(settings(loss={"name": loss}, optimizer=optimizer(name), precision="float32"), data_for(loss))


@pytest.mark.parametrize("schedule", schedules.names())
def test_schedule_is_pytorchs_in_float32(schedule):
    follow(settings(schedule={"name": schedule, **SHORT.get(schedule, {})}, precision="float32"), data_for("mse"))


@pytest.mark.parametrize("clip", [{"norm": 0.05}, {"norm": 1e3}, {"value": 0.01}], ids=str)
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.01}, {"l2": 0.1}, {"l1": 0.02, "l2": 0.05}], ids=str)
@pytest.mark.parametrize("name", WITH_TORCH)
def test_penalties_and_clipping_are_pytorchs(name, penalty, clip):
    follow(settings(optimizer=optimizer(name), regularization=penalty, clip=clip), data_for("mse"), 20)


@pytest.mark.parametrize("name", activations.names())
@pytest.mark.parametrize("precision", CLOSE)
def test_network_with_this_activation_is_pytorchs(name, precision):
    follow(settings(model={"name": "mlp", "hidden": [5, 4], "activation": name}, precision=precision), data_for("mse"))


def test_knobs_of_activations_and_losses_reach_both():
    follow(settings(model={"name": "mlp", "hidden": [5, 4], "activation": [{"name": "elu", "alpha": 0.3},
                                                                          {"name": "leaky_relu", "negative_slope": 0.2}]},
                    loss={"name": "huber", "delta": 0.3}), data_for("huber"))


@pytest.mark.parametrize("loss", [loss for loss in PLAIN_LOSSES if len(losses.get(loss, "").tasks) > 1])
@pytest.mark.parametrize("task", ["binary", "classes"])
def test_losses_of_several_tasks_are_pytorchs_for_each(loss, task):
    if task not in losses.get(loss, "").tasks:
        pytest.fail("every loss of several tasks serves classes")
    data = {"name": "blobs", "points": 42, "classes": 2 if task == "binary" else 3}
    follow(settings(data=data, loss={"name": loss}), None)


def test_without_biases_it_is_pytorchs():
    follow(settings(model={"name": "mlp", "hidden": [5], "bias": False}), data_for("mse"))


def test_layers_wide_enough_for_the_library_are_pytorchs():
    follow(settings(model={"name": "mlp", "hidden": [40, 33], "activation": "relu"}, batch_size=16, loss={"name": "cross_entropy"}),
           own_classes(n=50, inputs=30))


def test_the_same_seed_in_pytorch_order_is_not_assumed():
    run = Run(settings(), data=data_for("mse"))
    order = np.concatenate([[], *(next_rows(run) for _ in range(1))])
    run.train(1)
    assert np.array_equal(run.assembly.order[:8], order)
