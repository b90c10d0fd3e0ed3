"""The door: every route and the socket refuse foreign hosts and origins, and every answer says what may be loaded."""

import asyncio
import base64
import hashlib
from pathlib import Path

import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from server.app import create_app
from server.guard import Guard, inline_digests, names_for, split_host
from server.settings import Settings
from tests.fakes import FakeEngine

HOST, ORIGIN = "127.0.0.1:8765", "http://127.0.0.1:8765"
FOREIGN = [
    "evil.example",
    "evil.example:8765",
    "127.0.0.1.evil.example:8765",
    "localhost.evil.example",
    "127.0.0.1:80",
    "127.0.0.1",
    "localhost:1",
    "127.0.0.2:8765",
    "[::2]:8765",
    "",
    ":8765",
    "[::1",
    "127.0.0.1:8765:8765",
    "0.0.0.0:8765",
    "127.0.0.1:١٢",
    "user@127.0.0.1:8765",
    "127.0.0.1:8765 ",
    "xlocalhost:8765",
]
FOREIGN_ORIGINS = [
    "http://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:80",
    "http://127.0.0.1:8765.evil.example",
    "null",
    "",
    "http://localhost:8765",
    "http://127.0.0.1:87650",
    "file://",
    "http://127.0.0.1:8765/",
    "ftp://127.0.0.1:8765",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data")), FakeEngine)


def scope_of(kind, path, method, headers):
    return {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "method": method,
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8765),
        "subprotocols": [],
        "state": {},
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers],
    }


def request(app, path, method="GET", headers=()):
    """(status, headers) of a request to the application, without a network."""
    sent, body = [], [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return body.pop() if body else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    try:
        asyncio.run(app(scope_of("http", path, method, headers), receive, send))
    except RuntimeError:  # a fault is answered, then told to the server
        pass
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


def knock(app, headers, path="/ws"):
    """What a socket that wants in gets first."""
    sent, messages = [], [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1005}]

    async def receive():
        return messages.pop(0) if messages else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope_of("websocket", path, "GET", headers), receive, send))
    return sent[0]["type"]


def routes(app):
    """(path, method) of everything that answers requests."""

    def walk(found):
        for route in found:
            if isinstance(route, Mount):
                yield "/index.html", "GET"
                yield "/nothing/here.js", "GET"
            elif isinstance(route, WebSocketRoute):
                continue
            elif isinstance(route, Route):
                for method in route.methods:
                    yield route.path, method
            else:
                yield from walk(getattr(route, "routes", None) or getattr(route.original_router, "routes", []))

    return sorted(set(walk(app.inside.routes)))


def test_the_walk_finds_the_routes(app):
    found = routes(app)
    assert {
        ("/api/health", "GET"),
        ("/api/catalog", "GET"),
        ("/api/csv", "POST"),
        ("/api/export/weights", "POST"),
        ("/api/import/weights", "POST"),
        ("/index.html", "GET"),
    } <= set(found)


def test_every_route_refuses_foreign_hosts(app):
    for path, method in routes(app):
        for host in FOREIGN:
            status, _ = request(app, path, method, [("Host", host), ("Origin", f"http://{host}")])
            assert status == 403, (path, method, host)
        assert request(app, path, method, [])[0] == 403
        assert request(app, path, method, [("Host", HOST), ("Host", "evil.example")])[0] == 403


def test_every_route_refuses_foreign_origins_and_those_that_change_things_want_one(app):
    for path, method in routes(app):
        for origin in FOREIGN_ORIGINS:
            assert request(app, path, method, [("Host", HOST), ("Origin", origin)])[0] == 403, (path, method, origin)
        assert (
            request(app, path, method, [("Host", HOST), ("Origin", ORIGIN), ("Origin", "http://evil.example")])[0]
            == 403
        )
        alone = request(app, path, method, [("Host", HOST)])[0]
        assert (alone == 403) == (method not in ("GET", "HEAD", "OPTIONS")), (path, method)
        assert request(app, path, method, [("Host", HOST), ("Origin", ORIGIN)])[0] != 403


@pytest.mark.parametrize(
    "headers",
    [[("Host", HOST)], [("Origin", ORIGIN)], []]
    + [[("Host", HOST), ("Origin", origin)] for origin in FOREIGN_ORIGINS]
    + [[("Host", host), ("Origin", f"http://{host}")] for host in FOREIGN],
)
def test_the_socket_refuses_strangers_before_accepting(app, headers):
    for path in ("/ws", "/", "/api/health", "/nothing"):
        assert knock(app, headers, path) == "websocket.close"


