"""A session with a run that only counts: orders, goals, stopping, undo, divergence, pictures by credit, curves."""

import asyncio
import json
import types

import numpy as np
import pytest

from server import protocol, saving
from server.curves import LIMIT, Curves
from server.errors import Refused
from server.limits import Limits, merged
from server.longtext import LONG, LongTexts, conceal
from server.session import Session
from server.undo import Undo
from server.viewer import SUBSCRIPTIONS, Viewer
from tests.fakes import Clock, FakeRun, Listener


class Desk:
    """A session worked by hand, with one viewer that reads everything."""

    def __init__(self, config=None, **more):
        self.clock, self.woken, self.number = Clock(), [], 0
        self.session = Session(
            lambda: FakeRun(config),
            self.deliver,
            lambda s, urgent=False: self.woken.append(urgent),
            clock=self.clock,
            **more,
        )
        self.viewer, self.one = self.look()

    def look(self):
        viewer = Viewer()
        viewer.outbox.clock = self.clock
        self.session.attach(viewer)
        return viewer, Listener(viewer)

    @staticmethod
    def deliver(out):
        for function, *arguments in out:
            function(*arguments)

    def turn(self, times=1, seconds=0.004, pass_by=0.02):
        for _ in range(times):
            self.clock.now += pass_by
            delay = self.session.turn(seconds)
        return delay

    def order(self, do, viewer=None, **fields):
        """Send a command, make one turn, give the number."""
        self.number += 1
        command = protocol.parse(json.dumps({"id": self.number, "do": do, **fields}))
        self.session.order(viewer or self.viewer, command)
        self.turn()
        return self.number

    def do(self, do, **fields):
        """Send a command and give its answer's value."""
        number = self.order(do, **fields)
        for _ in range(1000):  # a step of many may need several turns
            if answer := self.one.answer(number):
                break
            self.turn(pass_by=0)
        assert answer["ok"], answer
        return answer["value"]

    def refused(self, do, **fields):
        answer = self.one.answer(self.order(do, **fields))
        assert not answer["ok"]
        return answer["error"]


@pytest.fixture
def desk():
    desk = Desk()
    desk.do("hello")
    return desk


def test_hello_answers_with_the_state(desk):
    state = desk.one.texts[0]["value"]
    assert state["step"] == 0 and not state["playing"] and state["config"]["rate"] == 0.1
    assert state["data"]["rows_train"] == 5 and state["data"]["version"] == 1 and not state["can_undo"]


def test_play_trains_and_pause_stops(desk):
    desk.do("play")
    assert desk.turn(3) == 0, "as fast as possible: wants its turn again at once"
    assert desk.one.state()["playing"]
    desk.do("pause")
    step = desk.session.run.step
    assert step > 0 and desk.turn(3) is None and desk.session.run.step == step
    assert not desk.one.state()["playing"] and desk.one.state()["step"] == step


def test_no_state_is_sent_when_only_the_step_changed(desk):
    desk.do("play")
    desk.one.read().texts.clear()
    desk.turn(20)
    assert not desk.one.read().texts


def test_step_by_batch_and_by_epoch(desk):
    assert desk.do("step") == {"step": 1, "epoch": 0.125}
    assert desk.do("step", by="batch", count=2)["step"] == 3
    assert desk.do("step", by="epoch")["step"] == 8, "to the end of the epoch that was begun"
    number = desk.order("step", by="epoch", count=2)
    desk.turn(20)
    assert desk.one.answer(number)["value"] == {"step": 24, "epoch": 3}


def test_a_long_step_is_answered_when_it_is_done_or_given_up():
    desk = Desk({"seconds_a_step": 1e-4})
    desk.do("hello")
    number = desk.order("step", count=900_000)
    desk.turn(5)
    assert desk.one.answer(number) is None
    desk.do("pause")
    place = desk.one.answer(number)["value"]
    assert 0 < place["step"] < 900_000 and desk.session.run.step == place["step"]


def test_back_by_batch_and_epoch(desk):
    desk.do("step", count=20)
    desk.turn(20)
    assert desk.do("back")["step"] == 19
    assert desk.do("back", by="epoch")["step"] == 16, "to the start of the epoch that was begun"
    assert desk.do("back", by="epoch")["step"] == 8
    assert desk.do("back", count=100)["step"] == 0
    assert desk.refused("back")["field"] == "back"
    assert desk.session.curves.rows[: desk.session.curves.count, 0].max() == 0


