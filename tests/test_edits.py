"""Changes by hand: a weight, painted and erased points; recorded, replayed, and refused in words where they cannot be."""
import numpy as np
import pytest

from engine import BadSetting, EngineError, Run, UnknownName
from tests.runs import memory, own_classes, replayed, small, weights


def test_a_weight_is_set_and_nothing_else():
    run = Run(small())
    run.train(3)
    before = weights(run)
    run.edit({"weight": "layer1.weight", "index": [1, 2], "value": 0.625})
    after = weights(run)
    assert after["layer1.weight"][1, 2] == 0.625
    before["layer1.weight"][1, 2] = 0.625
    assert all(np.array_equal(before[name], after[name]) for name in before) and run.replayable


def test_a_weight_that_was_set_shows_in_the_loss_at_once():
    run = Run(small())
    before = run.metrics()["loss_train"]
    run.edit({"weight": "layer3.bias", "index": [0], "value": 5.0})
    assert run.metrics()["loss_train"] > before + 1


def test_painted_points_join_the_training_set_with_numbers_of_their_own():
    run = Run(small())
    run.train(4)
    run.edit({"paint": [[0.5, -1.0, 1], [1.5, 1.0, 0]]})
    assert len(run.assembly.x) == 22 and run.data.train_rows.tolist()[-2:] == [40, 41]
    assert run.data.raw_train[-2:].tolist() == [[0.5, -1.0], [1.5, 1.0]] and run.data.y_train[-2:].tolist() == [1, 0]
    run.edit({"paint": [[0, 0, 1]]})
    assert len(run.assembly.x) == 23 and len(run.data.raw_test) == 20


def test_after_a_change_of_the_data_the_next_epoch_begins():
    run = Run(small())
    run.train(4)
    assert run.epoch == 1 and run.steps_left_in_epoch == 2
    run.edit({"paint": [[0.5, -1.0, 1]]})
    assert run.epoch == 2 and run.steps_left_in_epoch == run.steps_per_epoch == 3 and run.step == 4
    run.edit({"paint": [[0.5, -1.1, 1]]})
    assert run.epoch == 2, "an epoch that has not begun is not over"
    run.train(3)
    assert run.epoch == 3
    assert run.probe("curves")["epoch"] == 3.0


def test_erasing_takes_away_what_is_near_and_only_that():
    run = Run(small())
    run.edit({"paint": [[0.5, 0.5, 1], [-2.0, 2.0, 0]]})
    data = run.data
    raw = np.concatenate([data.raw_train, data.raw_test])
    rows = np.concatenate([data.train_rows, data.test_rows])
    near = set(rows[np.hypot(*(raw - [0.5, 0.5]).T) <= 0.9].tolist())
    assert 40 in near and 41 not in near and len(near) > 2
    run.edit({"erase": {"at": [0.5, 0.5], "radius": 0.9}})
    left = {*run.data.train_rows.tolist(), *run.data.test_rows.tolist()}
    assert run.config["data"]["painted"] == [[-2.0, 2.0, 0.0]]
    assert {row for row in left if row < 40} == {row for row in rows.tolist() if row < 40} - near
    assert set(run.config["data"]["erased"]) == {row for row in near if row < 40}


def test_erasing_where_nothing_is_changes_no_data():
    run = Run(small())
    before = run.data.train_rows.tolist()
    run.edit({"erase": {"at": [3.0, -3.0], "radius": 0.01}})
    assert run.data.train_rows.tolist() == before


def test_erasing_looks_at_all_columns():
    run = Run({"data": {"name": "iris"}, "precision": "float64"})
    row = run.data.raw_train[0]
    run.edit({"erase": {"at": row.tolist(), "radius": 0.0}})
    left = np.concatenate([run.data.raw_train, run.data.raw_test])
    assert not (left == row).all(1).any() and len(left) >= 147


def test_all_points_cannot_be_erased():
    run = Run(small())
    run.train(2)
    before = memory(run)
    with pytest.raises(EngineError, match="at least one row"):
        run.edit({"erase": {"at": [0, 0], "radius": 100}})
    assert memory(run) == before and run.edits == []


