"""One open socket: reads commands, sends what the outbox gives; knows sessions, but no web framework.

A receiver always runs beside the sender: without one, pongs and acknowledgements would never be seen.
Whatever a client sends, at most its connection is closed; its session stays.
"""
import asyncio
import contextlib
import logging

from . import protocol
from .errors import Refused, explain
from .limits import Bucket
from .viewer import Viewer

log = logging.getLogger("playground")

POLICY, TOO_MUCH, FAULT = 1008, 1013, 1011       # WebSocket close codes
FLOOD = (150, 600)                                # messages a second and at once, of any kind, before the line is cut
BAD = (5, 100)                                    # of those that are no command


class Closed(Exception):
    """The connection is to be closed, and why."""

    def __init__(self, code, why):
        self.code, self.why = code, why
        super().__init__(why)


class Connection:
    """A client from its first message to its last.

    house     where everything is found: .store .shelf .warm .settings .catalog .version
    receive   awaited for the next message (text or bytes); None when the client has gone
    send      awaited with text or bytes
    close     awaited with a code and a reason
    """

    def __init__(self, house, receive, send, close):
        self.house, self.receive, self.send, self.close = house, receive, send, close
        self.viewer, self._session = Viewer(), None
        settings = house.settings
        self.rate = Bucket(settings.message_rate, settings.message_burst)
        self.flood, self.bad = Bucket(*FLOOD), Bucket(*BAD)
        self.late, self.late_numbers, self.late_timer = None, [], None

    @property
    def session(self):
        """What it looks at: None before a greeting, and after one whose run could not be made."""
        return None if self._session is None or self._session.closed else self._session

    @property
    def outbox(self):
        return self.viewer.outbox

    async def serve(self):
        """Until the client goes or must go."""
        self.house.connections.add(self)
        if not self.house.warm.ready:
            self.outbox.say_latest("progress", protocol.event("progress", **self.house.warm.progress()))
        sender = asyncio.create_task(self._send())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in (sender, reader):
                if task.done() and not task.cancelled() and isinstance(task.exception(), Closed):
                    await self._close(task.exception())
                elif task.done() and not task.cancelled() and task.exception() and not _gone(task.exception()):
                    log.error("a connection failed", exc_info=task.exception())
                    await self._close(Closed(FAULT, "a fault of the server"))
        finally:
            for task in (sender, reader):
                task.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)
            if self.late_timer:
                self.late_timer.cancel()
            self._leave()
            self.house.connections.discard(self)
            self.house.closed += 1

    async def _close(self, closed):
        with contextlib.suppress(Exception):              # it may be gone already, or read nothing any more
            await asyncio.wait_for(self.close(closed.code, closed.why), 1)

    async def _send(self):
        while True:
            message = await self.outbox.next()
            if self.outbox.overflowing:
                raise Closed(TOO_MUCH, "answers are not read")
            await self.send(message)

    async def _read(self):
        while (message := await self.receive()) is not None:
            await self.heard(message)

    # ---- messages

    async def heard(self, message):
        """One message; raises Closed where the line must be cut."""
        if not self.flood.take():
            raise Closed(POLICY, "too many messages")
        try:
            command = protocol.parse(message)
        except protocol.BadMessage as problem:
            if not self.bad.take():
                raise Closed(POLICY, "too many bad messages") from None
            self.outbox.say(protocol.refusal(problem.id, problem.as_dict()))
            return
        if isinstance(command, protocol.Ack):
            if self.session:
                self.session.acknowledge(self.viewer, command.seq)
            return
        if isinstance(command, protocol.Set) and self.session and (self.late or not self.rate.take()):
            self._put_off(command)
            return
        if not isinstance(command, protocol.Set) and not self.rate.take():
            self._refuse(command.id, Refused("rate", f"at most {self.rate.rate:g} commands a second", "more",
                                             "This one was not carried out."))
            return
        self._catch_up()
        await self._carry_out(command)

    async def _carry_out(self, command):
        if isinstance(command, protocol.Hello):
            try:
                await self._hello(command)
            except Exception as problem:
                self._refuse(command.id, problem)
        elif self.session is None:
            self._refuse(command.id, Refused("do", "hello first", repr(command.do)))
        elif isinstance(command, protocol.Visible):
            self.session.show(self.viewer, command.on)
            self.outbox.say(protocol.answer(command.id))
        else:
            self.session.order(self.viewer, command)

    def _refuse(self, number, problem):
        self.outbox.say(protocol.refusal(number, explain(problem)))

    # ---- a slider that is faster than the rate: only its newest value counts, every command is answered all the same

    def _put_off(self, command):
        if self.late and (self.late.changes.keys() != command.changes.keys() or self.late.run != command.run):
            self._catch_up()
        if self.late:
            self.late_numbers.append(self.late.id)
        self.late = command
        if len(self.late_numbers) > 100:
            raise Closed(POLICY, "too many commands")
        if self.late_timer is None:
            self.late_timer = asyncio.get_running_loop().call_later(self.rate.wait() + 0.001, self._catch_up)

    def _catch_up(self):
        if self.late_timer:
            self.late_timer.cancel()
            self.late_timer = None
        if self.late:
            command, numbers = self.late, self.late_numbers
            self.late, self.late_numbers = None, []
            self.rate.take()
            self.session.order(self.viewer, command, also=numbers)

    # ---- coming and going

    async def _hello(self, command):
        house, lab = self.house, self.house.shelf.lab(command.lab)
        self._leave()
        session, secret = await house.store.find(command.session, lab["name"]), command.session
        resumed = session is not None
        if not resumed:
            runs = None if command.runs is None else [one.model_dump() for one in command.runs]
            secret, session = house.store.create(lab["name"], command.config, runs, command.edits)
            session.pace.speed = lab.get("speed")
        self._session = session
        session.attach(self.viewer)
        session.order(self.viewer, command, lambda state: {
            "session": secret, "token_is_session": True, "version": house.version, "protocol": protocol.VERSION,
            "resumed": resumed, "catalog": house.catalog, "labs": house.shelf.labs(), "panels": house.shelf.panels(),
            "lab": lab, "state": state})

    def _leave(self):
        if self.session:
            self._catch_up()
            self.session.detach(self.viewer)
            self._session = None


def _gone(problem):
    """Whether an exception only says that the other side went."""
    return isinstance(problem, (ConnectionError, asyncio.CancelledError)) or type(problem).__name__ in (
        "WebSocketDisconnect", "ClientDisconnected", "RuntimeError")