@pytest.mark.parametrize(
    "fields, step, words",
    [({"step": 20}, 20, "Step 20"), ({"epoch": 4}, 32, "Epoch 4"), ({"loss": 0.02}, None, "training loss")],
)
def test_training_stops_where_asked_and_can_go_on(desk, fields, step, words):
    desk.do("stop_at", **fields)
    desk.do("play")
    desk.turn(100)
    state = desk.one.state()
    assert not state["playing"] and words in state["stopped"]
    assert step in (None, desk.session.run.step)
    before = desk.session.run.step
    desk.do("play")
    desk.turn(10)
    assert desk.session.run.step > before and desk.one.state()["playing"]


def test_speed_from_slow_motion_up(desk):
    desk.do("speed", steps_per_second=0.5)
    desk.do("play")
    assert desk.session.run.step == 1, "the first step comes at once"
    for _ in range(10):
        delay = desk.turn(pass_by=0.1)
        assert 0 < delay <= 2.0
    assert desk.session.run.step == 1
    desk.turn(pass_by=1.1)
    assert desk.session.run.step == 2
    desk.do("speed", steps_per_second=1000)
    desk.turn(50, pass_by=0.02)
    assert 900 <= desk.session.run.step <= 1100
    desk.do("speed", steps_per_second=None)
    assert desk.turn() == 0


def test_set_is_answered_and_shown_and_a_bad_value_is_refused_in_the_engines_words(desk):
    assert desk.do("set", changes={"rate": 0.5})["effect"] == "live"
    assert desk.one.state()["config"]["rate"] == 0.5
    assert desk.refused("set", changes={"rat": 1})["message"] == "rat: expected a setting, got rat."
    assert desk.one.state()["config"]["rate"] == 0.5


def test_undo_and_redo(desk):
    desk.do("set", changes={"rate": 0.5})
    desk.clock.now += 5
    desk.do("edit", paint=[[1, 2, 0]])
    assert desk.do("undo")["config"]["data"]["painted"] == []
    assert desk.do("undo")["config"]["rate"] == 0.1
    assert desk.refused("undo")["field"] == "undo" and not desk.one.state()["can_undo"]
    assert desk.do("redo")["config"]["rate"] == 0.5
    assert desk.do("redo")["config"]["data"]["painted"] == [[1, 2, 0]]
    assert desk.refused("redo")["field"] == "redo"


def test_a_sliders_travel_is_one_thing_to_undo():
    undo, found = Undo(), []
    for number in range(5):
        undo.record({"rate": number, "other": 1}, {"rate": number + 1, "other": 1}, now=number * 0.1)
    undo.record({"rate": 5, "other": 1}, {"rate": 5, "other": 2}, now=0.5)
    undo.record({"rate": 5}, {"rate": 5}, now=0.6)
    assert undo.undo(found.append) and undo.undo(found.append) and not undo.undo(found.append)
    assert found == [{"other": 1}, {"rate": 0}]
    assert undo.redo(found.append) and found[-1] == {"rate": 5}


def test_reset_and_open(desk):
    desk.do("step", count=5)
    assert desk.do("reset")["config"]["seed"] == 0 and desk.session.run.step == 0
    assert desk.do("reset", seed=9)["config"]["seed"] == 9
    assert desk.do("reset", seed="new")["config"]["seed"] != 9
    assert desk.do("open", config={"rate": 3})["config"]["rate"] == 3
    assert desk.refused("open", config={"fail": "so"})["field"] == "fail"
    assert desk.session.run.config["rate"] == 3, "a refused setting leaves the old one"


def test_early_stopping_is_told_and_play_is_refused_after_it():
    desk = Desk({"end_at": 30})
    desk.order("play")
    desk.turn(50)
    state = desk.one.state()
    assert desk.session.run.step == 30 and not state["playing"] and "Early stopping" in state["stopped"] and "epoch 3" in state["stopped"]
    for do in ({"do": "play"}, {"do": "step", "by": "batch", "count": 1}):
        assert "early stopping has ended" in desk.refused(**do)["message"]


def test_a_step_that_early_stopping_cuts_short_is_answered():
    desk = Desk({"end_at": 30})
    assert desk.do("step", by="batch", count=100)["step"] == 30


def test_divergence_is_told_and_rewind_leads_back():
    desk = Desk({"diverge_at": 30})
    desk.do("hello")
    number = desk.order("step", count=10)
    desk.do("play")
    desk.turn(50)
    state = desk.one.state()
    assert desk.one.answer(number) and not state["playing"]
    assert state["divergence"]["step"] == 30 and state["stopped"] == "broke at 30"
    assert desk.refused("play")["hint"] and desk.refused("step")["hint"]
    assert desk.do("rewind")["step"] == 20
    assert desk.one.state()["divergence"] is None
    assert desk.refused("rewind")["field"] == "rewind"


