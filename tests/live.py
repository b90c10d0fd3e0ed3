"""A real server on a real port, in a thread of the test or in a process of its own, and a client that talks to it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

from server import instance
from server.app import create_app
from server.frames import decode_frame
from server.settings import Settings
from server.transport import Server, configure
from tests.fakes import FakeEngine

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds any single wait may take before a test gives up; nothing is measured by it


@contextlib.contextmanager
def serving(folder, engine=FakeEngine, **settings):
    """A server in a thread: gives it with .port, .url, .house."""
    listening, port = instance.next_free("127.0.0.1", 0)
    settings = Settings(host="127.0.0.1", port=port, data_dir=folder, browser=False, **settings)
    app = create_app(settings, engine)
    server = Server(configure(app, settings), farewell=app.house.farewell)
    server.port, server.url, server.house, server.app = port, f"http://127.0.0.1:{port}", app.house, app
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def wait_for(condition, what="the condition"):
    """Wait until it holds."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.01)


class Client:
    """A page without a page: commands and answers by number, frames acknowledged when they come."""

    def __init__(self, port, acknowledge=True, **more):
        more = {"origin": f"http://127.0.0.1:{port}", "max_size": None, "compression": None, "proxy": None, **more}
        self.stack = contextlib.ExitStack()
        self.socket = self.stack.enter_context(connect(f"ws://127.0.0.1:{port}/ws", **more))
        self.number, self.acknowledge = 0, acknowledge
        self.texts, self.frames = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def send(self, do, **fields):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "do": do, **fields}))
        return self.number

    def hear(self, timeout=PATIENCE):
        message = self.socket.recv(timeout)
        if isinstance(message, str):
            self.texts.append(json.loads(message))
            return self.texts[-1]
        self.frames.append(decode_frame(message))
        if self.acknowledge:
            self.socket.send(json.dumps({"do": "ack", "seq": self.frames[-1]["seq"]}))
        return self.frames[-1]

    def until(self, condition):
        while True:
            found = self.hear()
            if condition(found):
                return found

    def ask(self, do, **fields):
        number = self.send(do, **fields)
        return self.until(lambda found: found.get("re") == number and "ok" in found)

    def do(self, do, **fields):
        answer = self.ask(do, **fields)
        assert answer["ok"], answer
        return answer["value"]

    def state(self, condition=lambda state: True):
        return self.until(lambda found: found.get("event") == "state" and condition(found["state"]))["state"]


@contextlib.contextmanager
def process(folder, port, *options, **settings):
    """`playground` in a process of its own, on the real engine; killed at the end if it still runs.

    settings   what else server/settings.py knows, by name
    """
    command = [sys.executable, "-m", "server", "--no-browser", "--port", str(port), "--data-dir", str(folder), *options]
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **{f"PLAYGROUND_{name.upper()}": str(value) for name, value in settings.items()}},
    )
    child.lines = []
    reader = threading.Thread(target=lambda: child.lines.extend(child.stdout), daemon=True)
    reader.start()
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.wait(PATIENCE)
        reader.join(PATIENCE)
        child.stdout.close()


def healthy(port):
    """What the server on this port says of itself, once it says anything."""
    found = []

    def there():
        found[:] = [instance.health(f"http://127.0.0.1:{port}/")]
        return found[0] is not None

    wait_for(there, "the server to answer")
    return found[0]


def free_port():
    """A port nobody listens on."""
    listening, port = instance.next_free("127.0.0.1", 0)
    listening.close()
    return port


def post(url, body=b"", **headers):
    """(status, headers, body) of a POST as the page makes it."""
    origin = "/".join(url.split("/")[:3])
    headers = {"Origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(url, body, headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, dict(problem.headers), problem.read()


def get(url, **headers):
    """(status, headers, body) of a GET."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, dict(problem.headers), problem.read()


TERMINATE = signal.SIGTERM
