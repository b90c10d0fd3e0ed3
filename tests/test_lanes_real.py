"""Lanes on the real engine and a real server: equal bits, speed of several together, kill and restart, files."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import engine
from server import saving
from tests.live import Client, free_port, healthy, post, process, serving, wait_for
from tests.runs import memory
from tests.test_reconnect import kept, step_of
from tests.test_session import Desk

START = {"data": {"name": "spiral", "points": 500}, "model": {"name": "mlp", "hidden": [8, 8]},
         "loss": {"name": "binary_cross_entropy"}, "optimizer": {"name": "adam", "learning_rate": 0.03}, "seed": 7}  # fmt: skip
RATES = [0.001, 0.003, 0.01, 0.1, 0.3, 1.0]
SEVEN = [{"label": "η = 0.03"}, *({"label": f"η = {r}", "changes": {"optimizer.learning_rate": r}} for r in RATES)]


class RealDesk(Desk):
    """A session with the engine's own runs."""

    def __init__(self, runs=({"label": "only"},), config=START):
        super().__init__()
        self.session.build = lambda: engine.Run(config)
        self.session.beside = [dict(one) for one in runs]
        self.do("hello")
        self.lanes = self.session.lanes

    def settle(self):
        self.turn()
        while self.session.busy:
            self.turn()
        return self


def bits(lane):
    return memory(lane.run)


def test_two_equal_lanes_have_equal_bits_whatever_is_done():
    desk = RealDesk([{"label": "a"}, {"label": "b"}, {"label": "c", "changes": {"optimizer.learning_rate": 0.1}}])
    desk.do("step", count=100)
    desk.do("set", changes={"batch_size": 16, "regularization.l2": 0.001})
    desk.do("step", count=50)
    desk.do("edit", weight="layer1.weight", index=[0, 1], value=0.25)
    desk.do("edit", paint=[[0.5, 0.5, 1]])
    desk.do("set", changes={"model.hidden": [8, 6]})
    desk.do("step", by="epoch", count=2)
    desk.do("back", count=20)
    desk.do("step", count=33)
    a, b, c = desk.lanes
    assert bits(a) == bits(b) != bits(c) and a.run.config == b.run.config
    assert a.step == b.step == c.step and np.array_equal(a.curves.table()[1], b.curves.table()[1], equal_nan=True)


@pytest.mark.parametrize("changes", [{}, {"optimizer.learning_rate": 0.3}, {"model.hidden": [4, 4, 4]},
                                     {"model.activation": "relu"}, {"initializer.name": "he_normal"}], ids=str)  # fmt: skip
def test_a_lane_made_late_is_to_the_bit_the_one_made_at_the_start(changes):
    both = [{"label": "a"}, {"label": "b", "changes": changes}]
    early, late = RealDesk(both), RealDesk()
    for desk in (early, late):
        desk.do("step", count=70)
        desk.do("set", changes={"regularization.l2": 0.01, "optimizer.learning_rate": 0.02})
        desk.do("step", count=64)
        desk.do("edit", paint=[[0.5, 0.5, 1], [0.1, -0.5, 0]])
        desk.do("edit", erase={"at": [0.5, 0.5], "radius": 0.3})
        desk.do("step", count=40)
    late.do("runs", runs=both)
    late.settle()
    for desk in (early, late):
        desk.do("step", count=30)
    assert [lane.step for lane in late.lanes] == [204, 204] and bits(late.lanes[0]) == bits(early.lanes[0])
    assert late.lanes[1].run.config == early.lanes[1].run.config and bits(late.lanes[1]) == bits(early.lanes[1])


COLLECTED = [{"optimizer.learning_rate": 0.1}, {"optimizer.learning_rate": 5.0}, {"model.hidden": [4, 4]}, {"model.hidden": []},
             {"model.activation": "relu"}, {"optimizer.name": "sgd"}, {"optimizer": {"name": "momentum"}}, {"loss.name": "hinge"},
             {"data.name": "moons"}, {"data.name": "plane"}, {"data.noise": 0.3}, {"data.test_share": 0.0}, {"batch_size": 10},
             {"early_stopping": {"patience": 1, "least": 0.1}}, {"seed": 3}, {"initializer.name": "he_normal"}, {"clip.value": 0.5},
             {"clip": {"norm": 1.0}}, {"precision": "float64"}, {"schedule.name": "cosine"}]  # fmt: skip