def test_a_fault_in_training_ends_training_only(caplog):
    desk = Desk({"explode": True})
    desk.do("hello")
    desk.do("play")
    desk.turn(3)
    assert not desk.one.state()["playing"]
    assert any(text.get("event") == "notice" and "fault inside" in text["message"] for text in desk.one.texts)
    assert desk.do("speed", steps_per_second=5) is None


def test_a_run_that_cannot_be_made_refuses_the_greeting():
    desk, gone = Desk({"fail": "so"}), []
    desk.session.stillborn = gone.append
    assert desk.refused("hello")["field"] == "fail" and gone == [desk.session]


# ---- pictures


def test_a_subscription_is_drawn_at_once_then_only_when_something_changed(desk):
    desk.do("subscribe", key="s", probe="surface", options={"resolution": 4}, rate=10)
    assert desk.one.read().keys() == ["s"]
    part = desk.one.frames[0]["parts"][0]
    assert part["probe"] == "surface" and part["meta"] == {"kind": "surface", "resolution": 4}
    assert desk.turn(10, pass_by=1) is None and desk.one.read().keys() == ["s"]
    desk.do("step")
    assert desk.one.read().keys() == ["s", "s"] and desk.one.frames[-1]["step"] == 1


def test_pictures_come_at_the_asked_rate(desk):
    desk.do("subscribe", key="fast", probe="surface", rate=20)
    desk.do("subscribe", key="slow", probe="layers", rate=2)
    desk.do("play")
    desk.one.read().frames.clear()
    for _ in range(400):
        desk.turn(pass_by=0.01)
        desk.one.read()
    keys = desk.one.keys()
    assert 60 <= keys.count("fast") <= 90 and 6 <= keys.count("slow") <= 10


def test_without_credit_nothing_is_measured_and_an_acknowledgement_brings_the_newest(desk):
    desk.do("subscribe", key="s", probe="surface", rate=60)
    desk.do("play")
    for _ in range(50):
        desk.turn()
        desk.one.read(acknowledge=False)
    unseen = [seq for seq in desk.viewer.outbox._under_way]
    assert 1 <= len(unseen) <= 2
    desk.do("pause")
    measured = len(desk.session.run.measured)
    desk.turn(20)
    assert len(desk.session.run.measured) == measured
    desk.woken.clear()
    desk.session.acknowledge(desk.viewer, unseen[-1])
    assert desk.woken == [False], "the acknowledgement wakes the session"
    desk.turn()
    assert desk.one.read().frames[-1]["step"] == desk.session.run.step


def test_several_pages_of_one_session_compute_once(desk):
    other, two = desk.look()
    desk.order("subscribe", key="mine", probe="surface", options={"a": 1, "b": 2})
    desk.order("subscribe", viewer=other, key="yours", probe="surface", options={"b": 2, "a": 1})
    desk.one.read(), two.read()
    before = len([1 for name, _ in desk.session.run.measured if name == "surface"])
    desk.clock.now += 10
    desk.do("step")
    assert len([1 for name, _ in desk.session.run.measured if name == "surface"]) == before + 1
    assert desk.one.read().keys()[-1] == "mine" and two.read().keys()[-1] == "yours"
    assert two.state()["step"] == 1
    desk.session.detach(other)
    desk.do("step")
    assert len(two.read().frames) == 2


def test_a_hidden_page_gets_no_pictures(desk):
    desk.do("subscribe", key="s", probe="surface", rate=60)
    desk.session.show(desk.viewer, False)
    desk.do("play")
    desk.one.read().frames.clear()
    desk.turn(20)
    assert not desk.one.read().frames and desk.session.weight < 1
    desk.session.show(desk.viewer, True)
    desk.turn()
    assert desk.one.read().frames and desk.session.weight == 1


def test_a_probe_that_no_longer_fits_is_told_once_and_comes_back():
    desk = Desk({"gone": False})
    desk.do("hello")
    desk.do("subscribe", key="g", probe="gone")
    desk.do("set", changes={"gone": True})
    desk.turn(5, pass_by=1)
    desk.do("step", count=3)
    desk.turn(5, pass_by=1)
    notices = [text for text in desk.one.read().texts if text.get("event") == "notice"]
    assert len(notices) == 1 and notices[0]["key"] == "g"
    before = len(desk.one.frames)
    desk.do("set", changes={"gone": False})
    assert len(desk.one.read().frames) > before


