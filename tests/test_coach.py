"""The coach: every rule is triggered by a run that breaks in its way, and says nothing of runs that go well."""
import json

import numpy as np
import pytest

from engine import Run, advise
from engine.coach._situation import Finding
from engine.config import changed
from engine.registry import rules


def watched(config, steps, data=None, every=25):
    """A run after so many steps, and its curves on the way."""
    run, samples = Run({"seed": 1, **config}, data=data), []
    while run.step < steps and not run.divergence:
        run.train(every)
        samples.append(run.probe("curves"))
    return run, {name: [np.nan if s[name] is None else s[name] for s in samples] for name in samples[0]
                 if not isinstance(samples[0][name], str)}


def mlp(*hidden, activation="tanh"):
    return {"name": "mlp", "hidden": list(hidden), "activation": activation}


def rate(name, value):
    return {"name": name, "learning_rate": value}


def lopsided():
    """200 points, one in ten of the second class."""
    x = np.random.default_rng(0).standard_normal((200, 2))
    y = (np.arange(200) % 10 == 0).astype(int)
    return x[:150], y[:150], x[150:], y[150:]


SPIRAL = {"name": "spiral"}
# rule -> a run that must trigger it: config, steps, own data
TRIGGERS = {
    "not_finite": ({"data": {"name": "plane"}, "model": mlp(8, activation="relu"), "optimizer": rate("sgd", 10.0)}, 500, None),
    "rate_too_high": ({"data": SPIRAL, "model": mlp(8, 8), "optimizer": rate("adam", 3.0)}, 1000, None),
    "rate_too_low": ({"data": SPIRAL, "model": mlp(8, 8), "optimizer": rate("sgd", 1e-5)}, 500, None),
    "vanishing": ({"data": SPIRAL, "model": mlp(*[8] * 10, activation="sigmoid"), "optimizer": rate("sgd", 0.03)}, 500, None),
    "exploding": ({"data": SPIRAL, "model": mlp(*[16] * 10, activation="leaky_relu"), "initializer": {"name": "normal"},
                   "optimizer": rate("sgd", 1e-6)}, 25, None),
    "dead": ({"data": {"name": "circle"}, "model": mlp(8, 8, activation="relu"), "optimizer": rate("sgd", 3.0)}, 500, None),
    "saturated": ({"data": SPIRAL, "model": mlp(*[8] * 6), "initializer": {"name": "too_large"},
                   "optimizer": rate("adam", 0.003)}, 1500, None),
    "stuck": ({"data": {"name": "xor"}, "model": mlp(), "optimizer": rate("adam", 0.03)}, 1500, None),
    "overfitting": ({"data": {"name": "moons", "points": 40, "noise": 0.4}, "model": mlp(32, 32),
                     "optimizer": rate("adam", 0.01)}, 1500, None),
    "imbalance": ({"model": mlp(4)}, 25, lopsided()),
}
# Runs that go well: no rule may speak.
WELL = {
    "spiral": ({"data": SPIRAL, "model": mlp(8, 8), "optimizer": rate("adam", 0.03)}, 2000),
    "its beginning": ({"data": SPIRAL, "model": mlp(8, 8), "optimizer": rate("adam", 0.03)}, 25),
    "circle": ({"data": {"name": "circle"}, "optimizer": rate("adam", 0.01)}, 1000),
    "curve": ({"data": {"name": "curve"}, "model": mlp(16, 16), "optimizer": rate("adam", 0.01)}, 2000),
    "iris": ({"data": {"name": "iris"}, "model": mlp(8), "optimizer": rate("adam", 0.01)}, 400),
    "deep, with He's weights": ({"data": {"name": "circle"}, "model": mlp(*[16] * 6, activation="relu"),
                                 "initializer": {"name": "kaiming_normal"}, "optimizer": rate("adam", 0.003)}, 500),
}


def test_every_rule_has_a_run_that_triggers_it():
    assert set(TRIGGERS) == set(rules.names())


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_rule_speaks_with_numbers_and_its_remedies_can_be_taken(name):
    config, steps, data = TRIGGERS[name]
    run, curves = watched(config, steps, data)
    advice = {one["rule"]: one for one in advise(run, curves)}
    assert name in advice, advice
    said = advice[name]
    json.dumps(said)
    assert any(character.isdigit() for character in said["evidence"]) and said["evidence"].endswith(".")
    for remedy in said["remedies"]:
        assert changed(run.config, remedy["changes"]) != run.config
        Run(config, data=data).set(remedy["changes"])
    assert said["remedies"] or name == "imbalance"


@pytest.mark.parametrize("name", WELL)
def test_nothing_is_said_of_a_run_that_goes_well(name):
    assert advise(*watched(*WELL[name])) == []


@pytest.mark.parametrize("name", ["rate_too_high", "rate_too_low", "vanishing", "dead", "saturated", "stuck", "overfitting"])
def test_the_first_remedy_helps(name):
    """With it from the start, the rule is silent, and the loss it fights is lower."""
    config, steps, data = TRIGGERS[name]
    run, curves = watched(config, steps, data)
    remedy = next(one for one in advise(run, curves) if one["rule"] == name)["remedies"][0]
    better, its_curves = watched(changed(run.config, remedy["changes"]), steps, data)
    part = "loss_test" if name == "overfitting" else "loss_train"
    assert better.metrics()[part] < max(run.metrics()[part], 1e-3), (remedy, run.metrics(), better.metrics())


def test_a_cause_hides_its_symptoms_and_the_urgent_comes_first(monkeypatch):
    run = Run({"data": SPIRAL})
    looks = {"stuck": "b", "vanishing": "a", "imbalance": "c"}
    for rule in rules:
        finding = Finding(looks[rule.name]) if rule.name in looks else None
        monkeypatch.setitem(rule.__dict__, "look", lambda situation, finding=finding: finding)
    assert [one["rule"] for one in advise(run)] == ["vanishing", "imbalance"]


def test_rules_point_to_rules():
    for rule in rules:
        assert set(rule.symptom_of) <= set(rules.names()) - {rule.name}
