"""Several runs of one session on one clock: rounds, catching up, what goes to all and what to one, keeping, files."""

import json
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import checkpoint, protocol, saving
from server.errors import Refused
from server.limits import Limits
from server.twins import joined
from tests.fakes import FakeRun
from tests.test_session import Desk

THREE = [
    {"label": "start"},
    {"label": "half", "changes": {"rate": 0.5}},
    {"label": "breaks", "changes": {"diverge_at": 30}},
]


def begun(config=None, runs=THREE, **more):
    desk = Desk({"diverge_at": None, "end_at": None, "no_weights": None, **(config or {})}, **more)
    desk.session.beside = [dict(one) for one in runs]
    desk.do("hello")
    desk.lanes = desk.session.lanes
    return desk


def settle(desk, most=500):
    """Turns until no lane has anything to make up for."""
    desk.turn()
    for _ in range(most):
        if not desk.session.busy:
            return desk
        desk.turn()  # playing goes on meanwhile: between two rounds nothing is to be made up for
    raise AssertionError("it never ends")


def numbers(desk):
    return [lane.step for lane in desk.lanes]


# ---- on one clock


def test_a_session_begins_with_one_lane_and_a_lab_with_those_it_names():
    desk = Desk()
    desk.do("hello")
    (only,) = desk.one.texts[0]["value"]["runs"]
    assert only == {
        "id": "r1", "label": "Run 1", "changes": {}, "step": 0, "parameters": 3, "divergence": None, "ended": False,
        "unfit": []}  # fmt: skip
    state = begun().one.texts[0]["value"]
    assert [(run["id"], run["label"], run["changes"]) for run in state["runs"]] == [
        ("r1", "start", {}),
        ("r2", "half", {"rate": 0.5}),
        ("r3", "breaks", {"diverge_at": 30}),
    ]
    beside = begun(runs=[{"label": "other", "changes": {"rate": 3}}])
    assert [lane.label for lane in beside.lanes] == ["Run 1", "other"]


def test_all_lanes_have_made_the_same_steps_whenever_something_is_seen():
    desk = begun(runs=[{"label": str(n), "changes": {"rate": n} if n else {}} for n in range(7)])
    for lane in desk.lanes:
        desk.do("subscribe", key=lane.id, probe="surface", run=lane.id, rate=60)
    desk.do("play")
    for _ in range(60):
        desk.turn()
        desk.one.read()
        assert desk.lanes.pending or len({*numbers(desk)}) == 1
    settle(desk)
    assert desk.session.run.step > 100
    for frame in desk.one.frames[len(desk.lanes) :]:
        assert {part["arrays"]["values"][0] for part in frame["parts"]} == {np.float32(frame["step"])}
        assert all(part["meta"]["run"] == part["key"] for part in frame["parts"])
    for lane in desk.lanes:
        assert lane.run.sum == pytest.approx(lane.step * (lane.changes.get("rate", 0.1)))


def test_a_round_of_long_steps_takes_several_turns_and_is_shown_and_changed_only_whole():
    desk = begun({"seconds_a_step": 0.01}, [{"label": "a"}, {"label": "b"}, {"label": "c"}])
    for lane in desk.lanes:
        desk.do("subscribe", key=lane.id, probe="surface", run=lane.id, rate=60)
    desk.do("play")
    half = 0
    for number in range(40):
        desk.turn(pass_by=0.1)
        if desk.session.lanes.pending:
            half += 1
            desk.order("set", changes={"rate": number})
        desk.one.read()
    settle(desk)
    assert half > 5, "no turn is as long as a round"
    assert len({tuple((edit["step"], edit["set"]["rate"]) for edit in lane.run.edits) for lane in desk.lanes}) == 1
    for frame in desk.one.frames[3:]:
        assert {part["arrays"]["values"][0] for part in frame["parts"]} == {np.float32(frame["step"])}


