"""The server as a person starts it, in a process of its own, for things to be measured on."""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from server import instance

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120


class Host:
    """A server process and its folders.

    folder   its home: sessions and its log lie there
    cache    where compiled kernels are kept; None: where this person's are
    """

    def __init__(self, folder, cache=None, **settings):
        self.folder, self.port = Path(folder), free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}     # a person's Python keeps what it compiled
        self.environment = {**own, "PLAYGROUND_DATA_DIR": str(self.folder / "data"),
                            **{f"PLAYGROUND_{name.upper()}": str(value) for name, value in settings.items()}}
        if cache:
            self.environment |= {"HOME": str(self.folder), "NEURAL_PLAYGROUND_CACHE": str(cache)}
        self.child = None

    def start(self):
        """Start it; gives the moment of starting."""
        began = time.perf_counter()
        with open(self.folder / "server.log", "ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "server", "--no-browser", "--port", str(self.port)], cwd=ROOT,
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.process = psutil.Process(self.child.pid)
        return began

    def answers(self):
        """Wait until it answers."""
        self._until(lambda: instance.health(self.url))

    def ready(self):
        """Wait until everything is compiled."""
        self._until(lambda: (instance.health(self.url) or {}).get("ready"))

    def _until(self, found):
        end = time.monotonic() + PATIENCE
        while not found():
            if self.child.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server did not come up:\n" + self.log()[-2000:])
            time.sleep(0.02)

    def log(self):
        """What it printed."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def memory(self):
        """Resident memory in MB."""
        return self.process.memory_info().rss / 1e6

    def peers(self):
        """The ports of its open connections' other ends."""
        return {c.raddr.port for c in self.process.net_connections("tcp") if c.raddr and c.status == psutil.CONN_ESTABLISHED}

    def terminate(self):
        """Ask it to end; gives the seconds it took."""
        began = time.perf_counter()
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.perf_counter() - began

    def kill(self):
        """End it without a word."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait(30)


@contextlib.contextmanager
def hosting(started=True, **more):
    """A server in a folder that goes away with it, ready, or not `started` yet."""
    with tempfile.TemporaryDirectory(prefix="playground-bench-", ignore_cleanup_errors=True) as folder:
        host = Host(folder, **more)
        try:
            if started:
                host.start()
                host.ready()
            yield host
        finally:
            host.kill()


def free_port():
    """A port nobody listens on."""
    listening, port = instance.next_free("127.0.0.1", 0)
    listening.close()
    return port
