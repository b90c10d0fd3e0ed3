"""Readers that stop reading cost a bounded amount of memory and nobody else's pictures."""

import json

from tests.live import Client, serving, wait_for
from tests.test_transport import say, upgrade

PICTURE = 8_000_000  # bytes of the probe "huge"


def test_readers_that_stop_reading_hold_two_pictures_at_most_and_the_others_go_on(tmp_path):
    with serving(tmp_path, stall_seconds=1000) as server:
        lines = [upgrade(server) for _ in range(4)]
        for line in lines:
            say(line, '{"id": 1, "do": "hello"}')
            say(line, '{"id": 2, "do": "subscribe", "key": "h", "probe": "huge", "rate": 60}')
            say(line, '{"id": 3, "do": "subscribe", "key": "c", "probe": "curves", "rate": 60}')
            say(line, '{"id": 4, "do": "play"}')
        wait_for(
            lambda: sum(bool(getattr(c, "_stalled", None)) for c in server.server_state.connections) == 4,
            "all to stall",
        )
        with Client(server.port) as client:
            client.do("hello")
            client.do("subscribe", key="s", probe="surface", rate=60)
            client.do("play")
            before = [session.run.step for session in server.house.store.sessions.values()]
            while len(client.frames) < 100:
                client.hear()
            for connection in list(server.server_state.connections):
                assert connection.transport.get_write_buffer_size() <= 2 * PICTURE + 100_000
            for connection in list(server.house.connections):
                box = connection.outbox
                assert len(box._under_way) <= 2 and len(box._pictures) <= 1 and len(box._texts) < 50
                assert all(len(part.arrays["step"]) <= 2000 for part in box._series.values())
            after = [session.run.step for session in server.house.store.sessions.values()]
            assert all(late > early for early, late in zip(before, after, strict=False)), "training goes on unwatched"
        for line in lines:
            line.close()
        wait_for(lambda: not server.house.connections)


def test_a_page_that_draws_nothing_any_more_gets_two_frames_and_all_its_answers(tmp_path):
    with serving(tmp_path) as server, Client(server.port, acknowledge=False) as client:
        client.do("hello")
        client.do("subscribe", key="s", probe="surface", rate=60)
        client.do("play")
        for speed in range(1, 30):
            client.do("speed", steps_per_second=1000 * speed)
        assert 1 <= len(client.frames) <= 2
        client.socket.send(json.dumps({"do": "ack", "seq": client.frames[-1]["seq"]}))
        count = len(client.frames)
        client.until(lambda found: len(client.frames) > count)