def test_a_lane_that_diverges_stands_still_and_the_others_go_on_until_none_is_left():
    desk = begun()
    desk.do("play")
    desk.turn(50)
    while desk.lanes.pending:
        desk.turn()
    assert numbers(desk)[2] == 30 and numbers(desk)[0] == numbers(desk)[1] > 30
    state = desk.one.state()
    assert state["playing"] and state["divergence"] is None
    assert state["runs"][2]["divergence"]["step"] == 30 and state["runs"][2]["step"] == 30
    assert desk.lanes[2].curves.last_step == 30, "its curve ends where it did"
    desk.do("set", changes={"diverge_at": desk.lanes.clock + 5}, run="r2")
    desk.do("set", changes={"diverge_at": desk.lanes.clock + 9}, run="r1")
    desk.turn(20)
    state = desk.one.state()
    assert not state["playing"] and "No run goes on" in state["stopped"] and "broke at" in state["stopped"]
    assert desk.refused("play")["hint"]


def test_a_lane_that_is_stopped_early_stands_and_so_does_a_session_of_it_alone():
    desk = begun(runs=[{"label": "a"}, {"label": "b", "changes": {"end_at": 50}}])
    desk.do("play")
    desk.turn(30)
    assert numbers(desk)[1] == 50 < numbers(desk)[0] and desk.one.state()["playing"]
    assert [run["ended"] for run in desk.one.state()["runs"]] == [False, True]
    alone = begun({"end_at": 20}, [{"label": "a"}])
    alone.do("play")
    assert alone.turn(20) is None, "it sleeps"
    assert "Early stopping" in alone.one.state()["stopped"] and "early stopping" in alone.refused("play")["message"]


def test_a_fault_of_one_lane_is_told_and_ends_no_other(caplog):
    desk = begun(runs=[{"label": "a"}, {"label": "b"}])
    desk.lanes[1].run.config["explode"] = True
    desk.do("play")
    desk.turn(10)
    state = desk.one.state()
    assert state["playing"] and "fault inside" in state["runs"][1]["divergence"]["message"]
    assert any("fault inside" in text["message"] for text in desk.one.texts if text.get("event") == "notice")


def test_back_rewind_and_reset_mean_all_lanes():
    desk = begun()
    desk.do("step", count=25)
    assert desk.do("back", count=5)["step"] == 20 and numbers(desk) == [20, 20, 20]
    desk.do("step", count=80)
    assert numbers(desk) == [100, 100, 30]
    assert desk.do("back", count=10)["step"] == 90 and numbers(desk) == [90, 90, 30]
    assert desk.one.state()["runs"][2]["divergence"]
    assert desk.do("rewind")["step"] == 20 and numbers(desk) == [20, 20, 20]
    assert not desk.lanes[2].divergence and desk.refused("rewind")["field"] == "rewind"
    desk.do("reset", seed=5)
    assert numbers(desk) == [0, 0, 0] and {lane.run.config["seed"] for lane in desk.lanes} == {5}
    assert [lane.run.config["rate"] for lane in desk.lanes] == [0.1, 0.5, 0.1]


def test_training_stops_at_the_lowest_loss_and_at_a_step_of_all():
    desk = begun(runs=THREE[:2])
    desk.do("stop_at", step=40)
    desk.do("play")
    desk.turn(30)
    assert numbers(desk) == [40, 40]
    desk.do("stop_at", loss=0.01)
    desk.do("play")
    desk.turn(60)
    assert numbers(desk)[0] == numbers(desk)[1] >= 99 and "loss" in desk.one.state()["stopped"]


# ---- a lane that comes later


def test_a_lane_that_comes_later_catches_up_and_is_what_it_would_have_been():
    early, late = begun(runs=[THREE[0], {"label": "x", "changes": {"rate": 2}}]), begun(runs=THREE[:1])
    for desk in (early, late):
        desk.do("step", count=20)
        desk.do("set", changes={"rate": 0.7, "data.name": "moons"})
        desk.do("step", count=300)
    late.do("runs", runs=[{"label": "start"}, {"label": "x", "changes": {"rate": 2}}])
    settle(late)
    assert numbers(late) == [320, 320] == numbers(early)
    one, other = early.lanes[1], late.lanes[1]
    assert one.run.config == other.run.config and one.run.sum == other.run.sum == 640
    assert np.array_equal(one.curves.table()[1][:, 0], early.lanes[0].curves.table()[1][:, 0])
    assert other.curves.table()[1][:, 0].tolist() == late.lanes[0].curves.table()[1][:, 0].tolist()


