"""A changed knob takes the short way, and whatever takes it comes out as the long way round would, to the bit."""
import pytest

from engine import Run
from engine.assembly import Assembly
from engine.registry import optimizers, schedules
from tests.runs import memory, small

SHORT = {
    **{f"{name}: rate": ({"optimizer": {"name": name}}, {"optimizer.learning_rate": 0.02}) for name in optimizers.names()},
    **{f"{name}: {knob}": ({"schedule": {"name": name}}, {f"schedule.{knob}": value.high if isinstance(value.high, int) else value.default})
       for name in schedules.names() for knob, value in list(schedules.get(name, "").knobs.items())[:1]},
    "momentum": ({"optimizer": {"name": "momentum"}}, {"optimizer.momentum": 0.5}),
    "another penalty": ({"regularization": {"l2": 0.1}}, {"regularization.l2": 0.2, "optimizer.learning_rate": 0.5}),
    "another clip": ({"clip": {"norm": 1.0}}, {"clip.norm": 0.1}),
    "nothing": ({}, {"optimizer.learning_rate": 0.1}),
}
LONG = {
    "another optimizer": ({"optimizer": {"name": "adam"}}, {"optimizer.name": "sgd"}), "another schedule": ({}, {"schedule.name": "cosine"}),
    "a first penalty": ({}, {"regularization.l1": 0.1}), "a first clip": ({}, {"clip": {"value": 0.1}}),
    "another clip": ({"clip": {"norm": 1.0}}, {"clip": {"value": 0.1}}), "batches": ({}, {"batch_size": 5}),
    "layers": ({}, {"model.hidden": [3]}), "points": ({}, {"data.noise": 0.3}),
}


def changed(start, changes):
    run = Run(small(precision="float32", **start))
    run.train(7)
    before = run.assembly.program
    effect = run.set(changes)
    short = run.assembly.program.graph is before.graph
    run.train(30)
    there = memory(run)
    run.history.back(33)
    run.train(33)
    assert memory(run) == there, "what was set is set again on the way"
    return short, effect, there, run.config, [e for e in run.edits]


@pytest.mark.parametrize("start, changes, expected", [(*case, True) for case in SHORT.values()] + [(*case, False) for case in LONG.values()],
                         ids=[*SHORT, *(f"not short: {name}" for name in LONG)])
def test_the_short_way_is_the_long_way(start, changes, expected, monkeypatch):
    short, *found = changed(start, changes)
    assert short == expected
    monkeypatch.setattr(Assembly, "retuned", lambda self, config: None)
    other, *wanted = changed(start, changes)
    assert not other and found == wanted


def test_a_keyframe_keeps_the_knobs_it_was_made_with():
    run, other = (Run(small(precision="float32")) for _ in range(2))
    run.train(10), other.train(10)
    run.set("optimizer.learning_rate", 0.5)
    run.train(5)
    run.history.back(10)
    other.history.back(5)
    assert memory(run) == memory(other) and run.config["optimizer"] == other.config["optimizer"]


def test_a_wrong_knob_is_refused_and_changes_nothing():
    run = Run(small())
    run.train(3)
    before, config = memory(run), run.config
    with pytest.raises(ValueError):
        run.set("optimizer.learning_rate", -1)
    assert memory(run) == before and run.config is config
