"""Twins: the same start and the same edits, and what makes them different stays."""
import numpy as np
import pytest

from engine import EngineError, Run
from tests.runs import memory, same_weights, small, weights


def worked(run, steps=40):
    """A run with every kind of edit on its way."""
    run.train(steps)
    run.set("optimizer.learning_rate", 0.05)
    run.train(7)
    run.edit({"weight": "layer1.weight", "index": [0, 0], "value": 0.5})
    run.edit({"paint": [[0.5, -0.5, 1], [0.25, 0.5, 0]]})
    run.train(9)
    run.edit({"erase": {"at": [0.5, -0.5], "radius": 0.2}})
    run.set({"batch_size": 10, "regularization.l2": 0.001})
    run.set("data", {**run.config["data"], "noise": 0.2})
    run.train(20)
    run.set("loss.name", "hinge")
    run.train(13)
    return run


@pytest.fixture(scope="module")
def lead():
    return worked(Run(small(data={"name": "spiral", "points": 60})))


def test_a_twin_without_changes_is_the_same_run_to_the_bit(lead):
    twin = lead.twin()
    assert twin.step == 0
    for part in (1, 30, 2, lead.step - 33):
        twin.train(part)
    assert twin.step == lead.step and twin.config == lead.config and memory(twin) == memory(lead)


def test_a_twin_made_late_is_the_twin_made_at_the_start():
    changes = {"optimizer.learning_rate": 0.2}
    lead = Run(small(data={"name": "spiral", "points": 60}))
    early = lead.twin(changes)
    lead.train(25)
    early.train(25)
    lead.set({"batch_size": 7, "optimizer.learning_rate": 0.001})
    early.set({"batch_size": 7})
    lead.train(30)
    early.train(30)
    late = lead.twin(changes)
    late.train(55)
    assert memory(late) == memory(early) and late.config == early.config
    assert late.config["optimizer"]["learning_rate"] == 0.2 and not same_weights(weights(late), weights(lead))


@pytest.mark.parametrize("changes", [
    {"model.hidden": [4, 4, 4]}, {"optimizer.name": "adam"}, {"initializer.name": "he_normal"}, {"data.noise": 0.4},
    {"data.name": "circle"}, {"seed": 5}, {"model.activation": "relu", "model.hidden": []}, {"clip": {"norm": 1.0}}], ids=str)
def test_a_twin_keeps_what_makes_it_different_through_all_edits(lead, changes):
    twin = lead.twin(changes)
    for _ in range(lead.step):
        twin.train(1)
        assert twin.difference(twin.config, twin.config_with(changes)) == {}
    away = lead.difference(lead.config, twin.config)
    sections = {path.partition(".")[0] for path in changes} | ({"loss"} if "data.name" in changes else set())
    assert away and {path.partition(".")[0] for path in away} <= sections
    assert Run(**twin.recipe()).config["seed"] == twin.config["seed"]


def test_a_change_that_cannot_be_is_named(lead):
    for changes, field in [({"model.hiden": [3]}, "model.hiden"), ({"seed": -1}, "seed"), ({"loss.name": "mse_"}, "loss.name")]:
        with pytest.raises(EngineError) as problem:
            lead.twin(changes)
        assert problem.value.field == field


def test_the_difference_leads_from_one_config_to_the_other():
    one, other = Run(small()), Run(small())
    other.set({"optimizer.name": "adam", "optimizer.learning_rate": 0.3, "clip": {"value": 0.5}, "model.hidden": [3],
               "early_stopping": {"patience": 4, "least": 0.0}, "seed": 8})
    steps = one.difference(one.config, other.config)
    assert steps["model.hidden"] == [3] and steps["seed"] == 8 and steps["optimizer"]["name"] == "adam"
    assert "data" not in steps and one.config_with(steps) == other.config
    assert other.difference(other.config, other.config) == {}


def test_the_loss_of_a_twin_on_other_data_stays_where_the_task_does():
    lead = Run(small(data={"name": "spiral"}, loss={"name": "hinge"}))
    assert lead.twin({"data.name": "circle"}).config["loss"]["name"] == "hinge"
    assert lead.twin({"data.name": "plane"}).config["loss"]["name"] == "mse"
    twin = lead.twin({"loss.name": "binary_cross_entropy"})
    lead.set("data.name", "moons")
    twin.set(lead.difference(twin.config, lead.config_with({"loss.name": "binary_cross_entropy"})))
    assert twin.config["data"] == lead.config["data"] and twin.config["loss"]["name"] == "binary_cross_entropy"


def test_what_is_planned_is_done_at_its_step_and_what_is_forgotten_is_not():
    one, other = Run(small()), Run(small())
    one.plan({"step": 10, "set": {"optimizer.learning_rate": 0.2}})
    one.plan({"step": 0, "set": {"batch_size": 5}})
    assert one.config["batch_size"] == 5 and one.config["optimizer"]["learning_rate"] != 0.2
    other.set("batch_size", 5)
    for run in (one, other):
        run.train(10)
    other.set("optimizer.learning_rate", 0.2)
    for run in (one, other):
        run.train(10)
    assert memory(one) == memory(other) and one.edits == other.edits
    one.history.go(5)
    one.forget(5)
    one.train(15)
    assert one.config["optimizer"]["learning_rate"] != 0.2 and np.isfinite(one.loss)
