"""A server that was killed comes back with its sessions; damaged checkpoints are survived; stopping is clean."""

import json
import os
import stat

import pytest

from server import checkpoint
from tests.live import TERMINATE, Client, free_port, healthy, process, wait_for


def kept(folder):
    return list((folder / "sessions").glob("*.session"))


def step_of(path):
    about, ((snapshot, rows), *others) = checkpoint.unpack(path.read_bytes())
    return int(rows[-1][0]) if len(rows) else 0


def test_kill_9_and_restart_finds_the_session_in_training(tmp_path):
    port = free_port()
    with process(tmp_path, port) as child:
        healthy(port)
        with Client(port) as client:
            secret = client.do("hello")["session"]
            client.do("set", changes={"optimizer.learning_rate": 0.02})
            client.do("speed", steps_per_second=300)
            client.do("play")
            wait_for(lambda: any(step_of(path) > 100 for path in kept(tmp_path)), "a checkpoint in training")
            child.kill()
            child.wait()
    at = step_of(kept(tmp_path)[0])
    with process(tmp_path, port) as child:
        healthy(port)
        with Client(port) as client:
            value = client.do("hello", session=secret)
            assert value["resumed"] and value["session"] == secret, child.lines
            state = value["state"]
            assert state["playing"] and state["speed"] == 300 and state["can_undo"] and state["step"] >= at
            assert state["config"]["optimizer"]["learning_rate"] == 0.02
            client.do("subscribe", key="c", probe="curves", rate=20)
            client.until(lambda found: found.get("step", 0) > state["step"] and "parts" in found)
            whole = next(part for frame in client.frames for part in frame["parts"])
            assert whole["meta"]["reset"] and whole["arrays"]["step"][0] == 0, "the curves are there from the beginning"


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_checkpoint_begins_anew(tmp_path, damage):
    port = free_port()
    with process(tmp_path, port) as child:
        healthy(port)
        with Client(port) as client:
            secret = client.do("hello")["session"]
            client.do("step", count=5)
        child.send_signal(TERMINATE)
        child.wait(30)
    (path,) = kept(tmp_path)
    assert secret not in path.name
    data = path.read_bytes()
    path.write_bytes(
        {"cut": data[: len(data) // 2], "flipped": data[:100] + bytes([data[100] ^ 1]) + data[101:], "empty": b""}[
            damage
        ]
    )
    with process(tmp_path, port):
        healthy(port)
        with Client(port) as client:
            value = client.do("hello", session=secret, config={"data": {"name": "circle"}})
            assert (
                not value["resumed"]
                and value["state"]["step"] == 0
                and value["state"]["config"]["data"]["name"] == "circle"
            )


@pytest.mark.skipif(os.name != "posix", reason="signals and rights of files as POSIX has them")
def test_stopping_keeps_every_session_for_its_owner_alone(tmp_path):
    port = free_port()
    with process(tmp_path, port) as child:
        healthy(port)
        note = json.loads((tmp_path / "running.json").read_text())
        assert note["url"] == f"http://127.0.0.1:{port}/"
        with Client(port) as client:
            secret = client.do("hello")["session"]
            client.do("step", count=123)
            client.state(lambda state: state["step"] == 123)
            client.do("play")
            child.send_signal(TERMINATE)
            assert client.until(lambda found: found.get("event") == "closing")
            assert child.wait(30) == 0
    (path,) = kept(tmp_path)
    assert step_of(path) >= 123
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not (tmp_path / "running.json").exists() and "Traceback" not in "".join(child.lines)
    assert secret not in "".join(child.lines)


def test_half_written_and_old_checkpoints_are_swept(tmp_path):
    checkpoint.write(tmp_path, "young", b"1")
    checkpoint.write(tmp_path, "old", b"2")
    (tmp_path / ".half-1.tmp").write_bytes(b"3")
    for name in ("old.session", ".half-1.tmp"):
        os.utime(tmp_path / name, (1, 1))
    checkpoint.sweep(tmp_path, 3600)
    assert [path.name for path in tmp_path.iterdir()] == ["young.session"]
    for number in range(5):
        checkpoint.write(tmp_path, f"many{number}", b"x")
    checkpoint.sweep(tmp_path, 3600, most=2)
    assert len(list(tmp_path.iterdir())) == 2
    checkpoint.sweep(tmp_path / "none", 1)


def test_a_write_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    checkpoint.write(tmp_path, "one", checkpoint.pack({"n": 1}, [(b"a", [])]))

    def full(*arguments):
        raise OSError(28, "no space left")

    monkeypatch.setattr(checkpoint.os, "replace", full)
    with pytest.raises(OSError):
        checkpoint.write(tmp_path, "one", checkpoint.pack({"n": 2}, [(b"b", [])]))
    assert checkpoint.read(tmp_path, "one")[0] == {"n": 1}
    assert len(list(tmp_path.iterdir())) == 1 and checkpoint.read(tmp_path, "two") is None