def test_catching_up_takes_slices_and_the_others_wait_and_are_seen():
    desk = begun({"seconds_a_step": 1e-5}, [THREE[0]])
    desk.do("subscribe", key="first", probe="surface", rate=60)
    desk.do("step", count=20_000)
    desk.do("play")
    (value,) = [desk.do("runs", runs=[{"label": "start"}, {"label": "late"}])["runs"][1]]
    assert value["id"] == "r2" and desk.session.busy
    clock, turns, seen = desk.lanes.clock, 0, []
    desk.do("subscribe", key="late", probe="surface", run="r2", rate=60)
    desk.do("subscribe", key="curve", probe="curves", run="r2", rate=60)
    while desk.session.busy and turns < 5000:
        assert desk.turn() == 0 and desk.lanes.clock == clock, "the others stand meanwhile"
        desk.one.read()
        turns, seen = turns + 1, [*seen, desk.one.state()["runs"][1]["step"]]
        assert "late" not in desk.one.keys() or not desk.session.busy
    assert turns > 10 and len({*seen}) > 2, "in slices, and told how far it is"
    desk.turn()
    assert desk.one.read().keys().count("late") and desk.one.keys().count("curve") > 2
    desk.turn(20)
    while desk.lanes.pending:
        desk.turn()
    assert numbers(desk)[0] == numbers(desk)[1] > clock


def test_it_catches_up_while_the_session_stands_and_takes_what_is_done_meanwhile_at_its_step():
    desk = begun({"seconds_a_step": 3e-5}, [THREE[0], {"label": "early", "changes": {"diverge_at": 10**9}}])
    desk.do("step", count=3000)
    desk.do("runs", runs=[{"label": "start"}, {"label": "early", "id": "r2", "changes": {"diverge_at": 10**9}}, {"label": "late"}])
    assert desk.lanes[2].step < 3000
    desk.do("set", changes={"rate": 0.9})
    desk.do("edit", weight="layer1.weight", index=[0, 0], value=1.0)
    desk.do("edit", paint=[[1, 2, 0]])
    settle(desk)
    desk.do("step", count=100)
    assert numbers(desk) == [3100] * 3
    assert [edit["step"] for edit in desk.lanes[2].run.edits] == [3000, 3000, 3000]
    assert len({round(lane.run.sum, 6) for lane in desk.lanes}) == 1
    assert all(lane.run.config["data"]["painted"] == [[1, 2, 0]] for lane in desk.lanes)


def test_a_lane_that_broke_begins_again_with_its_new_change():
    desk = begun()
    desk.do("step", count=100)
    assert numbers(desk) == [100, 100, 30]
    assert desk.do("set", changes={"diverge_at": None}, run="r3")["effect"] == "restart"
    settle(desk)
    assert numbers(desk) == [100, 100, 100] and not desk.lanes[2].divergence
    desk.do("set", changes={"diverge_at": 110}, run="r1")
    desk.do("step", count=100)
    assert numbers(desk) == [110, 200, 200] and desk.one.state()["divergence"]
    desk.do("set", changes={"rate": 0.2})
    assert desk.lanes[0].divergence, "what goes to all does not wake it among the others"
    desk.do("set", changes={"diverge_at": 5000}, run="r1")
    settle(desk)
    assert numbers(desk) == [200, 200, 200]


# ---- what goes to all, what to one


def test_the_changes_of_a_lane_win_over_what_goes_to_all():
    desk = begun(runs=[THREE[0], {"label": "x", "changes": {"rate": 2, "data.name": "moons"}}])
    desk.do("set", changes={"rate": 0.3, "data.noise": 0.2})
    desk.do("set", changes={"data": {"name": "xor", "painted": [], "noise": 0.1}})
    first, other = (lane.run.config for lane in desk.lanes)
    assert first["rate"] == 0.3 and first["data"]["name"] == "xor"
    assert other["rate"] == 2 and other["data"] == {"name": "moons", "painted": [], "noise": 0.1}


