"""The command line: training without a page, the catalog, and starting where something already runs."""

import io
import json
import socket
import subprocess
import sys

import pytest

from server import cli, instance
from server.settings import Settings
from tests.live import ROOT, TERMINATE, free_port, healthy, process, wait_for


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"data": {"name": "circle"}}))
    return str(path)


def test_train_to_a_pipe_prints_one_object_a_line_and_the_last_is_final(config, capsys):
    assert (
        cli.main(
            [
                "train",
                config,
                "--steps",
                "300",
                "--set",
                "optimizer.learning_rate=0.05",
                "--set",
                "model.activation=relu",
            ]
        )
        == 0
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["step"] == 0 and lines[-1]["step"] == 300 and lines[-1]["final"] is True
    assert lines[-1]["loss_train"] < lines[0]["loss_train"] and not any("final" in line for line in lines[:-1])


def test_train_shows_a_bar_on_a_terminal(config, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert cli.main(["train", config, "--steps", "50"]) == 0
    got = capsys.readouterr()
    assert "loss_train" in got.out and "50" in got.err and "{" not in got.out


def test_train_reads_standard_input_and_saved_settings(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"what": "a setting", "config": {"data": {"name": "moons"}}}'))
    assert cli.main(["train", "-", "--steps", "1"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["step"] == 1


def test_divergence_ends_with_1_and_is_told(tmp_path, capsys):
    path = tmp_path / "c.json"
    path.write_text(
        json.dumps(
            {
                "data": {"name": "plane"},
                "model": {"hidden": [8], "activation": "linear"},
                "optimizer": {"name": "sgd", "learning_rate": 10.0},
            }
        )
    )
    assert cli.main(["train", str(path), "--steps", "2000"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["divergence"]["message"]


def test_early_stopping_ends_it_with_the_best_weights(tmp_path, capsys, monkeypatch):
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"data": {"name": "moons", "noise": 1.0, "points": 100}, "early_stopping": {"patience": 3}, "seed": 1,
                                "model": {"hidden": [32, 32], "activation": "relu"}}))
    assert cli.main(["train", str(path), "--steps", "1000000"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["step"] < 1_000_000 and last["best"]["ended"] and abs(last["loss_test"] - last["best"]["loss"]) < 1e-6
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert cli.main(["train", str(path), "--steps", "1000000"]) == 0
    assert "Ended early" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["train", "CONFIG", "--steps", "1", "--set", "model.activation=rleu"], "relu"),
        (["train", "CONFIG", "--steps", "1", "--set", "optimizer.learning_rate=fast"], "optimizer.learning_rate"),
        (["train", "CONFIG", "--steps", "1", "--set", "optimizer.learning_rate"], "PATH=VALUE"),
        (["train", "CONFIG", "--steps", "-1"], "--steps"),
        (["train", "/none/here.json", "--steps", "1"], "a file"),
        (["train", __file__, "--steps", "1"], "JSON"),
        (["--port", "70000"], "--port"),
        (["--max-sessions", "0"], "--max-sessions"),
        (["--labs", "/none/here"], "--labs"),
        (["--host", "203.0.113.77", "--port", "0"], "--host"),
    ],
)
def test_what_is_wrong_ends_with_2_and_one_line(config, arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    assert cli.main([config if word == "CONFIG" else word for word in arguments]) == 2
    got = capsys.readouterr().err
    assert words in got and got.startswith("playground: ") and len(got.strip().splitlines()) == 1


def test_unknown_options_end_with_2(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--colour"])
    assert caught.value.code == 2


def test_describe_prints_the_catalog(capsys):
    assert cli.main(["describe"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_a_reader_that_has_had_enough_is_no_error():
    child = subprocess.Popen(
        [sys.executable, "-m", "server", "describe"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    child.stdout.close()
    assert child.stderr.read() == b"" and child.wait(60) == 0
    child.stderr.close()


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert "Neural Playground" in capsys.readouterr().out


def test_settings_come_from_the_environment_and_options_win(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_PORT", "1234")
    monkeypatch.setenv("PLAYGROUND_MAX_SESSIONS", "7")
    assert (Settings().port, Settings().max_sessions, Settings(port=5).port) == (1234, 7, 5)
    monkeypatch.setenv("PLAYGROUND_PORT", "many")
    with pytest.raises(Exception, match="PLAYGROUND_PORT"):
        cli.read_settings(cli._parser().parse_args([]))


def test_a_taken_port_is_told_and_the_next_one_used(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with process(tmp_path, port) as child:
            wait_for(lambda: any("Open http" in line for line in child.lines), "the address")
            told = "".join(child.lines)
            assert f"Port {port} is taken" in told
            healthy(int(told.partition("http://127.0.0.1:")[2].partition("/")[0]))


def test_a_second_start_says_that_one_is_running_and_opens_it_on_the_playground(tmp_path, monkeypatch):
    port = free_port()
    with process(tmp_path, port) as first:
        healthy(port)
        with process(tmp_path, port) as second:
            assert second.wait(60) == 0
        assert f"already running: http://127.0.0.1:{port}/" in "".join(second.lines)
        opened = []
        monkeypatch.setattr("webbrowser.open", opened.append)
        monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
        assert cli.main([]) == 0 and opened == [f"http://127.0.0.1:{port}/?lab=playground"]
        command = [sys.executable, "-m", "server", "--no-browser", "--data-dir", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and f"already running: http://127.0.0.1:{port}/" in done.stdout
        first.send_signal(TERMINATE)
        first.wait(30)
    assert instance.running(tmp_path) is None


def test_a_classroom_start_prints_address_and_code(tmp_path):
    port = free_port()
    with process(tmp_path, port, "--host", "0.0.0.0") as child:
        healthy(port)
        wait_for(lambda: any("processor" in line or "No network" in line for line in child.lines), "the invitation")
        told = "".join(child.lines)
        if "No network" not in told:
            address = instance.lan_address("0.0.0.0")
            assert f"http://{address}:{port}/" in told and ("█" in told or "##" in told)


def test_codes_are_square_in_both_ways():
    for plain, height in ((True, 1), (False, 2)):
        lines = instance.qr_lines("http://192.168.1.20:8765/", plain)
        assert len({len(line) for line in lines}) == 1 and len(lines) * height >= 25
        assert set("".join(lines)) <= set(" #" if plain else " █▀▄")


@pytest.mark.parametrize(
    "host, url",
    [
        ("0.0.0.0", "http://127.0.0.1:5/"),
        ("::", "http://[::1]:5/"),
        ("::1", "http://[::1]:5/"),
        ("192.168.1.2", "http://192.168.1.2:5/"),
        ("localhost", "http://localhost:5/"),
    ],
)
def test_addresses(host, url):
    assert instance.url_of(host, 5) == url
    assert instance.is_loopback(host) == (host in ("::1", "localhost"))
