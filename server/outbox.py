"""One client's bounded queue: what is said is never dropped, pictures keep only the latest, series are joined.

    texts      answers and events, in order        never dropped (a client that reads none of them is cut off)
    latest     state, progress                     a newer one takes the older one's place
    frames     pictures and series                 one at a time, and only while the client has credit

A client acknowledges a frame after drawing it.  At most two are under way, and only one if the way there and the drawing
take long; then frames also become smaller, until they are quick again.  So a slow link, a slow phone and a hidden tab
all get fewer pictures, and never old ones.

No I/O and no threads in here: everything is called on the event loop; `credit()` alone may be asked from a worker.
"""
import asyncio
import time
from collections import OrderedDict, deque

from . import frames, protocol

UNDER_WAY = 2
LATE = 0.15                   # seconds from sending to acknowledging, from which on frames would queue on the way
TEXTS, TEXT_BYTES = 512, 8_000_000
LEAST, MOST = 4_000, 1_000_000    # bytes of pictures in one frame
SERIES = 2_000                # samples of one series that may wait


class Outbox:
    """What one client is still to be sent."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.overflowing = False
        self.lag = 0.0                              # the last frame's way there, through the drawing and back
        self.room = MOST                            # bytes of pictures that one frame should not go far beyond
        self._texts, self._bytes = deque(), 0
        self._latest = {}
        self._pictures, self._series, self._moment = {}, {}, {}
        self._under_way = OrderedDict()             # seq -> when it was sent, and its bytes
        self._seq = 0
        self._something = asyncio.Event()

    # ---- filling

    def say(self, message):
        """An answer or an event (text), or a measured frame (bytes): it will be sent."""
        if self.overflowing:
            return
        self._texts.append(message)
        self._bytes += len(message)
        self.overflowing = len(self._texts) > TEXTS or self._bytes > TEXT_BYTES
        self._something.set()

    def say_latest(self, name, message):
        """An event of which only the newest matters."""
        self._latest[name] = message
        self._something.set()

    def measured(self, number, moment, part):
        """The frame that answers a measurement, then the answer that names it."""
        self._seq += 1
        self.say(frames.encode_frame(self._seq, **moment, parts=[part], re=number))
        self.say(protocol.answer(number, {"frame": self._seq}))

    def offer(self, moment, parts):
        """Parts for the next frame; `moment` is its {"step", "epoch", "time"}."""
        self._moment = moment
        for part in parts:
            if part.series:
                self._series[part.key] = frames.merge_series(self._series.get(part.key), part, SERIES)
            else:
                self._pictures[part.key] = part
        self._something.set()

    def forget(self, key):
        """Nothing more of this key: the client unsubscribed."""
        self._pictures.pop(key, None)
        self._series.pop(key, None)

    # ---- credit

    def acknowledge(self, seq):
        """The client has drawn this frame, and with it all before it."""
        if seq in self._under_way:
            sent, size = self._under_way[seq]
            self.lag = self.clock() - sent
            if self.lag > LATE:
                self.room = max(LEAST, int(min(size, self.room) * 0.6 * LATE / self.lag))
            elif self.lag < LATE / 2:
                self.room = min(MOST, self.room * 5 // 4)
            while self._under_way and next(iter(self._under_way)) <= seq:
                self._under_way.popitem(last=False)
            self._something.set()

    def credit(self):
        """Whether a frame may be sent now."""
        waiting = len(self._under_way)
        if not waiting:
            return True
        oldest = next(iter(list(self._under_way.values())), None)     # a copy: a worker may ask while the loop removes
        late = self.lag > LATE or oldest is not None and self.clock() - oldest[0] > LATE
        return waiting < (1 if late else UNDER_WAY)

    # ---- emptying

    @property
    def waiting(self):
        """Whether a frame is made up and not yet sent."""
        return bool(self._pictures or self._series)

    def take(self):
        """The next message to send, text or bytes, or None."""
        if self._texts:
            message = self._texts.popleft()
            self._bytes -= len(message)
            return message
        if self._latest:
            return self._latest.pop(next(iter(self._latest)))
        if self.waiting and self.credit():
            self._seq += 1
            parts = [*self._pictures.values(), *self._series.values()]
            self._pictures, self._series = {}, {}
            frame = frames.encode_frame(self._seq, **self._moment, parts=parts)
            self._under_way[self._seq] = self.clock(), len(frame)
            return frame
        return None

    async def next(self):
        """Wait for the next message to send."""
        while True:
            self._something.clear()
            message = self.take()
            if message is not None:
                return message
            await self._something.wait()