def test_the_socket_lets_its_own_page_in(app):
    assert knock(app, [("Host", HOST), ("Origin", ORIGIN)]) == "websocket.accept"
    assert knock(app, [("Host", "LocalHost:8765"), ("Origin", "http://localhost:8765")]) == "websocket.accept"


def test_every_answer_has_the_headers(app):
    @app.inside.get("/api/fault")
    def fault():
        raise RuntimeError("a fault")

    app.inside.router.routes.insert(0, app.inside.router.routes.pop())
    asked = [*routes(app), ("/api/fault", "GET"), ("/index.html", "DELETE"), ("/", "HEAD")]
    for headers in ([("Host", HOST), ("Origin", ORIGIN)], [("Host", "evil.example")]):
        for path, method in asked:
            status, found = request(app, path, method, headers)
            assert found["x-content-type-options"] == "nosniff", (path, status)
            assert found["referrer-policy"] == "no-referrer" and found["cross-origin-opener-policy"] == "same-origin"
            policy = dict(part.split(" ", 1) for part in found["content-security-policy"].split("; "))
            assert policy["default-src"] == policy["style-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
            assert policy["object-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
            assert "unsafe" not in found["content-security-policy"] and "evil" not in found["content-security-policy"]
            assert "http" not in policy["script-src"] and "*" not in found["content-security-policy"]
    assert request(app, "/api/fault", headers=[("Host", HOST)])[0] == 500


def test_the_pages_import_map_is_allowed_by_its_digest(tmp_path):
    index = tmp_path / "index.html"
    text = '\n{"imports": {"a": "./a.js"}}\n'
    digest = "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    index.write_bytes(f'<script src="x.js"></script><script type="importmap">{text}</script>'.encode())
    assert inline_digests(index) == [digest]
    index.write_bytes(index.read_bytes().replace(b"\n", b"\r\n"))
    assert inline_digests(index) == [digest], "a checkout with other line ends"
    guard = Guard(None, (), index)
    assert f"script-src 'self' '{digest}';" in guard.policy()
    index.write_text("<script>other()</script>")
    import os

    os.utime(index, (1, 1))
    assert digest not in guard.policy() and "'sha256-" in guard.policy()
    index.unlink()
    assert "script-src 'self';" in guard.policy()


def test_the_real_page_has_an_import_map():
    assert len(inline_digests(Path(__file__).parent.parent / "web" / "index.html")) == 1


def test_names_of_a_classroom_server(tmp_path):
    names = names_for("0.0.0.0")
    assert "localhost" in names and "0.0.0.0" not in names
    guard = Guard(None, names, tmp_path / "none", more=["Class.School.example"])
    here = ("192.168.1.5", 8765)
    assert guard._known("192.168.1.5:8765", here), "the address the connection came in on"
    assert guard._known("class.school.example", here) and guard._known("class.school.example:443", here)
    for host in (
        "192.168.1.6:8765",
        "192.168.1.5",
        "192.168.1.5:80",
        "192.168.1.5.evil.example:8765",
        "x.class.school.example",
    ):
        assert not guard._known(host, here), host
    assert guard._known("[::1]:8765", ("::1", 8765, 0, 0)) and guard._known("localhost", ("127.0.0.1", 80))


@pytest.mark.parametrize(
    "host, parts",
    [
        ("a:5", ("a", 5)),
        ("A.B", ("a.b", None)),
        ("[::1]:5", ("::1", 5)),
        ("[::1]", ("::1", None)),
        ("a:", ("a", None)),
        ("", (None, None)),
        ("a:x", (None, None)),
        ("[::1]x", (None, None)),
        ("a:123456", (None, None)),
    ],
)
def test_hosts_are_split(host, parts):
    assert split_host(host) == parts


def test_sockets_are_counted_for_each_address_and_given_back():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)
        if scope.get("fail"):
            raise ValueError

    guard = Guard(app, names_for("127.0.0.1"), Path("none"), per_address=2, in_all=3)

    async def go():
        held = asyncio.Event()

        async def hold(scope, receive, send):
            await held.wait()

        guard.app = hold
        sent = []

        def knock(address):
            scope = scope_of("websocket", "/ws", "GET", [("Host", HOST), ("Origin", ORIGIN)]) | {"client": (address, 1)}

            async def receive():
                return {"type": "websocket.connect"}

            async def send(message):
                sent.append(message)

            return asyncio.ensure_future(guard(scope, receive, send))

        tasks = [knock(address) for address in ("a", "a", "a", "b", "c")]
        await asyncio.sleep(0.01)
        assert len(sent) == 2 and guard.open == {"a": 2, "b": 1}
        held.set()
        await asyncio.gather(*tasks)
        assert not guard.open

    asyncio.run(go())