one_of_them = st.sampled_from(COLLECTED)
acts = st.one_of(
    st.builds(lambda count: ("step", {"count": count}), st.integers(1, 60)),
    st.builds(lambda changes: ("set", {"changes": changes}), one_of_them),
    st.sampled_from([("edit", {"weight": "layer1.weight", "index": [0, 0], "value": 0.3}), ("reset", {}),
                     ("edit", {"paint": [[0.25, 0.5, 1]]}), ("edit", {"erase": {"at": [0.5, 0.5], "radius": 0.5}})]),
    st.builds(lambda more: ("runs", {"runs": [{"label": "a"}, *({"label": f"n{n}", "changes": one} for n, one in enumerate(more))]}),
              st.lists(one_of_them, max_size=3)),
)  # fmt: skip


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(acts, min_size=4, max_size=12), one_of_them)
def test_whatever_is_done_to_all_a_lane_is_to_the_bit_the_twin_of_the_first(done, changes):
    config = {**START, "data": {"name": "spiral", "points": 60}, "model": {"name": "mlp", "hidden": [5]}}
    desk = RealDesk([{"label": "a"}, {"label": "b", "changes": changes}], config)
    for do, fields in done:
        desk.order(do, **fields)
        desk.settle()
        while desk.session.goals:
            desk.turn()
        answer = desk.one.answer(desk.number)
        assert answer["ok"] or answer["error"]["field"] != "server", answer
    first, clock = desk.lanes.first, desk.lanes.clock
    for lane in desk.lanes.others:
        assert lane.step == clock or lane.stands
        twin = first.run.twin(lane.fits)
        twin.train(clock)
        if not (first.stands or lane.stands or lane.unfit):
            assert twin.config == lane.run.config and memory(twin) == bits(lane)


def test_a_rate_that_is_too_high_stands_and_is_told_and_the_others_go_on():
    config = {**START, "data": {"name": "plane"}, "model": {"name": "mlp", "hidden": []}, "loss": {"name": "mse"},
              "optimizer": {"name": "sgd", "learning_rate": 0.01}}
    desk = RealDesk([{"label": "a"}, {"label": "far", "changes": {"optimizer.learning_rate": 2.0}}], config)
    desk.do("step", count=200)
    state = desk.one.state()
    assert state["step"] == 200 and state["divergence"] is None and state["runs"][1]["divergence"]["step"] < 200
    desk.do("rewind")
    assert desk.lanes[0].step == desk.lanes[1].step < state["runs"][1]["divergence"]["step"]


def test_settings_that_do_not_fit_a_lanes_data_are_told():
    desk = RealDesk([{"label": "a"}, {"label": "b", "changes": {"loss.name": "hinge", "optimizer.learning_rate": 0.5}}])
    desk.do("set", changes={"data.name": "plane"})
    lane = desk.lanes[1]
    assert lane.run.config["loss"]["name"] == "mse" and lane.run.config["optimizer"]["learning_rate"] == 0.5
    assert desk.one.state()["runs"][1]["unfit"] == ["loss.name"] and lane.step == desk.lanes[0].step
    desk.do("set", changes={"data.name": "spiral"})
    assert lane.run.config["loss"]["name"] == "hinge" and not lane.unfit


def test_a_checkpoint_of_several_lanes_goes_on_to_the_bit():
    desk = RealDesk(SEVEN[:3])
    desk.do("step", count=100)
    desk.do("set", changes={"optimizer.learning_rate": 0.5}, run="r2")
    _, about, lanes = saving.taken(desk.session)
    other = Desk()
    saving.bring_back(other.session, json.loads(json.dumps(about)), [(engine.Run.restore(one), rows) for one, rows in lanes])
    for one in (desk, other):
        one.do("step", count=50)
    assert [bits(lane) for lane in other.session.lanes] == [bits(lane) for lane in desk.lanes]
    assert other.session.lanes[1].changes == {"optimizer.learning_rate": 0.5}


def test_seven_lanes_make_many_steps_each_time_one_is_called(monkeypatch):
    """What a call costs beside its steps is what several runs cost; `python -m tests.bench` has the figure in time."""
    desk, made = RealDesk(SEVEN), []
    desk.do("step", count=200)
    train = engine.Run.train
    monkeypatch.setattr(engine.Run, "train", lambda run, *given, **named: made.append(train(run, *given, **named)) or made[-1])
    start, session = desk.session.lanes.clock, desk.session
    session.playing = True
    for _ in range(50):
        desk.turn(pass_by=0.004)
    assert len(made) >= 7 and (session.lanes.clock - start) * 7 / len(made) > 5, (session.lanes.clock - start, len(made))


# ---- a real server


def test_a_session_whose_lanes_break_ends_no_other(tmp_path):
    broken = [{"label": "a"}, {"label": "b", "changes": {"explode": True}}, {"label": "c", "changes": {"diverge_at": 9}}]
    with serving(tmp_path) as server, Client(server.port) as one, Client(server.port) as two:
        two.do("hello")
        two.do("play")
        one.do("hello", config={"explode": False, "diverge_at": None}, runs=broken)
        one.do("play")
        state = one.state(lambda state: state["runs"][2]["divergence"] and state["runs"][1]["divergence"])
        assert state["playing"] and two.do("step")["step"] > 0
        one.do("set", changes={"explode": True}, run="r1")
        assert not one.state(lambda state: not state["playing"])["runs"][0]["step"] == 0
        assert two.do("step", count=5) and one.do("reset")


