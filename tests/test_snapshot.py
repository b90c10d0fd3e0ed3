"""A run as bytes: it comes back to the bit, and bytes that are none do no harm."""
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine import BadSetting, EngineError, Run
from engine.execute import BATCH, EPOCH, POSITION, ROWS, SEED, SINCE, STATUS, STEP
from engine.registry import optimizers, schedules
from tests.runs import memory, own_classes, own_regression, small


def parts(data):
    """Header and the rest of a snapshot."""
    end = 8 + int.from_bytes(data[4:8], "little")
    return json.loads(data[8:end]), data[end:]


def packed(header, rest):
    text = json.dumps(header).encode()
    return b"NPS1" + len(text).to_bytes(4, "little") + text + rest


@pytest.mark.parametrize("optimizer", optimizers.names())
def test_a_restored_run_goes_on_to_the_bit(optimizer):
    run = Run(small(optimizer={"name": optimizer}, precision="float32"))
    run.train(13)
    again = Run.restore(run.snapshot())
    assert memory(again) == memory(run) and again.config == run.config
    run.train(300), again.train(300)
    assert memory(again) == memory(run)


@pytest.mark.parametrize("schedule", schedules.names())
def test_a_restored_run_goes_on_with_its_schedule(schedule):
    run = Run(small(schedule={"name": schedule}))
    run.train(13)
    again = Run.restore(run.snapshot())
    run.train(20), again.train(20)
    assert memory(again) == memory(run)


@pytest.mark.parametrize("data", [own_regression(), own_regression()[:2] + (None, None), own_classes()], ids=["values", "no test", "classes"])
def test_own_data_is_in_the_snapshot(data):
    run = Run(small(precision="float32"), data=data)
    run.train(7)
    again = Run.restore(run.snapshot())
    run.train(9), again.train(9)
    assert memory(again) == memory(run) and again.metrics() == run.metrics()


def test_edits_are_in_the_snapshot():
    run = Run(small())
    run.train(5)
    run.set("batch_size", 3)
    run.edit({"paint": [[0, 0, 1]]})
    run.train(5)
    again = Run.restore(run.snapshot())
    assert again.recipe() == run.recipe() and again.replayable
    replay = Run(**again.recipe())
    replay.train(10)
    assert memory(replay) == memory(run)


def test_a_restored_run_can_go_back_to_before_the_snapshot():
    run, states = Run(small()), {}
    for change in (None, {"batch_size": 5}, {"model.hidden": [6, 3]}):
        run.train(150)
        if change:
            run.set(change)
        states[run.step] = memory(run)
    again = Run.restore(run.snapshot())
    for step in (450, 300, 150):
        again.history.go(step)
        assert memory(again) == states[step]
    again.train(300)
    assert memory(again) == states[450]


def test_edits_still_to_come_are_in_the_snapshot():
    run = Run(small())
    run.train(5)
    run.set("batch_size", 3)
    run.train(5)
    end = memory(run)
    run.history.back(8)
    again = Run.restore(run.snapshot())
    again.train(8)
    assert memory(again) == end


def test_a_run_with_raw_writes_comes_back_and_says_so():
    run = Run(small())
    run.train(3)
    run.parameters["layer1.weight"][...] = 0.5
    again = Run.restore(run.snapshot())
    assert memory(again) == memory(run) and not again.replayable
    assert again.history.back(2) == 3, "what was before the write is not known any more"


def test_a_snapshot_does_not_change_the_run():
    run, twin = Run(small()), Run(small())
    run.train(4), twin.train(4)
    run.snapshot(), run.fork({"optimizer.learning_rate": 1.0}).train(10)
    run.train(4), twin.train(4)
    assert memory(run) == memory(twin)


def test_a_fork_is_the_run_with_the_change():
    run, twin = Run(small()), Run(small())
    run.train(4), twin.train(4)
    fork = run.fork({"optimizer.learning_rate": 1.0})
    twin.set("optimizer.learning_rate", 1.0)
    fork.train(9), twin.train(9)
    assert memory(fork) == memory(twin)
    assert memory(run.fork()) == memory(run)


def test_bytearrays_and_views_are_bytes():
    data = Run(small()).snapshot()
    assert memory(Run.restore(bytearray(data))) == memory(Run.restore(memoryview(data)))


# ---------------------------------------------------------------- hostile bytes

@pytest.fixture(scope="module")
def good():
    run = Run(small(), data=own_classes())
    run.train(3)
    run.set("batch_size", 5)
    return run.snapshot()