def test_unknown_probes_and_too_many_subscriptions_are_refused(desk):
    assert desk.refused("subscribe", key="u", probe="unknown")["field"] == "probe"
    for number in range(SUBSCRIPTIONS):
        desk.do("subscribe", key=str(number), probe="surface")
    assert str(SUBSCRIPTIONS) in desk.refused("subscribe", key="more", probe="surface")["message"]
    desk.do("unsubscribe", key="3")
    desk.do("subscribe", key="more", probe="surface")


def test_measure_gives_values_or_a_frame(desk):
    assert desk.do("measure", probe="plain") == {"answer": 42}
    number = desk.order("measure", probe="surface", options={"a": 1})
    answer = desk.one.answer(number)
    frame = next(frame for frame in desk.one.frames if frame["re"] == number)
    assert answer["value"] == {"frame": frame["seq"]} and frame["parts"][0]["key"] == "measure"
    assert desk.refused("measure", probe="unknown")["field"] == "probe"


# ---- curves


def test_the_curves_come_whole_and_then_what_is_new(desk):
    desk.do("play")
    desk.turn(30)
    desk.do("subscribe", key="c", probe="curves", rate=20)
    first = desk.one.read().frames[-1]["parts"][0]
    assert first["meta"]["reset"] and first["meta"]["score"] == "accuracy" and first["arrays"]["step"][0] == 0
    for _ in range(200):
        desk.turn()
        desk.one.read()
    desk.do("pause")
    for _ in range(20):                    # what was sampled last may still be on its way
        desk.turn()
        desk.one.read()
    pieces = [frame["parts"][0] for frame in desk.one.frames]
    assert len(pieces) > 5 and not any(piece["meta"]["reset"] for piece in pieces[1:])
    steps = np.concatenate([piece["arrays"]["step"] for piece in pieces])
    assert (np.diff(steps) > 0).all() and steps.tolist() == desk.session.curves.rows[
        : desk.session.curves.count, 0
    ].tolist()
    assert np.isnan(pieces[0]["arrays"]["loss_test"]).all()


def test_the_curves_have_the_first_steps_in_detail(desk):
    desk.do("play")
    desk.turn(100)
    steps = desk.session.curves.rows[: desk.session.curves.count, 0]
    assert steps[:20].tolist() == list(range(20))


def test_curves_are_bounded_for_hours_and_keep_beginning_and_end():
    curves, cursor, seen = Curves(), None, []
    for number in range(30_000):
        curves.add({"step": number * 37, "epoch": number / 3, "loss": 1.0})
        if number % 10 == 0:
            part, cursor = curves.since("c", cursor)
            steps = part.arrays["step"]
            seen = steps.tolist() if part.meta["reset"] else seen + steps.tolist()
    assert curves.count <= LIMIT and len(seen) <= LIMIT
    assert seen == curves.rows[: len(seen), 0].tolist()
    assert seen[0] == 0 and (np.diff(seen) > 0).all()
    assert np.diff(seen).max() < 37 * 30_000 / 100, "evenly kept over the whole time"


def test_a_series_goes_on_after_a_change_of_the_loss_and_begins_anew_after_a_change_of_the_score():
    curves = Curves()
    curves.add({"step": 1, "epoch": 0, "loss": 1.0, "score": "accuracy"})
    curves.add({"step": 2, "epoch": 0, "loss": 1.0, "norm": 3.0, "score": "accuracy"})
    assert curves.names == ["step", "epoch", "loss", "norm"] and curves.count == 2
    curves.add({"step": 3, "epoch": 0, "loss": 1.0, "score": "R²"})
    assert curves.count == 1


# ---- long texts, limits, checkpoints


def test_long_texts_are_concealed_and_found_again(desk):
    text = "a,b\n" * LONG
    desk.do("set", changes={"data": {"name": "csv", "text": text, "painted": []}})
    shown = desk.one.state()["config"]["data"]["text"]
    assert shown.startswith("sha256:") and len(shown) < 100
    desk.do("open", config={"data": {"name": "csv", "text": shown, "painted": []}})
    assert desk.session.run.config["data"]["text"] == text
    texts = LongTexts()
    for number in range(20):
        texts.remember({"text": str(number) * LONG * 2})
    assert len(texts._texts) <= 4 and conceal(["short", text])[0] == "short"