def test_edits_replay_and_carry_their_step():
    run = Run(small())
    run.train(3)
    run.edit({"weight": "layer1.weight", "index": [0, 0], "value": 1, "step": 99})
    run.train(2)
    run.edit({"paint": [[0, 0, 1]]})
    run.edit({"erase": {"at": [0, 0], "radius": 0.5}})
    run.edit({"set": {"batch_size": 4}})
    run.train(9)
    assert [edit["step"] for edit in run.edits] == [3, 5, 5, 5]
    assert memory(replayed(run)) == memory(run)


def test_an_edit_is_kept_as_it_was_given():
    run, row = Run(small()), [0.0, 0.0, 1]
    run.edit({"paint": [row]})
    row[0] = 3.0
    run.train(3)
    assert memory(replayed(run)) == memory(run)


@pytest.mark.parametrize("edit, error, field", [
    (5, BadSetting, "edit"), (None, BadSetting, "edit"), ({}, UnknownName, "edit"), ({"wieght": "x"}, UnknownName, "edit"),
    ({"weight": "layer9.weight", "index": [0, 0], "value": 1}, UnknownName, "edit.weight"), ({"weight": ["a"]}, UnknownName, "edit.weight"),
    ({"weight": "layer1.weight", "index": [0], "value": 1}, BadSetting, "edit.index"),
    ({"weight": "layer1.weight", "index": [0, -1], "value": 1}, BadSetting, "edit.index"),
    ({"weight": "layer1.weight", "index": [0, 4], "value": 1}, BadSetting, "edit.index"),
    ({"weight": "layer1.weight", "index": [0, True], "value": 1}, BadSetting, "edit.index"),
    ({"weight": "layer1.weight", "index": "00", "value": 1}, BadSetting, "edit.index"),
    ({"weight": "layer1.weight", "index": [0, 0], "value": float("nan")}, BadSetting, "edit.value"),
    ({"weight": "layer1.weight", "index": [0, 0], "value": 10**400}, BadSetting, "edit.value"),
    ({"weight": "layer1.weight", "index": [0, 0], "value": 1e300}, BadSetting, "edit.value"),
    ({"weight": "layer1.weight", "index": [0, 0]}, BadSetting, "edit.value"),
    ({"weight": "layer1.weight", "index": [0, 0], "value": 1, "paint": []}, UnknownName, "edit.paint"),
    ({"paint": 5}, BadSetting, "edit.paint"), ({"paint": [[0, 0]]}, BadSetting, "data.painted[0]"), ({"paint": [[0, 0, 7]]}, BadSetting, "data.painted[0][2]"),
    ({"paint": [[0, 99, 1]]}, BadSetting, "data.painted[0]"), ({"paint": [["a", 0, 1]]}, BadSetting, "edit.paint[0][0]"),
    ({"erase": 5}, BadSetting, "edit.erase.at"), ({"erase": {"at": [0], "radius": 1}}, BadSetting, "edit.erase.at"),
    ({"erase": {"at": [0, 0]}}, BadSetting, "edit.erase.radius"), ({"erase": {"at": [0, 0], "radius": -1}}, BadSetting, "edit.erase.radius"),
    ({"set": {}}, BadSetting, "changes"), ({"set": 5}, BadSetting, "changes"), ({"set": {"batch_size": 0}}, BadSetting, "batch_size")],
    ids=lambda value: str(value)[:50] if isinstance(value, (dict, str)) else "")
def test_edits_that_cannot_be_are_refused_by_field_and_change_nothing(edit, error, field):
    run = Run(small())
    run.train(3)
    before = memory(run), run.config
    with pytest.raises(error) as refused:
        run.edit(edit)
    assert refused.value.field == field and (memory(run), run.config) == before and run.edits == []


def test_lists_within_lists_without_end_are_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(EngineError):
        Run(small()).edit({"paint": deep})


def test_own_data_cannot_be_painted():
    run = Run(small(), data=own_classes())
    for edit in ({"paint": [[0, 0, 0, 1]]}, {"erase": {"at": [0, 0, 0], "radius": 1}}):
        with pytest.raises(BadSetting, match="plane"):
            run.edit(edit)


def test_values_of_a_regression_and_of_several_classes_can_be_painted():
    run = Run(small(data={"name": "plane", "points": 40}))
    run.edit({"paint": [[1.0, 1.0, 0.75]]})
    assert run.assembly.y[-1, 0] == 0.75
    run = Run(small(data={"name": "blobs", "points": 40, "classes": 4}))
    run.edit({"paint": [[1.0, 1.0, 3]]})
    assert run.data.y_train[-1] == 3