def test_what_is_set_for_one_lane_becomes_its_change_and_can_be_undone():
    desk = begun(runs=THREE[:2])
    desk.do("step", count=10)
    value = desk.do("set", changes={"diverge_at": 10**6}, run="r2")
    assert value["config"]["diverge_at"] == 10**6 and desk.session.run.config["diverge_at"] is None
    assert desk.one.state()["runs"][1]["changes"] == {"rate": 0.5, "diverge_at": 10**6}
    assert desk.one.state()["config"]["diverge_at"] is None
    desk.do("undo")
    assert desk.lanes[1].changes == {"rate": 0.5} and desk.lanes[1].run.config["diverge_at"] is None
    assert desk.lanes[1].step == 10
    desk.do("redo")
    assert desk.lanes[1].run.config["diverge_at"] == 10**6


def test_what_is_set_for_the_first_lane_leaves_the_others_as_they_are():
    desk = begun(runs=THREE[:2])
    desk.do("set", changes={"rate": 0.9, "end_at": 77}, run="r1")
    assert desk.lanes[0].run.config["rate"] == 0.9 and not desk.lanes[0].changes
    assert desk.lanes[1].changes == {"rate": 0.5, "end_at": None}
    desk.do("edit", paint=[[0, 0, 1]], run="r1")
    assert desk.lanes[1].run.config["data"]["painted"] == [] == desk.lanes[1].changes["data.painted"]
    desk.do("set", changes={"seed": 4}, run="r1")
    assert [lane.run.config["seed"] for lane in desk.lanes] == [4, 0]


def test_a_change_that_begins_a_lane_anew_makes_it_go_the_whole_way_and_so_does_its_undoing():
    desk = begun(runs=THREE[:2])
    desk.do("step", count=10)
    desk.do("set", changes={"end_at": 1000})
    desk.do("step", count=10)
    assert desk.do("set", changes={"seed": 9}, run="r2")["effect"] == "restart"
    settle(desk)
    lane = desk.lanes[1]
    assert lane.step == 20 and lane.run.config["seed"] == 9 and [edit["step"] for edit in lane.run.edits] == [10]
    desk.clock.now += 5
    desk.do("undo")
    settle(desk)
    assert lane.step == 20 and lane.run.config["seed"] == 0 and [edit["step"] for edit in lane.run.edits] == [10]
    desk.do("set", changes={"seed": 3})
    assert numbers(desk) == [0, 0] and lane.run.config == {**desk.session.run.config, "rate": 0.5}


def test_edits_by_hand_go_to_all_lanes_or_to_one():
    desk = begun(runs=[THREE[0], {"label": "b"}, {"label": "c", "changes": {"no_weights": True}}])
    desk.do("edit", weight="layer1.weight", index=[0, 0], value=2.0)
    assert [len(lane.run.edits) for lane in desk.lanes] == [1, 1, 0]
    assert any("c: edit.weight" in text["message"] for text in desk.one.texts if text.get("event") == "notice")
    desk.do("edit", paint=[[1, 1, 0]], run="r2")
    assert [len(lane.run.config["data"]["painted"]) for lane in desk.lanes] == [0, 1, 0]
    assert desk.lanes[1].changes == {"data.painted": [[1, 1, 0]]}
    desk.do("edit", paint=[[2, 2, 0]])
    assert [len(lane.run.config["data"]["painted"]) for lane in desk.lanes] == [1, 1, 1]


def test_a_change_that_no_longer_fits_is_told_and_comes_back():
    desk = begun({"part": {"knob": 1}}, [THREE[0], {"label": "x", "changes": {"part.knob": 5, "rate": 2}}])
    desk.do("set", changes={"part": None})
    lane = desk.lanes[1]
    assert lane.run.config["part"] is None and lane.run.config["rate"] == 2 and lane.changes["part.knob"] == 5
    assert desk.one.state()["runs"][1]["unfit"] == ["part.knob"]
    told = [text["message"] for text in desk.one.texts if text.get("event") == "notice"]
    assert len(told) == 1 and "x: part.knob has no place" in told[0]
    desk.do("set", changes={"rate": 0.3})
    assert len([text for text in desk.one.texts if text.get("event") == "notice"]) == 1, "told once"
    desk.do("set", changes={"part": {"knob": 1}})
    assert lane.run.config["part"] == {"knob": 5} and desk.one.state()["runs"][1]["unfit"] == []