def test_limits_are_checked_before_the_run_is_asked():
    settings = types.SimpleNamespace(max_parameters=10, max_painted=3, max_points=9, max_steps=50)
    desk = Desk(limits=Limits(settings, lambda config: config["model"].get("size", 1) if "model" in config else 1))
    desk.do("hello")
    for config in (
        {"model": {"size": 11}},
        {"model": {"hidden": [1] * 65}},
        {"model": {"hidden": [5000]}},
        {"data": {"name": "x", "points": 10, "painted": []}},
        {"data": {"name": "x", "painted": [[0]] * 4}},
    ):
        assert desk.refused("open", config=config)["expected"].startswith("at most")
    desk.session.run.config["model"] = {"name": "mlp", "size": 1}
    assert desk.refused("set", changes={"model.size": 11})["field"] == "model"
    assert desk.refused("set", changes={"data": {"name": "x", "points": 10}})["field"] == "data.points"
    assert desk.refused("edit", paint=[[0, 0, 0]] * 4)["field"] == "data.painted"
    assert desk.refused("step", count=51)["field"] == "count"
    assert desk.session.run.config["rate"] == 0.1 and not desk.session.run.edits


def test_what_a_change_leads_to_is_guessed_only_where_size_is_touched():
    config = {"data": {"name": "a", "points": 5}, "model": {"name": "m", "hidden": [2]}, "loss": {"name": "l"}}
    assert merged(config, {"rate": 2, "loss.name": "x"}) is None
    assert merged(config, {"model.hidden": [3]})["model"] == {"name": "m", "hidden": [3]}
    other = merged(config, {"data.points": 9, "data.name": "b"})
    assert other["data"] == {"name": "b", "points": 9} and other["loss"] is None
    assert merged(config, {"data": {"name": "c"}, "loss.name": "k"})["loss"] == {"name": "k"}


def test_nothing_is_trained_or_measured_before_it_is_compiled():
    ready = []
    desk = Desk(prepare=lambda run, session: bool(ready))
    desk.do("hello")
    desk.do("subscribe", key="s", probe="surface")
    desk.do("play")
    assert desk.turn(5) is None and desk.session.run.step == 0 and not desk.session.run.measured
    assert desk.one.state()["playing"]
    ready.append(1)
    desk.turn(3)
    assert desk.session.run.step > 0 and desk.one.read().frames


def test_work_for_others_is_done_between_slices(desk):
    async def go():
        task = asyncio.ensure_future(desk.session.ask(lambda session: session.run.step))
        other = asyncio.ensure_future(desk.session.ask(lambda session: 1 / 0))
        await asyncio.sleep(0)
        desk.turn()
        assert await task == 0
        with pytest.raises(ZeroDivisionError):
            await other

    asyncio.run(go())


def test_nobody_waits_for_a_session_that_has_gone(desk):
    async def go():
        task = asyncio.ensure_future(desk.session.ask(lambda session: 1))
        await asyncio.sleep(0)
        desk.session.close()
        for waiting in (task, desk.session.ask(lambda session: 2)):
            with pytest.raises(Refused, match="has gone"):
                await waiting
        desk.turn()

    asyncio.run(go())


def test_a_checkpoint_brings_back_run_curves_undo_and_speed(desk):
    desk.do("speed", steps_per_second=50)
    desk.do("set", changes={"rate": 0.5})
    desk.do("stop_at", step=500)
    desk.do("play")
    desk.turn(40)
    version, about, lanes = saving.taken(desk.session)
    about = json.loads(json.dumps(about))
    other = Desk()
    other.session.attach(other.viewer)
    rows = lanes[0][1]
    saving.bring_back(other.session, about, [(FakeRun.restore(snapshot), rows) for snapshot, rows in lanes])
    other.turn()
    state = other.session.state()
    assert state["playing"] and state["speed"] == 50 and state["stop_at"]["step"] == 500 and state["can_undo"]
    assert state["step"] >= desk.session.run.step > 0
    assert other.session.curves.count >= len(rows) > 5
    assert other.do("undo")["config"]["rate"] == 0.1


def test_weights_are_loaded_all_or_none(desk):
    good = {"layer1.weight": np.ones((2, 1))}
    assert saving.load_parameters(desk.session, good) == {"loaded": ["layer1.weight"]}
    for arrays, words in [
        ({}, "no layer1.weight"),
        ({**good, "more": np.ones(1)}, "more"),
        ({"layer1.weight": np.ones(2)}, "shape"),
        ({"layer1.weight": np.full((2, 1), np.nan)}, "finite"),
        ({"layer1.weight": np.array([["a"], ["b"]])}, "<U1"),
    ]:
        with pytest.raises(Refused, match=words):
            saving.load_parameters(desk.session, arrays)
    assert desk.session.run.parameters["layer1.weight"].tolist() == [[1], [1]]
