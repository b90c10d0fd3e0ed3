"""One client's queue: pictures keep the latest, series lose nothing, what is said is never dropped, credit is kept."""
import asyncio
import json

import numpy as np

from server import outbox as module
from server.frames import Part, decode_frame
from server.outbox import Outbox
from tests.fakes import Clock

MOMENT = {"step": 1, "epoch": 0.5, "time": 0.1}


def picture(key, value):
    return Part(key, "surface", {}, {"values": np.array([value], np.float32)})


def series(*steps):
    return Part("curves", "curves", {"reset": False}, {"step": np.array(steps, np.float64)}, series=True)


def everything(box):
    found = []
    while (message := box.take()) is not None:
        found.append(message)
    return found


def parts(message):
    return {part["key"]: part["arrays"] for part in decode_frame(message)["parts"]}


def test_pictures_keep_only_the_latest_and_series_are_joined():
    box = Outbox(Clock())
    for step in range(5):
        box.offer(MOMENT | {"step": step}, [picture("surface", step), series(step)])
    frame, = everything(box)
    got = parts(frame)
    assert got["surface"]["values"].tolist() == [4] and got["curves"]["step"].tolist() == [0, 1, 2, 3, 4]
    assert decode_frame(frame)["step"] == 4


def test_what_is_said_comes_in_order_and_before_pictures():
    box = Outbox(Clock())
    box.offer(MOMENT, [picture("a", 1)])
    box.say("one")
    box.say("two")
    box.say_latest("state", "old")
    box.say_latest("state", "new")
    messages = everything(box)
    assert messages[:3] == ["one", "two", "new"] and parts(messages[3]).keys() == {"a"}


def test_at_most_two_frames_are_under_way():
    clock = Clock()
    box = Outbox(clock)
    for number in range(5):
        box.offer(MOMENT, [picture("a", number)])
        everything(box)
    assert box.waiting and not box.credit()
    box.acknowledge(1)
    frame, = everything(box)
    assert parts(frame)["a"]["values"].tolist() == [4], "the newest, not the next"


def test_one_frame_under_way_when_drawing_lags():
    clock = Clock()
    box = Outbox(clock)
    box.offer(MOMENT, [picture("a", 0)])
    everything(box)
    clock.now += 0.6
    assert not box.credit()
    box.acknowledge(1)
    assert box.lag > 0.5 and box.credit()
    box.offer(MOMENT, [picture("a", 1)])
    everything(box)
    assert not box.credit()
    clock.now += 0.1
    box.acknowledge(2)
    box.offer(MOMENT, [picture("a", 2)])
    everything(box)
    assert box.credit(), "fast again: two"


def test_acknowledging_covers_earlier_frames_and_nonsense_is_ignored():
    box = Outbox(Clock())
    for number in range(2):
        box.offer(MOMENT, [picture("a", number)])
        everything(box)
    box.acknowledge(99)
    assert not box.credit()
    box.acknowledge(2)
    box.acknowledge(2)
    assert box.credit() and not box._under_way


def test_sequence_numbers_rise():
    box, seen = Outbox(Clock()), []
    for number in range(6):
        box.offer(MOMENT, [picture("a", number)])
        if number == 3:
            box.measured(7, MOMENT, picture("measure", 0))
        for message in everything(box):
            if isinstance(message, bytes):
                seen.append(decode_frame(message)["seq"])
                box.acknowledge(seen[-1])
    assert sorted(set(seen)) == sorted(seen) and len(seen) == 7


def test_a_measured_frame_needs_no_credit_and_is_named_by_its_answer():
    box = Outbox(Clock())
    for number in range(2):
        box.offer(MOMENT, [picture("a", number)])
        everything(box)
    box.measured(12, MOMENT, picture("measure", 5))
    frame, answer = everything(box)
    assert decode_frame(frame)["re"] == 12
    assert json.loads(answer) == {"re": 12, "ok": True, "value": {"frame": decode_frame(frame)["seq"]}}


def test_a_client_that_reads_no_answers_overflows_within_bounds():
    box = Outbox(Clock())
    for _ in range(10 * module.TEXTS):
        box.say("x" * 1000)
    assert box.overflowing and len(box._texts) <= module.TEXTS + 1


def test_a_series_that_nobody_reads_is_bounded():
    box = Outbox(Clock())
    for step in range(3 * module.SERIES):
        box.offer(MOMENT, [series(step)])
    assert len(box._series["curves"].arrays["step"]) <= module.SERIES


def test_what_is_unsubscribed_is_not_sent():
    box = Outbox(Clock())
    box.offer(MOMENT, [picture("a", 1), series(1)])
    box.forget("a")
    box.forget("curves")
    assert everything(box) == [] and not box.waiting


def test_waiting_ends_when_there_is_something_or_credit_comes():
    async def go():
        box = Outbox()
        task = asyncio.create_task(box.next())
        await asyncio.sleep(0)
        box.say("hello")
        assert await task == "hello"
        for number in range(3):
            box.offer(MOMENT, [picture("a", number)])
            if number < 2:
                await box.next()
        task = asyncio.create_task(box.next())
        await asyncio.sleep(0)
        assert not task.done()
        box.acknowledge(2)
        assert parts(await task)["a"]["values"].tolist() == [2]
    asyncio.run(go())
