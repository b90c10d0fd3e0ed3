"""What server/transport.py builds on in uvicorn is still there, and does what it is for."""

import inspect
import socket
import struct

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server import transport
from tests.live import Client, serving, wait_for

CHANGED = "uvicorn changed {}: read server/transport.py against the new source before letting this version in"


@pytest.mark.parametrize(
    "protocol, names",
    [
        (
            WebSocketsSansIOProtocol,
            (
                "pause_writing",
                "resume_writing",
                "connection_lost",
                "keepalive_timeout",
                "shutdown",
                "connection_made",
                "data_received",
                "send",
                "receive",
            ),
        ),
        (H11Protocol, ("connection_made", "handle_events", "handle_websocket_upgrade", "connection_lost", "shutdown")),
        (uvicorn.Server, ("shutdown", "serve", "startup")),
    ],
)
def test_the_methods_are_where_they_were(protocol, names):
    for name in names:
        assert callable(getattr(protocol, name, None)), CHANGED.format(f"{protocol.__name__}.{name}")


@pytest.mark.parametrize(
    "ours, theirs, name",
    [
        (transport.Socket, WebSocketsSansIOProtocol, name)
        for name in ("pause_writing", "resume_writing", "connection_lost", "keepalive_timeout", "shutdown")
    ]
    + [
        (transport.Http, H11Protocol, name)
        for name in ("connection_made", "handle_events", "handle_websocket_upgrade", "connection_lost")
    ]
    + [(transport.Server, uvicorn.Server, "shutdown")],
)
def test_what_is_overridden_takes_the_same_arguments(ours, theirs, name):
    ours, theirs = (list(inspect.signature(getattr(kind, name)).parameters) for kind in (ours, theirs))
    assert ours == theirs, CHANGED.format(name)


def test_uvicorn_still_waits_before_it_writes():
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for words in (
        "self.writable.clear()",
        "self.writable.set()",
        "await self.writable.wait()",
        "self.loop",
        "self.transport",
    ):
        assert words in source, CHANGED.format(words)
    assert "self.scope" in inspect.getsource(H11Protocol), CHANGED.format("H11Protocol.scope")


def test_uvicorn_still_collects_signals_to_raise_them_again():
    assert uvicorn.Server(uvicorn.Config(None))._captured_signals == [], CHANGED.format("Server._captured_signals")
    assert "self._captured_signals" in inspect.getsource(uvicorn.Server.capture_signals)


def test_settings_of_the_server(tmp_path):
    with serving(tmp_path) as server:
        config = server.config
        assert issubclass(config.ws_protocol_class, transport.Socket) and issubclass(
            config.http_protocol_class, transport.Http
        )
        assert config.ws_per_message_deflate is False and config.ws_max_size == 64 * 1024
        assert config.timeout_graceful_shutdown and config.limit_concurrency is None
        with Client(server.port, compression="deflate") as client:
            client.do("hello")
            assert not client.socket.protocol.extensions, "no compression, even where a client offers it"


def raw(server, first=b""):
    """A bare socket to the server."""
    line = socket.create_connection(("127.0.0.1", server.port), 30)
    line.sendall(first)
    return line


def ended(line):
    """Wait until the server has closed."""
    try:
        while line.recv(65536):
            pass
    except ConnectionError:
        pass
    line.close()


def test_connections_that_never_say_what_they_want_are_closed(tmp_path):
    with serving(tmp_path, request_seconds=0.3) as server:
        ended(raw(server))
        ended(raw(server, b"GET / HTTP/1.1\r\nHost: 127.0"))
        ended(raw(server, b"nonsense\r\n\r\n"))
        wait_for(lambda: not server.server_state.connections)


def test_endless_headers_are_cut(tmp_path):
    with serving(tmp_path) as server:
        line = raw(server, b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            for number in range(100_000):
                line.sendall(b"X-%d: " % number + b"y" * 1000 + b"\r\n")
        line.close()


def upgrade(server):
    """A socket past the handshake, whose buffer here is small."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", server.port))
    line.sendall(
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: http://127.0.0.1:{server.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    assert b"101" in line.recv(4096)
    return line


def say(line, text):
    """A masked text frame."""
    data = text.encode()
    head = struct.pack("!BB", 0x81, 0x80 | len(data)) if len(data) < 126 else struct.pack("!BBH", 0x81, 0xFE, len(data))
    line.sendall(head + b"\0\0\0\0" + data)


def test_a_reader_that_stalls_is_let_go_and_its_session_stays(tmp_path):
    with serving(tmp_path, stall_seconds=0.3) as server:
        lines = [upgrade(server) for _ in range(3)]
        for line in lines:
            say(line, '{"id": 1, "do": "hello"}')
            say(line, '{"id": 2, "do": "subscribe", "key": "h", "probe": "huge", "rate": 60}')
            say(line, '{"id": 3, "do": "play"}')
        wait_for(lambda: len(server.house.store.sessions) == 3)
        wait_for(lambda: not server.house.connections, "the stalled readers to be let go")
        wait_for(lambda: not server.server_state.connections)
        assert len(server.house.store.sessions) == 3
        for line in lines:
            line.close()


def test_a_stopping_server_does_not_wait_for_stalled_readers(tmp_path):
    with serving(tmp_path, stall_seconds=1000) as server:
        line = upgrade(server)
        say(line, '{"id": 1, "do": "hello"}')
        say(line, '{"id": 2, "do": "subscribe", "key": "h", "probe": "huge", "rate": 60}')
        say(line, '{"id": 3, "do": "play"}')
        wait_for(
            lambda: any(getattr(c, "_stalled", None) for c in server.server_state.connections), "the reader to stall"
        )
    line.close()  # `serving` has joined the server's thread by now


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x82\0\0\0\0\xff\xfe",
        b"\x83\x80\0\0\0\0",
        b"\x81\x05hello",
        b"\x89\xfe\x01\x00" + bytes(260),
        b"\x80\x80\0\0\0\0",
        b"\xf1\x80\0\0\0\0",
        b"\xff" * 50,
    ],
)
def test_broken_frames_end_the_line_and_nothing_else(tmp_path, frame):
    with serving(tmp_path) as server, Client(server.port) as canary:
        canary.do("hello")
        line = upgrade(server)
        line.sendall(frame)
        ended(line)
        assert canary.do("speed", steps_per_second=3) is None
