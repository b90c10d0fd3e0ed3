"""Stepping back and forward: the same bits, whatever was changed on the way, within bounded memory."""
import numpy as np
import pytest

from engine import BadSetting, Run
from engine import history as module
from tests.runs import memory, own_regression, small, weights


def story(run):
    """Training with edits of every kind on the way; gives the memory after each part, by step."""
    found = {}
    for steps, change in ((40, None), (260, lambda: run.set("optimizer.learning_rate", 0.05)), (3, lambda: run.set("batch_size", 5)),
                          (300, lambda: run.edit({"paint": [[1.0, 1.0, 0]]})), (5, lambda: run.set("model.hidden", [5, 3])),
                          (411, lambda: run.edit({"weight": "layer1.weight", "index": [0, 0], "value": 0.25})), (30, None)):
        run.train(steps)
        if change:
            change()
        found[run.step] = memory(run)
    return found


def test_every_earlier_state_comes_back_to_the_bit():
    run = Run(small())
    states = story(run)
    for step in sorted(states, reverse=True):
        run.history.go(step)
        assert run.step == step and memory(run) == states[step]


def test_back_and_forward_again_is_the_same():
    run = Run(small())
    states = story(run)
    end, last = run.step, memory(run)
    for back in (1, 17, 500, 900, end):
        assert run.history.back(back) == end - back
        run.train(back)
        assert memory(run) == last and run.future == []
    assert states[end] == last


def test_single_steps_back_are_single_steps():
    run, seen = Run(small()), []
    for _ in range(12):
        seen.append(memory(run))
        run.train(1)
    for state in reversed(seen):
        run.history.back()
        assert memory(run) == state


def test_back_beyond_the_start_is_the_start():
    run = Run(small())
    start = memory(run)
    run.train(3)
    assert run.history.back(100) == 0 and memory(run) == start
    assert run.history.back(1) == 0


def test_forward_is_no_way_of_history():
    run = Run(small())
    run.train(3)
    assert run.history.go(100) == 3 and run.step == 3


@pytest.mark.parametrize("steps", [0, -1, True, 1.5, "2", None])
def test_steps_back_are_whole_numbers(steps):
    with pytest.raises(BadSetting):
        Run(small()).history.back(steps)


def test_a_change_in_the_past_makes_another_future():
    run = Run(small())
    story(run)
    run.history.go(350)
    edits = len(run.edits)
    run.set("optimizer.learning_rate", 0.01)
    assert run.future == [] and len(run.edits) == edits + 1
    assert all(frame.step <= 350 for frame in run.history.frames)
    run.train(700)
    again = Run(**run.recipe())
    again.train(run.step)
    assert memory(again) == memory(run)


def test_raw_writes_are_taken_up_again_on_the_way_forward():
    run = Run(small())
    states = {}
    for k in range(6):
        run.train(30)
        run.parameters["layer1.weight"][0, 0] = k
        run.train(1)
        states[run.step] = memory(run)
    assert not run.replayable
    for target in (run.step - 1, 95, 40, 0):
        run.history.go(target)
        while run.step < 186:
            run.train(186 - run.step if run.step > 155 else 31 - run.step % 31)
            assert memory(run) == states[run.step]


def test_edits_at_the_step_of_a_raw_write_keep_their_order():
    run = Run(small())
    run.train(5)
    run.set("optimizer.learning_rate", 0.2)
    run.parameters["layer1.weight"][0, 0] = 1
    run.set("optimizer.learning_rate", 0.3)                # at the same step, but a keyframe lies between
    run.train(5)
    last = memory(run)
    run.history.back(7)
    run.train(7)
    assert memory(run) == last and run.config["optimizer"]["learning_rate"] == 0.3


def test_keyframes_stay_within_their_budget_and_grow_denser_towards_the_present():
    run = Run(small())
    run.train(100_000)
    frames = [frame.step for frame in run.history.frames]
    assert frames == sorted(frames) and frames[0] == 0 and len(frames) <= 64
    size = sum(frame.arena.nbytes + frame.trace.nbytes for frame in run.history.frames)
    assert size <= module.BUDGET
    gaps = np.diff(frames)
    assert gaps[-5:].max() < gaps[:5].max() and run.step - frames[-1] <= max(256, run.step // 64)


def test_large_networks_keep_few_copies():
    run = Run(small(model={"name": "mlp", "hidden": [700, 700]}, batch_size=1))
    run.train(1)
    for _ in range(8):
        run.history.keep()
    assert run.arena.nbytes > module.LARGE and len(run.history.frames) <= 3


def test_many_raw_writes_stay_within_the_budget_and_go_back_as_far_as_is_known(monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 1)
    run, states = Run(small()), {}
    for k in range(20):
        run.train(10)
        run.parameters["layer1.bias"][0] = k
        run.train(1)
        states[run.step] = memory(run)
    assert len(run.history.frames) <= 6
    oldest = run.history.frames[0].step
    assert oldest > 0 and run.history.go(3) == oldest
    run.train(198 - oldest)
    assert memory(run) == states[198]


def test_thinning_does_not_change_what_comes_back(monkeypatch):
    monkeypatch.setattr(module, "SPACING", 7)
    run = Run(small(precision="float32"))
    run.train(1500)
    whole = Run(small(precision="float32"))
    for target in (1499, 1000, 333, 8, 7, 6, 1):
        run.history.go(target)
        whole.reset()
        whole.train(target)
        assert memory(run) == memory(whole)


def test_own_data_goes_back_too():
    run = Run(small(), data=own_regression())
    run.train(50)
    state = weights(run)
    run.set("loss.name", "huber")
    run.train(600)
    run.history.go(50)
    assert run.config["loss"]["name"] == "huber", "the edit of this step belongs to it"
    assert all(np.array_equal(state[name], value) for name, value in weights(run).items())