def test_changes_on_top_of_changes():
    assert joined({"a.x": 1, "b": 2}, {"a.x": 3, "b": 4}) == {"a.x": 3, "b": 4}
    assert joined({"a.x": 1, "b": 2}, {"a": {"name": "n"}}) == {"b": 2, "a": {"name": "n"}}
    assert joined({"a": {"name": "n"}}, {"a.name": "m"}) == {"a.name": "m"}
    assert list(joined({"a.x": 1, "a": None}, {"a.x": 2})) == ["a", "a.x"]


# ---- which lanes there are


def test_runs_keeps_what_is_the_same_makes_what_is_new_and_can_be_undone():
    desk = begun()
    desk.do("step", count=10)
    kept = desk.lanes[1].run
    value = desk.do("runs", runs=[{"label": "start"}, {"label": "more", "changes": {"rate": 4}},
                                  {"label": "renamed", "id": "r2", "changes": {"rate": 0.5}}])  # fmt: skip
    assert [(run["id"], run["label"]) for run in value["runs"]] == [("r1", "start"), ("r4", "more"), ("r2", "renamed")]
    assert desk.lanes[2].run is kept
    settle(desk)
    assert numbers(desk) == [10, 10, 10] and desk.lanes[1].run.sum == 40
    desk.clock.now += 5
    desk.do("runs", runs=[{"label": "start"}])
    assert desk.one.state()["can_undo"] and len(desk.lanes) == 1
    desk.do("undo")
    settle(desk)
    assert [(lane.id, lane.step) for lane in desk.lanes] == [("r1", 10), ("r4", 10), ("r2", 10)]
    desk.clock.now += 5
    desk.do("undo")
    settle(desk)
    assert [lane.label for lane in desk.lanes] == ["start", "half", "breaks"]
    assert [lane.run.config["rate"] for lane in desk.lanes] == [0.1, 0.5, 0.1]


@pytest.mark.parametrize(
    "runs, field, words",
    [
        ([], "runs", "at least 1"),
        ([{"label": str(n)} for n in range(9)], "runs", "at most 8"),
        ([{"label": "a"}, {"label": "a"}], "runs[1].label", "no other"),
        ([{"label": "a"}, {"label": " "}], "runs[1].label", "at least 1"),
        ([{"label": "a"}, {"label": "x" * 41}], "runs[1].label", "at most 40"),
        ([{"label": "a"}, {"changes": {}}], "runs[1].label", "this field"),
        ([{"label": "a", "changes": {"rate": 1}}], "runs[0].changes", "none"),
        ([{"label": "a"}, {"label": "b", "changes": {"rat": 1}}], "runs[1].changes: rat", "a setting"),
        ([{"label": "a"}, {"label": "b"}, {"label": "c", "changes": {"rate": "bad"}}], "runs[2].changes: rate", "good"),
        ([{"label": "a"}, {"label": "b", "id": "r9"}], "runs[1].id", "one of r1, r2, r3"),
        ([{"label": "a", "id": "r2"}], "runs[0].id", "stays the first"),
        ([{"label": "a"}, {"label": "b", "id": "r1"}], "runs[1].id", "no other"),
        ([{"label": "a"}, {"label": "b", "id": "r2"}, {"label": "c", "id": "r2"}], "runs[2].id", "no other"),
        ([{"label": "a", "colour": 1}], "runs[0].colour", "label"),
    ],
    ids=str,
)
def test_runs_that_cannot_be_are_refused_by_name_and_change_nothing(runs, field, words):
    desk = begun()
    before = [lane.describe() for lane in desk.lanes]
    desk.number += 1
    message = json.dumps({"id": desk.number, "do": "runs", "runs": runs})
    try:
        protocol.parse(message)
    except protocol.BadMessage as problem:
        error = problem.as_dict()
    else:
        error = desk.refused("runs", runs=runs)
    assert error["field"] == field and words in error["message"]
    assert [lane.describe() for lane in desk.lanes] == before


@pytest.mark.parametrize("do", ["set", "edit", "subscribe", "measure"])
def test_an_unknown_run_is_refused_by_name(do):
    desk = begun()
    fields = {"set": {"changes": {"rate": 1}}, "edit": {"paint": [[0, 0, 0]]}, "subscribe": {"key": "k", "probe": "surface"},
              "measure": {"probe": "surface"}}[do]  # fmt: skip
    error = desk.refused(do, run="r7", **fields)
    assert error["field"] == "run" and "r2 (half)" in error["expected"] and error["got"] == "'r7'"


