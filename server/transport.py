"""uvicorn with three things it does not do by itself: it lets go of peers that stopped reading, lets go of connections
that never say what they want, and ends in time.

A reader that stalls is never freed by uvicorn: its keepalive notices, but then waits for the buffer to drain.  These
subclasses abort instead.  They lean on uvicorn's classes, so tests/test_transport.py checks every name used here.
"""
import logging

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALL = 5.0                   # seconds without progress in writing
FIRST_REQUEST = 5.0           # seconds to say what is wanted
GRACE = 2                     # seconds for connections to end by themselves at a shutdown
PING, PONG = 5.0, 4.0         # together less than the ten seconds in which a silent peer is to be freed
MESSAGE_BYTES = 64 * 1024     # control only; files go over HTTP
HEADER_BYTES = 32 * 1024


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket whose peer is aborted when it stops reading."""
    stall = STALL
    _stalled = None

    def pause_writing(self):
        """The buffer is full: the peer has this long to read something."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.stall, self._abort)

    def resume_writing(self):
        """It reads again."""
        super().resume_writing()
        self._calm()

    def connection_lost(self, exc):
        """Gone, one way or another."""
        self._calm()
        super().connection_lost(exc)

    def keepalive_timeout(self):
        """No pong: nobody is there, so there is nothing to wait for."""
        super().keepalive_timeout()
        self._abort()

    def shutdown(self):
        """Say goodbye (1012); who does not read it is cut off."""
        super().shutdown()
        if self._stalled is None:
            self._stalled = self.loop.call_later(GRACE / 2, self._abort)

    def _calm(self):
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _abort(self):
        self._stalled = None
        if self.transport is not None:
            self.transport.abort()


class Http(H11Protocol):
    """HTTP whose client must have said what it wants within some seconds."""
    first_request = FIRST_REQUEST
    _deadline = None

    def connection_made(self, transport):
        """The clock begins."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.first_request, self._too_late)

    def handle_events(self):
        """A whole request stops the clock."""
        super().handle_events()
        if self.scope is not None:
            self._stop_clock()

    def handle_websocket_upgrade(self, event):
        """From here on the socket's own rules hold."""
        self._stop_clock()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc):
        """Gone before it said anything, perhaps."""
        self._stop_clock()
        super().connection_lost(exc)

    def _stop_clock(self):
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self):
        self._deadline = None
        self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn's server, which tells the pages before it goes."""

    def __init__(self, config, farewell=None):
        super().__init__(config)
        self.farewell = farewell

    async def shutdown(self, sockets=None):
        """Tell every page, then end."""
        if self.farewell:
            await self.farewell()
        await super().shutdown(sockets)
        # uvicorn would now raise the signal again and die of it, before the note of the running server is taken away.
        self._captured_signals.clear()


class _Seldom(logging.Filter):
    """At most ten lines of a kind in ten seconds, and no trace for what a stranger's bytes provoked."""

    def __init__(self):
        super().__init__()
        self._since, self._count = 0.0, {}

    def filter(self, record):
        if record.created - self._since > 10:
            self._since, self._count = record.created, {}
        self._count[record.msg] = count = self._count.get(record.msg, 0) + 1
        if isinstance(record.msg, str) and "UTF-8" in record.msg:
            record.exc_info = record.exc_text = None
        return count <= 10


def configure(app, settings):
    """uvicorn's settings for this server."""
    socket = type("Socket", (Socket,), {"stall": settings.stall_seconds})
    http = type("Http", (Http,), {"first_request": settings.request_seconds})
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, http=http, ws=socket, ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False, ws_ping_interval=PING, ws_ping_timeout=PONG, timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=HEADER_BYTES, log_level="warning", access_log=False, server_header=False,
        proxy_headers=False, lifespan="on")
    for name in ("uvicorn.error", "uvicorn.asgi", "playground"):
        logging.getLogger(name).addFilter(_Seldom())
    return config
