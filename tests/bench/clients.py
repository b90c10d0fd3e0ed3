"""A page without a page, light enough that fifty of them measure the server and not themselves.

    client = await Client.open(port)
    await client.join(watching=LIGHT)
    await client.do("play")

Every number is taken from the first bytes of a frame; of the rest is only looked whether it holds a picture.
"""
import asyncio
import json
import re
import socket
import time

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

MOMENT = re.compile(rb'"seq":(\d+),"step":(\d+),"epoch":[^,]*,"time":([-+.\de]+)')
PICTURE = b'"probe":"surface"'        # frames with this picture are counted apart

# What is watched: the three pictures every page shows, and all that the page of the Playground lab asks for.
LIGHT = [("network", {"resolution": 20}, 10), ("surface", {"resolution": 80}, 10), ("curves", {}, 10)]
PAGE = [("network", {"resolution": 20}, 15), ("surface", {"resolution": 80}, 15), ("points", {}, 6),
        ("curves", {}, 10), ("layers", {}, 5), ("space", {"layer": "layer1"}, 8)]


class Refused(Exception):
    """The server refused a command."""


class Gone(Exception):
    """The connection ended before the answer came."""


class Client(asyncio.Protocol):
    """One connection: commands and their answers, frames counted and acknowledged.

    heard    called with (bytes, seq, step, time, moment of arrival) for every frame
    event    called with every event
    """

    def __init__(self, port):
        self.port = port
        self.wire = ClientProtocol(parse_uri(f"ws://127.0.0.1:{port}/ws"), origin=f"http://127.0.0.1:{port}", max_size=None)
        self.opened, self.closed = asyncio.get_running_loop().create_future(), asyncio.Event()
        self.acknowledging, self.heard, self.event = True, None, lambda event: None
        self.number, self.waiting, self.answers = 0, {}, 0
        self.frames, self.pictures, self.seq, self.step, self.bytes = 0, 0, 0, 0, 0
        self.session = None

    @classmethod
    async def open(cls, port, through=None, receive_buffer=None):
        """Connect; `through`: the port of a relay in between; `receive_buffer`: its size in bytes."""
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if receive_buffer:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(line, ("127.0.0.1", through or port))
            _, client = await loop.create_connection(lambda: cls(port), sock=line)
        except BaseException:
            line.close()
            raise
        await client.opened
        return client

    # ---- the line

    def connection_made(self, transport):
        self.transport = transport
        self.own_port = transport.get_extra_info("sockname")[1]
        self.wire.send_request(self.wire.connect())
        self._flush()

    def data_received(self, data):
        now = time.perf_counter()
        self.wire.receive_data(data)
        for event in self.wire.events_received():
            if isinstance(event, Response):
                self._opened()
            elif isinstance(event, Frame):
                self._frame(event, now)
        self._flush()

    def eof_received(self):
        self.wire.receive_eof()
        self._flush()

    def connection_lost(self, problem):
        if not self.opened.done():
            self.opened.set_exception(Gone("refused at the door"))
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(Gone())
                future.exception()                      # nobody may be waiting for it any more
        self.closed.set()

    def _opened(self):
        if self.wire.handshake_exc:
            self.opened.set_exception(Gone(str(self.wire.handshake_exc)))
        else:
            self.opened.set_result(None)

    def _flush(self):
        for data in self.wire.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.close()

    def _frame(self, frame, now):
        if frame.opcode is Opcode.BINARY:
            found = MOMENT.search(frame.data, 8, 200)
            self.seq, self.step = int(found[1]), int(found[2])
            self.frames += 1
            self.pictures += PICTURE in frame.data
            self.bytes += len(frame.data)
            if self.heard:
                self.heard(frame.data, self.seq, self.step, float(found[3]), now)
            if self.acknowledging:
                self.acknowledge(self.seq)
        elif frame.opcode is Opcode.TEXT:
            message = json.loads(frame.data)
            self.answers += "ok" in message
            if message.get("re") is None:
                self.event(message)
            elif (future := self.waiting.pop(message["re"], None)) and not future.done():
                future.set_result((message, now))

    # ---- what is said

    def say(self, text):
        """Send any text; nothing happens on a line that is closed already."""
        if self.wire.state.name == "OPEN" and not self.transport.is_closing():
            self.wire.send_text(text.encode())
            self._flush()

    def acknowledge(self, seq):
        """This frame was drawn."""
        self.say(f'{{"do":"ack","seq":{seq}}}')

    async def timed(self, do, **fields):
        """Carry out a command: (answer, moment it came).  Errors: Gone."""
        self.number += 1
        future = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        self.say(json.dumps({"id": self.number, "do": do, **fields}))
        if self.closed.is_set():
            raise Gone
        return await asyncio.wait_for(future, 60)

    async def do(self, do, **fields):
        """Carry out a command: its value.  Errors: Refused, Gone."""
        message, _ = await self.timed(do, **fields)
        if not message["ok"]:
            raise Refused(f"{do}: {message['error']['message']}")
        return message["value"]

    async def join(self, watching=LIGHT, session=None, **fields):
        """Say hello and watch; gives the answer to hello."""
        value = await self.do("hello", session=session, **fields)
        self.session = value["session"]
        await self.do("speed", steps_per_second=None)
        for probe, options, rate in watching:
            await self.do("subscribe", key=probe, probe=probe, options=options, rate=rate)
        return value

    def stop_reading(self):
        """Read nothing more."""
        self.transport.pause_reading()

    def close(self):
        """Hang up."""
        self.transport.abort()


async def crowd(port, count, watching=LIGHT, **more):
    """So many clients, each with a session of its own that trains."""
    clients = []
    for _ in range(count):
        client = await Client.open(port, **more)
        await client.join(watching)
        await client.do("play")
        clients.append(client)
    return clients