def test_limits_count_all_lanes():
    small = types.SimpleNamespace(max_parameters=10, max_painted=3, max_points=9, max_steps=60)
    limits = Limits(small, lambda config: (config.get("model") or {}).get("size", 1))
    desk = begun({"model": {"size": 4}, "data": {"name": "a", "painted": [], "points": 3}}, THREE[:1], limits=limits)
    two, four = {"label": "b"}, {"label": "c", "changes": {"model.size": 1}}
    assert desk.refused("runs", runs=[{"label": "a"}, {"label": "b", "changes": {"model.size": 11}}])[
        "field"] == "runs[1].changes: model"  # fmt: skip
    error = desk.refused("runs", runs=[{"label": "a"}, two, {"label": "c"}])
    assert error["field"] == "model" and "in all 3 runs" in error["expected"]
    desk.do("runs", runs=[{"label": "a"}, two, four])
    assert "in all 3 runs" in desk.refused("set", changes={"model.size": 5})["expected"]
    assert "in all 3 runs" in desk.refused("set", changes={"data.points": 4})["expected"]
    assert desk.refused("set", changes={"model.size": 8}, run="r2")["field"] == "model"
    assert "20 steps in one command with 3 runs" in desk.refused("step", count=21)["expected"]
    assert len(desk.do("set", changes={"model.size": 2}, run="r2")["config"]) and desk.do("step", count=20)["step"] == 20


def test_a_lanes_picture_waits_while_it_is_gone_and_comes_back_with_it():
    desk = begun(runs=THREE[:2])
    desk.do("subscribe", key="k", probe="surface", run="r2", rate=60)
    desk.do("subscribe", key="c", probe="curves", run="r2", rate=60)
    desk.do("runs", runs=[{"label": "start"}])
    desk.turn(3)
    told = [text for text in desk.one.read().texts if text.get("event") == "notice"]
    assert {text["key"] for text in told} == {"k", "c"} and "r2" in told[0]["message"]
    desk.do("step", count=5)
    desk.turn(3, pass_by=1)
    assert len([text for text in desk.one.read().texts if text.get("event") == "notice"]) == 2
    before = len(desk.one.frames)
    desk.clock.now += 5
    desk.do("undo")
    settle(desk).turn(3, pass_by=1)
    parts = {part["key"]: part for frame in desk.one.read().frames[before:] for part in frame["parts"]}
    assert parts["k"]["arrays"]["values"][0] == 5 and parts["c"]["arrays"]["step"][-1] == 5


def test_one_picture_of_the_first_lane_serves_who_names_it_and_who_does_not():
    desk = begun(runs=THREE[:2])
    desk.do("subscribe", key="a", probe="surface")
    desk.do("subscribe", key="b", probe="surface", run="r1")
    desk.do("subscribe", key="c", probe="surface", run="r2")
    desk.clock.now += 5
    before = [len(lane.run.measured) for lane in desk.lanes]
    desk.do("step")
    made = [[name for name, _ in lane.run.measured[n:]] for lane, n in zip(desk.lanes, before, strict=True)]
    assert [names.count("surface") for names in made] == [1, 1]
    assert desk.do("measure", probe="plain", run="r2") == {"answer": 42, "run": "r2"}


def test_what_goes_back_is_done_again_only_where_it_should():
    desk = begun(runs=[{"label": "a"}, {"label": "b", "changes": {"end_at": 10**6}}])
    desk.do("step", count=10)
    desk.do("set", changes={"rate": 1})
    desk.do("step", count=10)
    desk.do("back", count=15)
    assert [lane.run.config["rate"] for lane in desk.lanes] == [0.1, 0.1]
    desk.do("step", count=10)
    assert [lane.run.config["rate"] for lane in desk.lanes] == [1, 1]
    assert desk.one.state()["config"]["rate"] == 1, "what was done again is told"
    desk.do("back", count=10)
    desk.do("set", changes={"end_at": 500})
    desk.do("step", count=20)
    assert [lane.run.config["rate"] for lane in desk.lanes] == [0.1, 0.1], "another way was taken: the old is forgotten"


