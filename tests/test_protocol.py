"""Messages and frames: what is accepted, what is refused and in which words, and the frames both sides read alike."""

import json

import numpy as np
import pytest

from server import frames, protocol
from server.frames import Part, decode_frame, encode_frame
from server.protocol import BadMessage, parse
from tests import golden_frames


@pytest.mark.parametrize("name", sorted(golden_frames.frames()))
def test_golden_frames_are_written_and_read_as_ever(name):
    data = (golden_frames.FOLDER / f"{name}.bin").read_bytes()
    expected = json.loads((golden_frames.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert golden_frames.frames()[name] == data, "the layout changed: the page must change with it"
    assert golden_frames.readable(data) == expected


def test_every_array_begins_at_a_multiple_of_eight_of_the_whole_message():
    for data in golden_frames.frames().values():
        length = int.from_bytes(data[4:8], "little")
        assert length % 8 == 0 and len(data) % 8 == 0
        for part in json.loads(data[8 : 8 + length])["parts"]:
            assert all(array["offset"] % 8 == 0 for array in part["arrays"].values())


@pytest.mark.parametrize(
    "values, dtype",
    [
        (np.array([True, False]), "uint8"),
        (np.array([1, 2]), "int32"),
        (np.array([2**40]), "float64"),
        (np.array([1.5], np.float16), "float32"),
        (np.arange(6.0).reshape(2, 3).T, "float64"),
        (np.array([1, 2], ">i4"), "int32"),
        (np.array([], np.int64), "int32"),
    ],
)
def test_arrays_of_other_kinds_are_converted(values, dtype):
    header = decode_frame(encode_frame(0, 0, 0, 0, [Part("k", "p", {}, {"a": values})]))
    got = header["parts"][0]["arrays"]["a"]
    assert got.dtype.name == dtype and got.shape == values.shape and (got == values).all()


def test_an_array_that_cannot_travel_is_a_fault_of_the_server():
    with pytest.raises(TypeError, match="cannot travel"):
        encode_frame(0, 0, 0, 0, [Part("k", "p", {}, {"a": np.array(["text"])})])


def test_not_a_number_in_meta_and_answers_becomes_null():
    header = decode_frame(
        encode_frame(
            0, 0, 0, 0, [Part("k", "p", {"a": float("nan"), "b": np.float32(1.5), "c": np.float64("inf")}, {})]
        )
    )
    assert header["parts"][0]["meta"] == {"a": None, "b": 1.5, "c": None}
    assert json.loads(protocol.answer(3, {"loss": float("inf"), "rows": np.array([1, 2])})) == {
        "re": 3,
        "ok": True,
        "value": {"loss": None, "rows": [1, 2]},
    }


@pytest.mark.parametrize(
    "data", [b"", b"NPF1", b"NPF2\0\0\0\0", b"NPF1\x08\0\0\0", b"NPF1\x07\0\0\0{}     ", b"NPF1\xff\xff\xff\xff{}"]
)
def test_bytes_that_are_no_frame_are_refused(data):
    with pytest.raises(ValueError):
        decode_frame(data)


def test_a_command_is_read():
    command = parse('{"id": 12, "do": "set", "changes": {"optimizer.learning_rate": 0.1}}')
    assert (command.id, command.do, command.changes) == (12, "set", {"optimizer.learning_rate": 0.1})
    assert parse('{"do": "ack", "seq": 3}').id is None
    assert parse('{"id": 1, "do": "step"}').count == 1
    assert parse('{"id": 1, "do": "reset", "seed": 5}').seed == 5


@pytest.mark.parametrize(
    "text, field, words",
    [
        ("", "message", "JSON"),
        ("[]", "message", "list"),
        ("nonsense", "message", "JSON"),
        ('"text"', "message", "str"),
        ("[" * 100_000, "message", "JSON"),
        ('{"id": 1}', "do", "one of hello"),
        ('{"id": 1, "do": "fly"}', "do", "fly"),
        ('{"id": 1, "do": ["play"]}', "do", "play"),
        ('{"do": "play"}', "id", "this field"),
        ('{"id": -1, "do": "play"}', "id", "greater"),
        ('{"id": true, "do": "play"}', "id", "integer"),
        ('{"id": "1", "do": "play"}', "id", "integer"),
        ('{"id": 1, "do": "play", "loud": 1}', "loud", "only id, do"),
        ('{"id": 1, "do": "step", "count": 0}', "count", "greater"),
        ('{"id": 1, "do": "step", "by": "year"}', "by", "batch"),
        ('{"id": 1, "do": "speed", "steps_per_second": 0}', "steps_per_second", "greater"),
        ('{"id": 1, "do": "speed", "steps_per_second": 1e999}', "steps_per_second", "finite"),
        ('{"id": 1, "do": "speed", "steps_per_second": NaN}', "message", "JSON"),
        ('{"id": 1, "do": "set", "changes": {}}', "changes", "at least 1"),
        ('{"id": 1, "do": "set", "changes": {"a": 1e999}}', "a", "finite"),
        ('{"id": 1, "do": "set", "changes": {"a": %s}}' % ("9" * 4000), "a", "2⁵³"),
        ('{"id": 1, "do": "open", "config": %s}' % ('{"a":' * 20 + "1" + "}" * 20), "a", "nesting"),
        ('{"id": 1, "do": "subscribe", "key": "k", "probe": "p", "rate": 61}', "rate", "60"),
        ('{"id": 1, "do": "reset", "seed": "old"}', "seed", ""),
        ('{"id": 1, "do": "edit", "paint": [[1, 2, null]]}', "paint[0][2]", "number"),
        (b"\xff\xfe", "message", "JSON"),
    ],
)
def test_a_bad_message_says_which_field_what_was_expected_and_what_came(text, field, words):
    with pytest.raises(BadMessage) as caught:
        parse(text)
    error = caught.value.as_dict()
    assert error["field"].startswith(field) and words in error["message"] and len(error["message"]) < 500


def test_a_bad_command_keeps_its_number_so_that_it_can_be_answered():
    with pytest.raises(BadMessage) as caught:
        parse('{"id": 7, "do": "step", "count": "many"}')
    assert caught.value.id == 7


def test_of_a_name_written_twice_the_last_counts():
    assert parse('{"id": 1, "id": 2, "do": "play"}').id == 2


def piece(*steps, reset=False):
    return Part("curves", "curves", {"reset": reset}, {"step": np.array(steps, np.float64)}, True)


def test_series_are_joined_and_a_reset_replaces():
    both = frames.merge_series(piece(1, 2, reset=True), piece(3), 100)
    assert both.arrays["step"].tolist() == [1, 2, 3] and both.meta["reset"] is True
    assert frames.merge_series(both, piece(9, reset=True), 100).arrays["step"].tolist() == [9]


def test_a_series_that_waits_is_bounded_and_keeps_its_end():
    both = frames.merge_series(piece(*range(100)), piece(*range(100, 150)), 100)
    steps = both.arrays["step"]
    assert len(steps) <= 100 and steps[-1] == 149 and steps[0] == 0 and (np.diff(steps) > 0).all()
