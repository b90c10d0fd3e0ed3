"""From starting the server to a lab that trains on screen, the first time ever and later; and what sessions weigh."""
import asyncio
import statistics
import tempfile
import time

from .browser import NoBrowser, chromium, open_and_play, page_of
from .clients import Client
from .host import hosting
from .machine import pace
from .table import Row, gathered

FIRST, LATER = 20.0, 3.0
SERVER_MB, SESSION_MB = 350, 5.0


def rows():
    """The section's rows."""
    with tempfile.TemporaryDirectory(prefix="playground-bench-", ignore_cleanup_errors=True) as cache:
        return gathered(start_without_a_page=lambda: _starts("without a page", _train_in_client, cache + "/a"),
                        start_on_screen=lambda: _starts_on_screen(cache + "/b"), memory=memory_rows)


def _starts(how, train, cache):
    """The first start with this cache and some later ones; `train(host)` comes back when training is seen."""
    first, later = _start(train, cache), [_start(train, cache) for _ in range(pace(3, 1))]
    usual = statistics.median(later)
    return [Row(f"first start ever to training, {how}", f"≤ {FIRST:g} s", f"{first:.1f} s", first <= FIRST),
            Row(f"later start to training, {how}", f"≤ {LATER:g} s",
                f"{usual:.2f} s (median of {len(later)}, worst {max(later):.2f})", usual <= LATER)]


def _start(train, cache):
    with hosting(started=False, cache=cache) as host:
        began = host.start()
        train(host)
        return time.perf_counter() - began


def _starts_on_screen(cache):
    try:
        with chromium() as browser:
            def train(host):
                with page_of(browser) as page:
                    host.answers()
                    open_and_play(page, host.url + "?lab=playground")
            return _starts("lab on screen", train, cache)
    except NoBrowser as problem:
        return [Row("start to a training lab on screen", f"≤ {FIRST:g} s; ≤ {LATER:g} s", str(problem), None)]


def _train_in_client(host):
    host.answers()
    asyncio.run(_first_step(host.port))


async def _first_step(port):
    client = await Client.open(port)
    await client.join()
    await client.do("play")
    while not client.step:
        await asyncio.sleep(0.005)
    client.close()


def memory_rows():
    """Resident memory with one session in training, and what each further one adds."""
    more, seconds = pace(20, 5), pace(10, 2)
    with hosting() as host:
        one, slope, most = asyncio.run(_weigh(host, more, seconds))
    return [Row("memory, warm start: server with one session", f"≤ {SERVER_MB} MB", f"{one:.0f} MB", one <= SERVER_MB),
            Row("  each further one", f"≤ {SESSION_MB:g} MB", f"{slope:.2f} MB (slope over {more} that train; {most:.0f} MB with all)",
                slope <= SESSION_MB)]


async def _weigh(host, more, seconds):
    weights = []
    for count in range(more + 1):
        client = await Client.open(host.port)
        await client.join()
        await client.do("play")
        await asyncio.sleep(seconds if count == 0 else seconds / 5)
        weights.append(host.memory())
    await asyncio.sleep(seconds)
    weights[-1] = host.memory()                      # also what sessions gather while they train
    slope = max((weights[-1] - weights[0]) / more, statistics.linear_regression(range(more + 1), weights).slope)
    return weights[0], slope, weights[-1]