# ---- keeping


def kept_and_back(desk):
    _, about, lanes = saving.taken(desk.session)
    about, lanes = checkpoint.unpack(checkpoint.pack(about, lanes))
    other = Desk()
    saving.bring_back(other.session, about, [(FakeRun.restore(one), rows) for one, rows in lanes])
    other.lanes = other.session.lanes
    other.do("hello")
    return other


def test_a_checkpoint_brings_all_lanes_back_even_one_that_catches_up():
    desk = begun({"seconds_a_step": 1e-5})
    desk.do("step", count=2000)
    desk.do("runs", runs=[*[lane.entry() for lane in desk.lanes], {"label": "late", "changes": {"rate": 3}}])
    desk.do("set", changes={"end_at": 10**9})
    assert desk.lanes[3].step < 2000 and desk.lanes[2].divergence
    other = kept_and_back(desk)
    assert other.lanes[2].divergence == desk.lanes[2].divergence and other.lanes[3].run.future
    for one in (desk, other):
        settle(one).do("step", count=10)
    assert numbers(other) == numbers(desk) == [2010, 2010, 30, 2010]
    assert [lane.entry() for lane in other.lanes] == [lane.entry() for lane in desk.lanes]
    assert [lane.run.config for lane in other.lanes] == [lane.run.config for lane in desk.lanes]
    assert [lane.run.sum for lane in other.lanes] == pytest.approx([lane.run.sum for lane in desk.lanes])
    assert [lane.curves.count > 5 for lane in other.lanes] == [True] * 4
    other.do("runs", runs=[{"label": "start"}, {"label": "new"}])
    assert other.lanes[1].id == "r5", "an id is never given twice"


def test_a_checkpoint_from_before_there_were_lanes_is_one_lane():
    run = FakeRun({"rate": 0.4})
    run.train(20)
    about = {"lab": "x", "playing": False, "stopped": None, "speed": 5, "undo": [], "redo": [],
             "stop_at": {"loss": None, "epoch": None, "step": None},
             "curves": {"names": ["step", "loss_train"], "words": {}}}  # fmt: skip
    desk = Desk()
    saving.bring_back(desk.session, about, [(run, np.array([[0, 1.0], [10, 0.5]]))])
    state = desk.do("hello")
    assert state["step"] == 20 and [one["id"] for one in state["runs"]] == ["r1"] and state["config"]["rate"] == 0.4


def test_a_lane_that_cannot_be_read_is_made_anew():
    desk = begun()
    desk.do("step", count=20)
    _, about, lanes = saving.taken(desk.session)
    other = Desk()
    kept = [(FakeRun.restore(snapshot), rows) for snapshot, rows in lanes]
    saving.bring_back(other.session, json.loads(json.dumps(about)), [kept[0], (None, kept[1][1]), kept[2]])
    other.lanes = other.session.lanes
    settle(other)
    assert numbers(other) == [20, 20, 20] and other.lanes[1].run.sum == desk.lanes[1].run.sum


def test_weights_from_a_file_go_to_every_lane_they_fit_or_to_one():
    desk = begun()
    desk.lanes[2].run.parameters = {"other": np.zeros(3)}
    saving.load_parameters(desk.session, {"layer1.weight": np.ones((2, 1))})
    desk.turn()
    assert [lane.run.parameters["layer1.weight"].sum() for lane in desk.lanes[:2]] == [2, 2]
    assert any(text["message"].startswith("breaks: weights") for text in desk.one.read().texts if "message" in text)
    saving.load_parameters(desk.session, {"layer1.weight": np.zeros((2, 1))}, desk.lanes[1])
    assert [lane.run.parameters["layer1.weight"].sum() for lane in desk.lanes[:2]] == [2, 0]
    with pytest.raises(Refused, match="other"):
        saving.load_parameters(desk.session, {"layer1.weight": np.ones((2, 1))}, desk.lanes[2])


# ---- whatever is asked

change = st.fixed_dictionaries({}, optional={
    "rate": st.sampled_from([0.5, 1, 2]), "diverge_at": st.sampled_from([5, 30, None]),
    "end_at": st.sampled_from([15, None]), "data.painted": st.sampled_from([[], [[1, 2, 0]]])})  # fmt: skip
