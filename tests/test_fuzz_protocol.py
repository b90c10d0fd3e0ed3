"""Whatever a client says: a typed error or a valid answer, exactly one, and the session goes on."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server import checkpoint, protocol
from server.connection import Closed, Connection
from server.errors import Refused
from server.frames import decode_frame
from server.house import House
from server.protocol import COMMANDS, BadMessage, parse
from server.settings import Settings
from tests.fakes import FakeEngine

EXAMPLES = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20)
tree = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
small = st.integers(0, 50)
named = st.sampled_from(["r1", "r2", "r3", "r9", ""]) | st.none() | tree
run = st.fixed_dictionaries({
    "label": st.sampled_from(["a", "b", "c", " ", "x" * 41]) | st.text(max_size=5),
    "changes": st.dictionaries(st.sampled_from(["rate", "seed", "diverge_at", "data.painted", "model.hidden"]),
                               tree | small, max_size=3)}, optional={"id": named, "extra": tree})
runs = st.lists(run, max_size=9) | st.lists(run, max_size=3).map(lambda more: [{"label": "first"}, *more]) | tree
fields = {
    "hello": {
        "session": st.none() | st.text(max_size=50),
        "lab": st.none() | st.text(max_size=5),
        "config": st.none() | tree,
        "run_to": small | tree,
        "edits": st.none() | st.lists(st.fixed_dictionaries({"step": small | tree, "set": st.dictionaries(st.sampled_from(["rate", "data.painted", "model.hidden"]), tree, max_size=2)}), max_size=3) | tree,
        "runs": runs,
    },
    "runs": {"runs": runs},
    "step": {"by": st.sampled_from(["batch", "epoch", "year"]), "count": small | tree},
    "back": {"by": st.sampled_from(["batch", "epoch"]), "count": small | tree},
    "speed": {"steps_per_second": st.floats() | st.none()},
    "stop_at": {"loss": st.floats() | st.none(), "epoch": small | st.none(), "step": small | st.none()},
    "set": {
        "changes": st.dictionaries(st.sampled_from(["rate", "data", "model.hidden", "", "x" * 200]), tree, max_size=3)
        | tree,
        "run": named,
    },
    "edit": {
        "run": named,
        "weight": st.text(max_size=9),
        "index": st.lists(small, max_size=3),
        "value": st.floats(),
        "paint": tree,
        "erase": tree,
    },
    "reset": {"seed": st.sampled_from(["same", "new", -1]) | small},
    "open": {"config": st.dictionaries(st.sampled_from(["rate", "data", "fail", "x"]), tree, max_size=3) | tree},
    "subscribe": {
        "key": st.text(max_size=70),
        "probe": st.sampled_from(["surface", "curves", "unknown", "gone", "plain"]),
        "options": st.dictionaries(st.text(max_size=5), tree, max_size=2) | tree,
        "rate": st.floats(),
        "run": named,
    },
    "unsubscribe": {"key": st.text(max_size=5)},
    "measure": {"probe": st.sampled_from(["surface", "curves", "unknown", "plain"]), "options": tree, "run": named},
    "ack": {"seq": small | tree},
    "visible": {"on": st.booleans() | tree},
}


@st.composite
def commands(draw):
    """Commands as a broken or malicious page would send them: mostly of the right form."""
    do = draw(st.sampled_from(sorted(COMMANDS)))
    known = fields.get(do, {})
    chosen = draw(st.lists(st.sampled_from(sorted(known)), unique=True)) if known else []
    command = {"id": draw(st.integers(1, 10**6)), "do": do, **{name: draw(known[name]) for name in chosen}}
    for name in draw(st.lists(st.sampled_from(["id", "do", "extra"]), max_size=1)):
        command[name] = draw(tree)
    return json.dumps(command)


messages = st.text(max_size=200) | st.binary(max_size=200) | tree.map(json.dumps) | commands()


class Table:
    """A connection to a house without threads: every message is followed by the session's turns."""

    def __init__(self, folder):
        self.house = House(Settings(data_dir=folder, message_rate=1e9, message_burst=10**9, max_sessions=3), FakeEngine)
        self.house.warm.ready = True
        self.house.deliver = self.house.store.deliver = self.deliver
        self.connection = Connection(self.house, None, None, None)
        self.connection.flood.rate = self.connection.flood.burst = self.connection.flood.tokens = 1e9
        self.connection.bad.rate = self.connection.bad.burst = self.connection.bad.tokens = 1e9

    @staticmethod
    def deliver(out):
        for function, *arguments in out:
            function(*arguments)

    def say(self, message):
        """Send it; gives every message that came back, decoded."""
        asyncio.run(self.connection.heard(message))
        for session in list(self.house.store.sessions.values()):
            session.turn(0.0005)
            while session.goals or session.busy:
                session.turn(0.0005)
            session.turn(0.0005)
        found = []
        while (text := self.connection.outbox.take()) is not None:
            found.append(json.loads(text) if isinstance(text, str) else decode_frame(text))
        return found

    def answers(self, message):
        return [found for found in self.say(message) if "ok" in found]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return Table(tmp_path_factory.mktemp("data"))


