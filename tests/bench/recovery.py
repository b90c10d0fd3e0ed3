"""kill -9 and a new start: when pages are back, and how much training they lost."""
import asyncio
import random
import time

from .clients import LIGHT, Client, Gone
from .host import hosting
from .machine import pace
from .table import Row

PAGES, BACK, LOST = 10, 5.0, 5.0
WAITS = [0.25, 0.5, 1, 2, 4, 5]              # what web/socket.js waits between two attempts


class Page:
    """A client that comes back by itself, as the page does."""

    def __init__(self, host):
        self.host, self.session, self.client, self.state = host, None, None, None
        self.seen, self.back, self.found, self.resumed = [], None, None, None

    async def live(self):
        """Connect for ever."""
        attempt = 0
        while True:
            try:
                self.client = client = await Client.open(self.host.port)
                client.event = self._event
                client.heard = self._heard
                fields = {"config": self.state["config"], "run_to": self.seen[-1][1]} if self.session else {}
                value = await client.do("hello", session=self.session, **fields)
                attempt, again = 0, self.session is not None
                if again:
                    self.found, self.resumed = value["state"]["step"], value["resumed"]
                self.session, self.state = value["session"], value["state"]
                for probe, options, rate in LIGHT:
                    await client.do("subscribe", key=probe, probe=probe, options=options, rate=rate)
                if not again:
                    await client.do("speed", steps_per_second=None)
                    await client.do("play")
                await client.closed.wait()
            except (OSError, Gone):
                pass
            await asyncio.sleep(WAITS[min(attempt, len(WAITS) - 1)] * random.uniform(0.8, 1.2))
            attempt += 1

    def _event(self, event):
        if event["event"] == "state":
            self.state = event["state"]

    def _heard(self, data, seq, step, moment, now):
        if self.found is None:
            self.seen.append((now, step))
        elif self.back is None and step > self.found:
            self.back = now


def rows():
    """Ten pages whose server is killed in the middle of training and started again on the same port."""
    with hosting() as host:
        back, lost, resumed, said = asyncio.run(_kill(host, pace(15, 8)))
    return [Row(f"kill −9 and restart: {PAGES} pages back by themselves", f"≤ {BACK:g} s from listening",
                f"{back:.1f} s" + said, back <= BACK and not said),
            Row("  training lost", f"≤ {LOST:g} s", f"{lost:.1f} s ({resumed} of {PAGES} found their session)",
                lost <= LOST and resumed == PAGES)]


async def _kill(host, seconds):
    pages = [Page(host) for _ in range(PAGES)]
    tasks = [asyncio.create_task(page.live()) for page in pages]
    try:
        await asyncio.sleep(seconds)
        host.kill()
        await asyncio.sleep(1)
        host.start()
        await asyncio.to_thread(host.answers)
        listening = time.perf_counter()
        while time.perf_counter() < listening + 30 and not all(page.back for page in pages):
            await asyncio.sleep(0.05)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    said = ", ".join(sorted({str(task.exception()) for task in tasks if not task.cancelled() and task.exception()}))
    back = max((page.back or float("inf")) - listening for page in pages)
    return back, max(_lost(page) for page in pages), sum(bool(page.resumed) for page in pages), said and f" ({said})"


def _lost(page):
    """Seconds from the moment whose state was found to the last one seen."""
    if page.found is None:
        return float("inf")
    before = [moment for moment, step in page.seen if step <= page.found]
    return page.seen[-1][0] - (before[-1] if before else page.seen[0][0])