who = st.sampled_from([None, "r1", "r2", "r3", "r4"])
acts = st.one_of(
    st.tuples(st.just("step"), st.fixed_dictionaries({"count": st.integers(1, 40)})),
    st.tuples(st.just("back"), st.fixed_dictionaries({"count": st.integers(1, 40)})),
    st.tuples(st.just("set"), st.fixed_dictionaries({"changes": change.filter(bool), "run": who})),
    st.tuples(st.just("edit"), st.fixed_dictionaries({"paint": st.just([[0, 0, 1]]), "run": who})),
    st.tuples(st.sampled_from(["undo", "redo", "rewind", "reset", "play", "pause"]), st.just({})),
    st.tuples(st.just("runs"), st.fixed_dictionaries({"runs": st.lists(
        st.fixed_dictionaries({"label": st.sampled_from("abcdef"), "changes": change}, optional={"id": who}), max_size=3).map(
            lambda more: [{"label": "first"}, *more])})),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(acts, min_size=3, max_size=14))
def test_whatever_is_asked_the_lanes_stay_together_and_are_what_they_say(asked):
    desk = begun(runs=[{"label": "first"}, {"label": "second", "changes": {"rate": 0.5}}])
    astray = False  # after going back a lane is what it was then, until its changes are made again on the way
    for do, fields in asked:
        desk.clock.now += 2
        desk.order(do, **fields)
        settle(desk)
        while desk.session.goals:
            desk.turn()
        done = desk.one.answer(desk.number)["ok"]
        astray = (astray or do in ("back", "rewind")) and not (
            done and (do == "reset" or do in ("set", "edit") and fields["run"] is None))  # fmt: skip
        lanes, clock = desk.session.lanes, desk.session.lanes.clock
        assert all(lane.step == clock or lane.stands for lane in lanes)
        assert len({lane.id for lane in lanes}) == len({lane.label for lane in lanes}) == len(lanes)
        assert lanes.first.id == "r1" and not lanes.first.changes
        for lane in lanes.others:
            steps = lane.curves.table()[1][:, 0]
            assert (np.diff(steps) > 0).all() and (not len(steps) or steps[-1] <= lane.step)
        if not astray:
            for lane in lanes.others:
                if not lane.stands and not lanes.first.stands:
                    assert lane.run.config == lanes.first.run.config_with(lane.changes), do
    assert desk.do("speed", steps_per_second=5) is None


# ---- what a lab claims of them


def lesson(**more):
    step = {"title": "t", "say": "s", "check": {"claim": "It falls.", "train": 20, "all": [{"measure": "loss_train", "below": 0.1}], **more}}
    return {"steps": [step, {"title": "t", "say": "s"}]}


def test_a_check_waits_for_every_lane_that_still_trains_and_then_measures():
    desk = begun()
    desk.session.lesson = lesson
    first = desk.do("check", step=1)
    assert first == {"passed": False, "said": "20 more steps of training first.", "measured": [], "ready": False, "wait": 20}
    desk.do("step", count=40)
    settle(desk)
    assert numbers(desk) == [40, 40, 30], "the third stands where it broke, and is not waited for"
    answer = desk.do("check", step=1)
    assert answer["ready"] and answer["passed"] and answer["said"] == "It falls."
    (measured,) = answer["measured"]
    assert measured["value"] == pytest.approx(1 / 41) and measured["label"] == "start" and measured["expected"] == "below 0.1"
    desk.session.lesson = lambda: lesson(train=35, all=[{"measure": "diverged", "run": 3, "equals": 1}, {"measure": "loss_train", "run": 3, "above_run": 1}])
    answer = desk.do("check", step=1)
    assert answer["passed"] and [one["run"] for one in answer["measured"]] == [3, 3]


@pytest.mark.parametrize("step, words", [(3, "a step from 1 to 2"), (2, "a step that claims something")])
def test_a_check_that_cannot_be_is_refused(step, words):
    desk = begun()
    desk.session.lesson = lesson
    error = desk.refused("check", step=step)
    assert error["field"] == "step" and words in error["expected"]