@EXAMPLES
@given(st.lists(messages, min_size=1, max_size=8))
@example(['{"id": 1, "do": "hello", "edits": [{}]}'])
def test_any_message_gets_one_typed_answer_and_the_session_goes_on(table, said):
    table.say('{"id": 1, "do": "hello"}')
    for message in said:
        answers = table.answers(message)
        assert len(answers) <= 1
        try:
            command = parse(message)
        except BadMessage as problem:
            (answer,) = answers
            assert answer["ok"] is False and answer["re"] == problem.id
        else:
            assert command.do == "ack" or not answers or answers[0]["re"] == command.id
        for answer in answers:
            if not answer["ok"]:
                assert answer["error"].keys() >= {"field", "expected", "got", "hint", "message"}
                assert len(answer["error"]["message"]) < 5000
    if table.connection.session is None:  # a greeting that was refused
        table.say('{"id": 1, "do": "hello"}')
    (answer,) = table.answers('{"id": 999, "do": "speed", "steps_per_second": 3}')
    assert answer == {"re": 999, "ok": True, "value": None}


def test_after_a_greeting_whose_run_cannot_be_made_nothing_goes_unanswered(table):
    """Neither what was sent before its refusal came nor what is sent after; and the next greeting is as the first."""
    table.say('{"id": 1, "do": "hello"}')
    asyncio.run(table.connection.heard('{"id": 2, "do": "hello", "edits": [{}]}'))
    answers = table.answers('{"id": 3, "do": "play"}') + table.answers('{"id": 4, "do": "play"}')
    assert [(answer["re"], answer["ok"]) for answer in answers] == [(2, False), (3, False), (4, False)]
    assert answers[2]["error"]["expected"] == "hello first"
    assert [answer["ok"] for answer in table.answers('{"id": 5, "do": "hello"}') + table.answers('{"id": 6, "do": "play"}')] == [True, True]


@EXAMPLES
@given(st.text() | st.binary() | tree.map(json.dumps) | commands())
def test_parsing_gives_a_command_or_a_bad_message(message):
    try:
        assert isinstance(parse(message), protocol.Command)
    except BadMessage as problem:
        json.dumps(problem.as_dict())


@EXAMPLES
@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: b"NPF1" + data))
def test_bytes_that_are_no_frame_are_a_value_error(data):
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_frame(data)


@EXAMPLES
@given(place=st.integers(0, 10**6), value=st.integers(1, 255), cut=st.integers(0, 400))
def test_a_damaged_checkpoint_is_noticed(place, value, cut):
    whole = checkpoint.pack({"lab": "x"}, [(b"snapshot" * 9, [[1.0, 2.0]]), (b"other", [[3.0]])])
    assert [snapshot for snapshot, _ in checkpoint.unpack(whole)[1]] == [b"snapshot" * 9, b"other"]
    damaged = bytearray(whole)
    damaged[place % len(whole)] ^= value
    for broken in (bytes(damaged), whole[: cut % len(whole)]):
        with pytest.raises(ValueError):
            checkpoint.unpack(broken)


def test_floods_of_bad_messages_cut_the_line(tmp_path):
    table = Table(tmp_path)
    table.connection.bad.tokens, table.connection.bad.burst, table.connection.bad.rate = 5, 5, 1e-9
    for _ in range(5):
        assert table.answers("nonsense")
    with pytest.raises(Closed) as caught:
        table.say("nonsense")
    assert caught.value.code == 1008


def test_errors_of_any_kind_become_plain_words(caplog):
    from server.errors import explain

    for problem in (
        Refused("a", "b", "\ud800" * 5000),
        RuntimeError("x"),
        MemoryError(),
        RecursionError(),
        KeyError("\ud800"),
    ):
        error = explain(problem)
        assert protocol.refusal(1, {**error, "message": error["message"].encode("utf-8", "replace").decode()})