def test_a_fast_slider_of_one_lane_is_not_mixed_up_with_another(tmp_path):
    with serving(tmp_path) as server, Client(server.port) as client:
        client.do("hello", runs=[{"label": "a"}, {"label": "b"}, {"label": "c"}])
        sent = [client.send("set", changes={"rate": value}, run=("r2", "r3")[value % 2]) for value in range(60)]
        answers = {}
        while len(answers) < len(sent):
            found = client.hear()
            if found.get("re") in sent:
                answers[found["re"]] = found["ok"]
        assert all(answers.values())
        (session,) = server.house.store.sessions.values()
        assert [lane.run.config["rate"] for lane in session.lanes][1:] == [58, 59]


def test_a_labs_runs_are_there_at_hello_and_files_name_one_or_hold_all(tmp_path):
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "three.toml").write_text(
        'title = "Three"\n[config.data]\nname = "circle"\n[[runs]]\nlabel = "plain"\n'
        '[[runs]]\nlabel = "=fast"\nchanges = { "optimizer.learning_rate" = 0.3 }\n',
        encoding="utf-8",
    )
    with serving(tmp_path / "data", engine, labs=tmp_path / "labs") as server, Client(server.port) as client:
        hello = client.do("hello", lab="three", run_to=40)
        assert [(run["label"], run["changes"]) for run in hello["state"]["runs"]] == [
            ("plain", {}), ("=fast", {"optimizer.learning_rate": 0.3})]  # fmt: skip
        state = client.state(lambda state: state["step"] == 40 and state["ready"])
        assert [run["step"] for run in state["runs"]] == [40, 40]
        who = hello["session"]
        history = lambda: list(csv.reader(io.StringIO(post(server.url + "/api/export/history", X_Session=who)[2].decode())))
        wait_for(lambda: [row[1] for row in history()].count("40") == 2, "the last step to be measured")
        rows = history()
        assert rows[0][:2] == ["run", "step"] and {row[0] for row in rows[1:]} == {"plain", "'=fast"}
        one = list(csv.reader(io.StringIO(post(server.url + "/api/export/history?run=r2", X_Session=who)[2].decode())))
        assert one[0][0] == "step" and len(one) - 1 == sum(row[0] == "'=fast" for row in rows)
        first = post(server.url + "/api/export/weights", X_Session=who)[2]
        assert first == post(server.url + "/api/export/weights", X_Session=who, X_Run="r1")[2]
        second = post(server.url + "/api/export/weights", X_Session=who, X_Run="r2")[2]
        assert dict(np.load(io.BytesIO(first))).keys() == dict(np.load(io.BytesIO(second))).keys() and first != second
        assert b"0.3" in post(server.url + "/api/export/pytorch?run=r2", X_Session=who)[2]
        status, _, body = post(server.url + "/api/export/weights?run=r9", X_Session=who)
        assert status == 400 and json.loads(body)["error"]["field"] == "run"
        setting = json.loads(post(server.url + "/api/export/setting", X_Session=who)[2])
        client.do("runs", runs=[{"label": "alone"}])
        status, _, body = post(server.url + "/api/import/setting", json.dumps(setting).encode(), X_Session=who)
        assert status == 200 and [run["label"] for run in json.loads(body)["value"]["runs"]] == ["plain", "=fast"]
        setting["runs"][1]["changes"] = {"optimizer.rate": 1}
        status, _, body = post(server.url + "/api/import/setting", json.dumps(setting).encode(), X_Session=who)
        assert status == 400 and json.loads(body)["error"]["field"] == "runs[1].changes: optimizer.rate"
        answer = client.ask("hello", runs=[{"label": "a"}, {"label": "b", "changes": {"seeed": 1}}])
        assert answer["error"]["field"] == "runs[1].changes: seeed"
        assert len(client.do("hello", runs=[{"label": "a"}, {"label": "b", "changes": {"seed": 1}}])["state"]["runs"]) == 2


def test_kill_9_and_restart_bring_all_lanes_back(tmp_path):
    port = free_port()
    with process(tmp_path, port) as child:
        healthy(port)
        with Client(port) as client:
            secret = client.do("hello", config=START, runs=SEVEN)["session"]
            client.do("play")
            wait_for(lambda: any(step_of(path) > 100 for path in kept(tmp_path)), "a checkpoint in training")
            child.kill()
            child.wait()
    with process(tmp_path, port):
        healthy(port)
        with Client(port) as client:
            value = client.do("hello", session=secret)
            runs = value["state"]["runs"]
            assert value["resumed"] and [run["label"] for run in runs] == [run["label"] for run in SEVEN]
            assert len({run["step"] for run in runs}) == 1 and runs[0]["step"] > 0
            client.do("subscribe", key="c", probe="curves", run="r7")
            client.do("play")
            state = client.state(lambda state: state["playing"])
            client.do("step", count=100)
            assert client.do("pause") is None and client.do("step")["step"] > state["step"]
            assert any(part["meta"].get("run") == "r7" for frame in client.frames for part in frame["parts"])