@pytest.mark.parametrize("data", [b"", b"NPS1", b"NPS1\xff\xff\xff\xff", b"NPS1\0\0\0\0", b"PK\3\4" + bytes(100), "text", None, 5,
                                  b"NPS1\2\0\0\0[]", b"NPS1\2\0\0\0{}", b"NPS1\4\0\0\0null", b"NPS1" + (4000).to_bytes(4, "little") + b"[" * 4000,
                                  b"NPS1" + (200_000).to_bytes(4, "little") + b"[" * 200_000, b"NPS1\1\0\0\0\xff"],
                         ids=lambda data: repr(data)[:20])
def test_other_bytes_are_refused(data):
    with pytest.raises(BadSetting) as refused:
        Run.restore(data)
    assert refused.value.field == "snapshot"


@pytest.mark.parametrize("cut", [1, 8, 100, 1000])
def test_bytes_cut_short_or_too_long_are_refused(good, cut):
    for data in (good[:-cut], good[:cut], good + bytes(cut)):
        with pytest.raises(EngineError):
            Run.restore(data)


@pytest.mark.parametrize("counter, value", [
    (STEP, -1), (EPOCH, -1), (POSITION, -1), (POSITION, 10**6), (POSITION, 21), (STATUS, 7), (SINCE, 99), (SINCE, -1), (SEED, 8),
    (BATCH, 0), (BATCH, -4), (BATCH, 2**40), (BATCH, 6), (ROWS, 0), (ROWS, 2**40)])
def test_counters_that_would_lead_beyond_the_memory_are_refused(good, counter, value):
    header, rest = parts(good)
    at = sum(int(np.prod(shape)) * np.dtype(kind).itemsize for name, kind, shape in header["arrays"][:1]) + 8 * counter
    with pytest.raises(BadSetting):
        Run.restore(packed(header, rest[:at] + int(value).to_bytes(8, "little", signed=True) + rest[at + 8:]))


@pytest.mark.parametrize("key, value", [
    ("config", {}), ("config", None), ("config", {"model": {"name": "mlp", "hidden": [4096] * 60}}), ("config", {"x": 1}),
    ("initial", None), ("initial", {"seed": -1}), ("edits", 5), ("edits", [{"step": 0}]), ("edits", [[]]), ("future", {"a": 1}),
    ("future", [{"step": 1, "set": 5, "paint": 2}]), ("replayable", "yes"), ("divergence", 5), ("own", False), ("arrays", []),
    ("arrays", [["arena", "O", [3]]]), ("arrays", [["arena", "<f8", [-1]]]), ("arrays", [["arena", "<f8", [2**60]]]),
    ("arrays", [["arena", "<f8", "12"]]), ("arrays", 7), ("arrays", [[1]]), ("arrays", [["arena", "<f8", [True]]])], ids=str)
def test_headers_that_say_something_else_are_refused(good, key, value):
    header, rest = parts(good)
    with pytest.raises(EngineError):
        Run.restore(packed(header | {key: value}, rest))


@pytest.mark.parametrize("key", ["config", "initial", "edits", "future", "replayable", "divergence", "own", "arrays"])
def test_headers_that_lack_something_are_refused(good, key):
    header, rest = parts(good)
    del header[key]
    with pytest.raises(BadSetting):
        Run.restore(packed(header, rest))


def test_labels_beyond_the_classes_are_refused(good):
    header, rest = parts(good)
    at = 0
    for name, kind, shape in header["arrays"]:
        if name == "y_train":
            break
        at += int(np.prod(shape)) * np.dtype(kind).itemsize
    with pytest.raises(EngineError):
        Run.restore(packed(header, rest[:at] + (10**12).to_bytes(8, "little") + rest[at + 8:]))


def test_any_numbers_in_the_memory_are_only_numbers(good):
    header, rest = parts(good)
    run = Run.restore(packed(header, b"\xff" * (header["arrays"][0][2][0] * 8) + rest[header["arrays"][0][2][0] * 8:]))
    assert run.train(5) == 0 and run.divergence["layer"]


@given(place=st.integers(0, 10**6), value=st.integers(0, 255))
@hypothesis_settings(max_examples=150, deadline=None)
def test_one_changed_byte_gives_a_run_or_an_engine_error(place, value):
    if not SNAPSHOT:
        run = Run(small())
        run.train(3)
        SNAPSHOT.append(run.snapshot())
    data = bytearray(SNAPSHOT[0])
    head = 8 + int.from_bytes(data[4:8], "little")
    data[place % (head + 20)] = value
    try:
        Run.restore(bytes(data)).train(2)
    except EngineError:
        pass


SNAPSHOT = []
