"""The whole server over real sockets: first with a run that only counts, then with the real engine."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest

from server.errors import Refused
from server.exports import harmless
from server.lab import Known, read_lab
from server.shelf import Shelf
from tests.live import Client, get, post, serving, wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def client(server):
    with Client(server.port) as client:
        client.hello = client.do("hello")
        yield client


def test_health_answers_at_once_and_says_when_all_is_compiled(server):
    wait_for(lambda: server.house.warm.ready)
    status, headers, body = get(server.url + "/api/health")
    found = json.loads(body)
    assert status == 200 and found["app"] == "neural-playground" and found["ready"] is True
    assert {"compiled", "total", "name"} <= found.keys()


def test_catalog_and_labs(server):
    assert json.loads(get(server.url + "/api/catalog")[2]) == {"activations": []}
    labs = json.loads(get(server.url + "/api/labs")[2])
    assert labs["labs"] and isinstance(labs["problems"], list)
    for said in labs["labs"]:
        lab = json.loads(get(f"{server.url}/api/labs/{said['name']}")[2])
        assert {"name", "title", "config"} <= lab.keys() and said["title"] == lab["title"] and said["steps"] == len(lab["steps"])
    assert get(server.url + "/api/labs/nothing")[0] == 400


@pytest.mark.parametrize(
    "path, kind",
    [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/frames.js", "text/javascript"),
        ("/vendor/preact/dist/preact.mjs", "text/javascript"),
        ("/style/tokens.css", "text/css"),
        ("/vendor/manifest.json", "application/json"),
    ],
)
def test_the_pages_files_have_their_types_and_are_asked_about_anew(server, path, kind):
    status, headers, body = get(server.url + path)
    assert status == 200 and headers["content-type"].startswith(kind) and headers["cache-control"] == "no-cache"
    status, _, body = get(server.url + path, **{"If-None-Match": headers["etag"]})
    assert status == 304 and not body


@pytest.mark.parametrize(
    "path", ["/nothing", "/..%2fpyproject.toml", "/%2e%2e/pyproject.toml", "/../server/app.py", "/labs/none.toml"]
)
def test_nothing_outside_the_page_is_served(server, path):
    assert get(server.url + path)[0] in (400, 404)


def test_hello_tells_everything_a_page_needs(client):
    assert {
        "session",
        "token_is_session",
        "version",
        "resumed",
        "catalog",
        "labs",
        "panels",
        "lab",
        "state",
    } <= client.hello.keys()
    assert len(client.hello["session"]) >= 32 and client.hello["resumed"] is False
    assert all(panel.startswith("/panels/") for panel in client.hello["panels"])


def test_commands_before_hello_are_refused(server):
    with Client(server.port) as client:
        answer = client.ask("play")
        assert not answer["ok"] and "hello" in answer["error"]["message"]
        assert client.do("hello")["state"]["step"] == 0


def test_playing_is_seen(client):
    client.do("subscribe", key="s", probe="surface", rate=60)
    client.do("play")
    client.until(lambda found: found.get("step", 0) > 100 and "parts" in found)
    client.do("pause")
    assert client.state(lambda state: not state["playing"])["step"] > 100


def test_a_page_that_comes_back_finds_its_session(server, client):
    client.do("step", count=7)
    client.socket.close()
    with Client(server.port) as again:
        value = again.do("hello", session=client.hello["session"])
        assert value["resumed"] and value["state"]["step"] == 7 and value["session"] == client.hello["session"]


def test_an_unknown_session_begins_anew_with_the_pages_own_setting(server):
    with Client(server.port) as client:
        value = client.do("hello", session="nonsense", config={"rate": 5})
        assert not value["resumed"] and value["session"] != "nonsense" and value["state"]["config"]["rate"] == 5


def test_a_bad_setting_in_hello_is_refused_and_another_hello_may_follow(server):
    before = len(server.house.store.sessions)
    with Client(server.port) as client:
        answer = client.ask("hello", config={"fail": "so"})
        assert answer["error"]["field"] == "fail"
        wait_for(lambda: len(server.house.store.sessions) == before)
        assert client.do("hello")["state"]
        assert not client.ask("hello", lab="none")["ok"]


def test_run_to_trains_to_the_step(server):
    with Client(server.port) as client:
        client.do("hello", run_to=1234)
        assert client.state(lambda state: state["step"] == 1234)["playing"] is False


def test_two_pages_of_one_session_see_the_same(server, client):
    with Client(server.port) as other:
        other.do("hello", session=client.hello["session"])
        client.do("set", changes={"rate": 0.25})
        assert other.state(lambda state: state["config"]["rate"] == 0.25)


def test_a_slider_faster_than_the_rate_is_answered_every_time_and_ends_at_its_last_value(client):
    numbers = [client.send("set", changes={"rate": value}) for value in range(100)]
    answers = {}
    while len(answers) < len(numbers):
        found = client.hear()
        if found.get("re") in numbers:
            assert found["re"] not in answers
            answers[found["re"]] = found
    assert all(answer["ok"] for answer in answers.values())
    assert answers[numbers[-1]]["value"]["config"]["rate"] == 99


def test_other_commands_beyond_the_rate_are_refused_and_the_line_stays(client):
    numbers = [client.send("speed", steps_per_second=5) for _ in range(400)]
    answers = [client.until(lambda found: found.get("re") in numbers) for _ in numbers]
    assert {answer["re"] for answer in answers} == set(numbers)
    assert any(answer["ok"] for answer in answers)
    assert any(not answer["ok"] and answer["error"]["field"] == "rate" for answer in answers)


def test_a_flood_cuts_the_line_but_not_the_session(server, client):
    with pytest.raises(Exception, match="1008"):
        for _ in range(5000):
            client.socket.send('{"do": "ack", "seq": 1}')
        while True:
            client.hear()
    with Client(server.port) as again:
        assert again.do("hello", session=client.hello["session"])["resumed"]


def test_too_large_a_message_cuts_the_line_but_not_the_session(server, client):
    with pytest.raises(Exception, match="1009"):
        client.socket.send("x" * 100_000)
        while True:
            client.hear()
    with Client(server.port) as again:
        assert again.do("hello", session=client.hello["session"])["resumed"]


def test_no_more_sessions_than_allowed_but_abandoned_ones_make_room(tmp_path):
    with serving(tmp_path, max_sessions=2) as server, Client(server.port) as one, Client(server.port) as two:
        first = one.do("hello")["session"]
        one.do("step", count=3)
        two.do("hello")
        with Client(server.port) as three:
            answer = three.ask("hello")
            assert not answer["ok"] and "--max-sessions" in answer["error"]["hint"]
            one.socket.close()
            wait_for(lambda: sum(bool(s.viewers) for s in server.house.store.sessions.values()) == 1)
            assert three.do("hello")["state"]["step"] == 0
            two.socket.close()
            wait_for(lambda: sum(bool(s.viewers) for s in server.house.store.sessions.values()) == 1)
            wait_for(lambda: any(tmp_path.joinpath("sessions").glob("*.session")))
            with Client(server.port) as back:
                value = back.do("hello", session=first)
                assert value["resumed"] and value["state"]["step"] == 3


def test_sessions_nobody_looks_at_rest_then_leave_and_come_back(tmp_path):
    with serving(tmp_path, pause_seconds=0.2, idle_seconds=0.6, checkpoint_seconds=0.1) as server:
        with Client(server.port) as client:
            secret = client.do("hello")["session"]
            client.do("speed", steps_per_second=200)
            client.do("play")
            client.do("subscribe", key="s", probe="surface")
            client.until(lambda found: found.get("step", 0) > 3)
        wait_for(lambda: not server.house.store.sessions, "the session to leave")
        with Client(server.port) as client:
            value = client.do("hello", session=secret)
            assert value["resumed"] and value["state"]["playing"] and value["state"]["step"] > 3
            client.do("subscribe", key="s", probe="surface", rate=60)
            client.until(lambda found: found.get("step", 0) > value["state"]["step"])


def test_a_stopping_server_tells_its_pages(tmp_path):
    with serving(tmp_path) as server:
        client = Client(server.port)
        client.do("hello")
        server.should_exit = True
        assert client.until(lambda found: found.get("event") == "closing")["back_in_secs"] >= 0
        with pytest.raises(Exception, match="1012"):
            while True:
                client.hear()
    assert list(tmp_path.joinpath("sessions").glob("*.session"))


# ---- files


def test_files_need_a_session_and_the_pages_origin(server, client):
    secret = client.hello["session"]
    for name in ("weights", "history", "pytorch", "setting"):
        assert post(f"{server.url}/api/export/{name}")[0] == 404
        assert post(f"{server.url}/api/export/{name}", X_Session="x" * 40)[0] == 404
        assert post(f"{server.url}/api/export/{name}", X_Session=secret, Origin="http://evil.example")[0] == 403
        assert get(f"{server.url}/api/export/{name}", **{"X-Session": secret})[0] in (404, 405)


def test_weights_go_out_and_come_back(server, client):
    secret = client.hello["session"]
    status, headers, body = post(server.url + "/api/export/weights", X_Session=secret)
    assert status == 200 and "weights.npz" in headers["content-disposition"]
    arrays = dict(np.load(io.BytesIO(body), allow_pickle=False))
    arrays["layer1.weight"] += 2
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    status, _, body = post(server.url + "/api/import/weights", packed.getvalue(), X_Session=secret)
    assert status == 200 and json.loads(body)["value"]["loaded"] == ["layer1.weight"]
    arrays = np.load(io.BytesIO(post(server.url + "/api/export/weights", X_Session=secret)[2]), allow_pickle=False)
    assert (arrays["layer1.weight"] == 2).all()


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("layer1.weight.npy", bytes(30_000_000))
    return file.getvalue()


@pytest.mark.parametrize(
    "body, words",
    [
        (b"", "npz"),
        (b"nonsense", "npz"),
        (npz(other=np.ones(2)), "layer1.weight"),
        (npz(**{"layer1.weight": np.ones(3)}), "shape"),
        (npz(**{"layer1.weight": np.array([[1], ["x"]], object)}), "npz"),
        (bomb(), "unpacked"),
        (bytes(21_000_000), "at most"),
    ],
)
def test_bad_weights_are_refused_in_words(server, client, body, words):
    status, _, answer = post(server.url + "/api/import/weights", body, X_Session=client.hello["session"])
    assert status in (400, 413) and words in json.loads(answer)["error"]["message"]


def test_history_is_a_table_without_formulas(server, client):
    client.do("step", count=30)
    status, headers, body = post(server.url + "/api/export/history", X_Session=client.hello["session"])
    rows = list(csv.reader(io.StringIO(body.decode())))
    assert status == 200 and rows[0][:2] == ["step", "epoch"] and rows[-1][0] == "30" and "nan" not in body.decode()
    assert [harmless(cell) for cell in ("=1+1", "+1", "-1", "@x", "x", 5)] == ["'=1+1", "'+1", "'-1", "'@x", "x", 5]


def test_script_and_setting(server, client):
    secret = client.hello["session"]
    assert b"import torch" in post(server.url + "/api/export/pytorch", X_Session=secret)[2]
    body = post(server.url + "/api/export/setting", X_Session=secret)[2]
    setting = json.loads(body)
    assert setting["config"]["rate"] == 0.1
    setting["config"]["rate"] = 0.75
    status, _, answer = post(server.url + "/api/import/setting", json.dumps(setting).encode(), X_Session=secret)
    assert status == 200 and json.loads(answer)["value"]["config"]["rate"] == 0.75
    for bad in (b"", b"[]", b"[1", b'{"config": 5}', b'{"config": {"a": 1e999}}', b"[" * 9999):
        assert post(server.url + "/api/import/setting", bad, X_Session=secret)[0] == 400


def test_an_own_table_is_looked_at_then_used(server, client):
    secret = client.hello["session"]
    status, _, body = post(server.url + "/api/csv", b"a,b\n1,2\n", X_Session=secret)
    assert status == 200 and json.loads(body)["value"]["rows"] == 2 and json.loads(body)["used"] is None
    long = b"a,b\n" + b"1,2\n" * 5000
    status, _, body = post(server.url + "/api/csv?use=1&target=b&task=regression", long, X_Session=secret)
    used = json.loads(body)["used"]["config"]["data"]
    assert used["name"] == "csv" and used["target"] == "b" and used["text"].startswith("sha256:")
    assert (
        json.loads(post(server.url + "/api/export/setting", X_Session=secret)[2])["config"]["data"]["text"]
        == long.decode()
    )
    assert client.state(lambda state: state["config"]["data"]["name"] == "csv")["can_undo"]


@pytest.mark.parametrize(
    "body, query, status, words",
    [
        (b"\xff\xfe1", "", 400, "UTF-8"),
        (bytes(2_000_001), "", 413, "at most"),
        (b"no table", "?use=1", 200, "commas"),
        (b"a,b", "?inputs=nonsense", 400, "JSON list"),
    ],
)
def test_a_bad_table_is_refused_in_words(server, client, body, query, status, words):
    found, _, answer = post(server.url + "/api/csv" + query, body, X_Session=client.hello["session"])
    assert found == status and words in json.loads(answer)["error"]["message"]


# ---- the shelf


def test_labs_are_checked_with_words(tmp_path):
    def lab(text):
        path = tmp_path / "one.toml"
        path.write_text(text, encoding="utf-8")
        return path

    assert read_lab(lab('title = "One"\n[config.data]\nname = "spiral"\n'))["config"] == {"data": {"name": "spiral"}}
    for text, words in [
        ("title = ", "a TOML file"),
        ("", "title"),
        ("title = 5", "title"),
        ('title = "x"\nconfig = 3', "config"),
    ]:
        with pytest.raises(Refused, match="one.toml") as caught:
            read_lab(lab(text))
        assert words in str(caught.value)

    def check(config):
        raise Refused("data.name", "a known one", "spirla", "Did you mean 'spiral'?")

    with pytest.raises(Refused, match="one.toml: config: data.name.*Did you mean"):
        read_lab(lab('title = "One"'), Known(check=check))


def test_a_folder_with_more_labs_and_a_broken_one_left_out(tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\norder = -1\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("=", encoding="utf-8")
    shelf = Shelf(web=tmp_path / "no web", more=tmp_path)
    assert [lab["name"] for lab in shelf.labs()] == ["mine"] and "broken.toml" in shelf.problems[0]
    with pytest.raises(Refused, match="one of mine"):
        shelf.lab("other")


def test_the_shelf_is_never_empty(tmp_path):
    shelf = Shelf(web=tmp_path)
    assert shelf.lab()["title"] and shelf.panels() == []


# ---- the real engine


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    import engine

    with serving(tmp_path_factory.mktemp("data"), engine) as server:
        yield server


def test_a_real_network_learns_while_it_is_watched(real):
    with Client(real.port) as client:
        state = client.do("hello", config={"data": {"name": "circle"}, "model": {"hidden": [4, 2]}})["state"]
        assert state["parameters"] == 2 * 4 + 4 + 4 * 2 + 2 + 2 + 1 and [la["outputs"] for la in state["layers"]] == [
            4,
            2,
            1,
        ]
        for key in ("curves", "network", "surface", "points", "layers"):
            client.do("subscribe", key=key, probe=key, rate=30)
        client.do("play")
        client.until(lambda found: found.get("step", 0) > 3000)
        client.do("pause")
        client.state(lambda state: not state["playing"])
        for _ in range(3):
            client.do("visible", on=True)
        parts = {part["key"]: part for frame in client.frames for part in frame["parts"]}
        assert parts.keys() == {"curves", "network", "surface", "points", "layers"}
        assert parts["surface"]["arrays"]["values"].dtype == np.int8
        losses = np.concatenate(
            [
                part["arrays"]["loss_train"]
                for frame in client.frames
                for part in frame["parts"]
                if part["key"] == "curves"
            ]
        )
        assert losses[-1] < 0.5 * losses[0]


def test_layers_change_in_place_and_undo_brings_them_back(real):
    with Client(real.port) as client:
        client.do("hello")
        client.do("step", by="epoch", count=3)
        value = client.do("set", changes={"model.hidden": [8, 8, 3]})
        assert value["effect"] == "rebuild" and value["config"]["model"]["hidden"] == [8, 8, 3]
        assert len(client.state(lambda state: len(state["layers"]) == 4)["layers"]) == 4
        assert client.do("undo")["config"]["model"]["hidden"] == [8, 8]
        error = client.ask("set", changes={"model.activation": "rleu"})["error"]
        assert "relu" in error["hint"]
        assert client.ask("set", changes={"model.hidden": [4000, 4000]})["error"]["field"] == "model"


def test_back_is_the_same_run_again(real):
    with Client(real.port) as client:
        client.do("hello")
        client.do("step", count=700)
        before = client.do("measure", probe="curves")
        client.do("step", count=300)
        assert client.do("back", count=300)["step"] == 700
        assert client.do("measure", probe="curves")["loss_train"] == before["loss_train"]


def test_a_rate_that_breaks_everything_is_told_and_can_be_taken_back(real):
    with Client(real.port) as client:
        client.do(
            "hello",
            config={
                "data": {"name": "plane"},
                "optimizer": {"name": "sgd", "learning_rate": 10.0},
                "model": {"hidden": [8], "activation": "linear"},
            },
        )
        client.do("play")
        state = client.state(lambda state: state["divergence"])
        assert not state["playing"] and state["divergence"]["layer"] and "learning rate" in state["stopped"]
        assert client.do("rewind")["step"] < state["divergence"]["step"]
        client.do("set", changes={"optimizer.learning_rate": 0.001})
        client.do("step", count=50)


def test_a_real_table_is_used_and_exported(real):
    text = ("width;kind\n" + "\n".join(f"{n / 10:.1f};{'wide' if n > 50 else 'slim'}" for n in range(100))).replace(
        ".", ","
    )
    with Client(real.port) as client:
        secret = client.do("hello")["session"]
        status, _, body = post(real.url + "/api/csv?use=1&target=kind", text.encode(), X_Session=secret)
        assert status == 200 and json.loads(body)["used"], body
        assert client.state(lambda state: state["config"]["data"]["name"] == "csv")["data"]["classes"]
        client.do("step", by="epoch", count=2)
        for name in ("weights", "history", "pytorch", "setting"):
            status, _, body = post(f"{real.url}/api/export/{name}", X_Session=secret)
            assert status == 200 and body
