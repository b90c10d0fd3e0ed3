"""Probes that measure in float64 wait for their kernels; the session does not."""
from functools import cache

import pytest

from engine import EngineError, Run, jit
from engine.registry import probes
from server.looking import NotYet
from tests.test_session import Desk


class Late:
    """Says that everything is compiled in the run's own precision, and in float64 only from a moment on."""

    def __init__(self):
        self.there, self.asked = False, []

    def __call__(self, run, session, precision=None):
        if precision:
            self.asked.append(precision)
        return precision is None or self.there


@pytest.fixture
def late():
    return Late()


@pytest.fixture
def desk(late):
    desk = Desk(prepare=late, precisions={"surface": "float64"})
    desk.do("hello")
    return desk


def test_training_and_other_pictures_go_on_while_one_is_compiled(desk, late):
    for probe in ("surface", "unit"):
        desk.do("subscribe", key=probe, probe=probe, rate=60)
    desk.do("play")
    desk.turn(20)
    keys = {part["key"] for frame in desk.one.read().frames for part in frame["parts"]}
    assert desk.session.run.step > 20 and keys == {"unit"} and "float64" in late.asked
    late.there = True
    desk.session.release()
    assert desk.woken[-1], "it is woken as somebody waits"
    desk.turn(20)
    assert {part["key"] for frame in desk.one.read().frames for part in frame["parts"]} == {"surface", "unit"}


def test_a_measurement_is_answered_when_it_can_be_and_only_once(late):
    desk = Desk(prepare=late, precisions={"plain": "float64"})
    desk.do("hello")
    number = desk.order("measure", probe="plain")
    desk.turn(5)
    assert desk.one.answer(number) is None and desk.do("step") == {"step": 1, "epoch": 0.125}, "others are carried out meanwhile"
    late.there = True
    desk.session.release()
    desk.turn(3)
    assert [text["value"] for text in desk.one.read().texts if text.get("re") == number] == [{"answer": 42}] and not desk.session.held


def test_a_claim_waits_for_its_probe(late):
    lesson = {"steps": [{"title": "One", "check": {"claim": "It is.", "all": [{"measure": "surface.values.0", "above": -1}]}}]}
    desk = Desk(prepare=late, precisions={"surface": "float64"}, lesson=lambda: lesson)
    desk.do("hello")
    number = desk.order("check", step=1)
    assert desk.one.answer(number) is None
    late.there = True
    desk.session.release()
    desk.turn(3)
    assert desk.one.answer(number)["value"]["passed"]


def test_what_became_ready_between_asking_and_holding_is_not_missed(desk, late):
    desk.session.held.clear()
    late.there = True
    desk.session.hold((lambda: None,), NotYet(desk.session.run, "float64"))
    assert not desk.session.held and len(desk.session.inbox) == 1


def test_a_page_that_left_meanwhile_is_answered_into_the_void(desk, late):
    other, _ = desk.look()
    desk.order("measure", viewer=other, probe="surface")
    desk.session.detach(other)
    late.there = True
    desk.session.release()
    desk.turn(3)
    assert not desk.session.held and not desk.session.inbox
    assert desk.do("measure", probe="plain") == {"answer": 42}


KINDS = {"two classes": {"data": {"name": "spiral", "points": 60}}, "regression": {"data": {"name": "plane", "points": 60}},
         "pictures": {"data": "digits", "model": "cnn"}, "signals": {"data": "echo", "model": "recurrent"},
         "text": {"data": "text", "model": "transformer"}, "experts": {"data": {"name": "spiral", "points": 60}, "model": {"name": "mixture"}},
         "an order": {"data": "sort_numbers", "model": "pointer"}, "a store": {"data": "facts", "model": "retrieval"},
         "two domains": {"data": "two_domains"}}


@cache
def trained(kind):
    run = Run({"batch_size": 8, "seed": 3} | KINDS[kind])
    run.train(2)
    return run


@pytest.mark.parametrize("record", list(probes), ids=lambda record: record.name)
def test_every_probe_says_when_it_needs_a_networks_kernels_in_float64(record, monkeypatch):
    answered = 0
    for run in map(trained, KINDS):
        own, asked = {kernel for _, kernel in run.kernels()}, set()

        class Asked(dict):
            def __contains__(self, key):
                asked.add(key)
                return super().__contains__(key)

        monkeypatch.setattr(jit, "_addresses", Asked(jit._addresses))
        try:
            run.probe(record.name, {"input": [0.5] * len(run.data.columns)} if "input" in record.knobs else {})
        except EngineError:                      # it is for other networks or data
            continue
        answered += 1
        assert any(kernel in own and precision == "float64" for kernel, precision in asked) == (record.precision == "float64")
    assert answered
