"""Many live sessions at once: frames, answers, fairness; and what changing the network costs among them."""
import asyncio
import random
import time

from .clients import crowd
from .host import hosting
from .machine import load, pace
from .table import Row

SESSIONS, FRAMES, ANSWER_MS, FAIR = 50, 9.0, 20.0, 0.9


def rows():
    """Fifty sessions that train, each watched and each changing its learning rate once a second."""
    seconds = pace(20, 5)
    with hosting() as host:
        found = asyncio.run(_measure(host, seconds))
    frames, pictures, steps, answers, cores = found
    p50, p99 = quantile(answers, 0.5) * 1e3, quantile(answers, 0.99) * 1e3
    fewest, fair = min(pictures), min(steps) / max(steps)
    name = f"{SESSIONS} live training sessions, {seconds} s"
    return [Row(f"{name}: pictures of the slowest", f"≥ {FRAMES:g}/s",
                f"{fewest:.1f}/s (median {quantile(pictures, 0.5):.1f}, frames of any kind {min(frames):.1f}; server on {cores:.2f} "
                f"processors, {load()})", fewest >= FRAMES),
            Row("  a setting changed: answered, p99", f"≤ {ANSWER_MS:g} ms",
                f"{p99:.1f} ms (p50 {p50:.1f}, worst {max(answers) * 1e3:.1f}, {len(answers)} commands)", p99 <= ANSWER_MS),
            Row("  fewest / most steps", f"≥ {FAIR:g}", f"{fair:.3f} ({sum(steps) / seconds:,.0f} steps/s in all)", fair >= FAIR)]


async def _measure(host, seconds):
    clients = await crowd(host.port, SESSIONS)
    await asyncio.sleep(pace(4, 2))
    before = [(c.frames, c.pictures, c.step) for c in clients]
    busy, began = _processor(host), time.perf_counter()
    answers = await _commands(clients, began + seconds)
    took = time.perf_counter() - began
    after = [(c.frames, c.pictures, c.step) for c in clients]
    frames, pictures, steps = zip(*([new - old for new, old in zip(a, b)] for a, b in zip(after, before)))
    return [n / took for n in frames], [n / took for n in pictures], steps, answers, (_processor(host) - busy) / took


def _processor(host):
    times = host.process.cpu_times()
    return times.user + times.system


async def _commands(clients, until):
    """Each client changes its learning rate about once a second; the seconds until each answer."""
    found, chance = [], random.Random(1)

    async def one(client):
        await asyncio.sleep(chance.random())
        number = 0
        while time.perf_counter() < until:
            number += 1
            sent = time.perf_counter()
            _, came = await client.timed("set", changes={"optimizer.learning_rate": 0.01 if number % 2 else 0.012})
            found.append(came - sent)
            await asyncio.sleep(0.9 + 0.2 * chance.random())
        await asyncio.sleep(max(0, until - time.perf_counter()))

    await asyncio.gather(*map(one, clients))
    return found


def quantile(values, share):
    """The value below which so large a share of them lies."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]
