"""What connections leave behind is given back to the system, and only when some went."""
import time

from server import house, memory
from tests.live import Client, serving, wait_for


def test_memory_is_given_back_after_connections_went(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(house, "TIDY", 0.01)
    monkeypatch.setattr(memory, "give_back", lambda: calls.append(time.monotonic()))
    with serving(tmp_path) as server:
        with Client(server.port) as client:
            client.do("hello")
            assert not calls
        wait_for(lambda: calls)
        with Client(server.port) as client:
            client.do("hello")
            seen = len(calls)
            for _ in range(20):
                client.do("speed", steps_per_second=5)
            assert len(calls) == seen, "nobody went"


def test_giving_back_works_wherever_one_is(monkeypatch):
    assert memory.give_back() in (True, False)
    monkeypatch.setattr(memory, "_trim", None)
    assert memory.give_back() is False
