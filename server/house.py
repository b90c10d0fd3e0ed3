"""Everything one server consists of, put together without a web framework: app.py adds routes, tests use it alone."""
import asyncio
import logging
from importlib import metadata

from . import ahead, memory, protocol
from .lab import checker
from .limits import Limits
from .miniature import Miniatures
from .post import Post
from .scheduler import Scheduler
from .shelf import Shelf
from .store import Store
from .warm import Warm

log = logging.getLogger("playground")

TIDY = 2.0                    # seconds


def version():
    """The installed version, or that of a checkout nobody installed."""
    try:
        return metadata.version("neural-playground")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"


class House:
    """Sessions, threads, labs and the catalog of one server.

    engine    the package, or in tests something that looks like it
    tell      called with (done, total, name) while compiling, from another thread
    """

    def __init__(self, settings, engine, tell=lambda done, total, name: None):
        self.settings, self.engine, self._tell = settings, engine, tell
        self.version, self.connections, self.loop = version(), set(), None
        self.closed = 0                                   # connections so far that came and went
        self.post = Post(lambda: self.loop)
        self.catalog = engine.describe()
        self.limits = Limits(settings, engine.parameter_count)
        self.shelf = Shelf(more=settings.labs, check=checker(self.limits, engine.parameter_count), after=engine.config_after,
                           probes=[probe["name"] for probe in self.catalog.get("probes", ())])
        self.scheduler = Scheduler(settings.workers)
        self.warm = Warm(engine.compile_kernels, engine.kernels_of, self._progress, ahead)
        self.store = Store(settings, self.scheduler, engine.Run, engine.Run.restore, self.shelf.lab, self.limits,
                           self.warm.want, self.deliver,
                           precisions={probe["name"]: probe["precision"] for probe in self.catalog.get("probes", ()) if probe.get("precision")})
        self.miniatures = Miniatures(engine.Run, self.warm.want)
        self._watching = self._tidying = None

    async def open(self):
        """Begin: threads, compiling, watching over sessions."""
        self.loop = asyncio.get_running_loop()
        self.scheduler.start()
        self.warm.start(lambda: self.engine.Run(self.shelf.start()))
        self._watching = self.loop.create_task(self.store.watch())
        self._tidying = self.loop.create_task(self._tidy())

    async def farewell(self, why="The server is stopping.", back_in_secs=1.0):
        """Tell every page that this is the end for now."""
        message = protocol.event("closing", why=why, back_in_secs=back_in_secs)
        for connection in list(self.connections):
            connection.outbox.say(message)
        if self.connections:
            await asyncio.sleep(0.1)                      # the senders' turn

    async def close(self):
        """End: keep every session, stop the threads."""
        self._watching.cancel()
        self._tidying.cancel()
        self.warm.stop()
        await self.store.keep_all(1.5)
        await asyncio.to_thread(self.scheduler.stop, 0.5)

    async def _tidy(self):
        """Return what connections left behind."""
        seen = 0
        while True:
            await asyncio.sleep(TIDY)
            if self.closed != seen:
                seen = self.closed
                await asyncio.to_thread(memory.give_back)

    def deliver(self, out):
        """What a session's turn gives to the event loop."""
        self.post.put(out)

    def _progress(self, done, total, name, background):
        self._tell(done, total, name)
        self.deliver([(self._broadcast_progress, protocol.event(
            "progress", done=done, total=total, name=name, background=background))])

    def _broadcast_progress(self, message):
        for connection in list(self.connections):
            connection.outbox.say_latest("progress", message)
