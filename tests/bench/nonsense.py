"""A hundred thousand malformed or out-of-order messages, over as many connections as the server's own rules make of it."""
import asyncio
import json
import random
import time

from .clients import Client, Gone, crowd
from .host import hosting
from .machine import pace
from .table import Row

MESSAGES, SESSIONS, LINES, BUNCH = 100_000, 5, 16, 50
GROWTH_MB = 20

TEXTS = ['', '{', '[]', 'null', '42', '"play"', '{"id": 1}', '{"do": "play"}', '{"id": -1, "do": "play"}', '[' * 5000,
         '{"id": 1, "do": "dance"}', '{"id": "1", "do": "play"}', '{"id": 1, "do": "play", "more": 1}', '{"id": 1e999, "do": "play"}',
         '{"id": 1, "do": "set", "changes": {}}', '{"id": 1, "do": "set", "changes": 5}', '{"id": NaN, "do": "play"}',
         '{"id": 1, "do": "subscribe", "key": "", "probe": ""}', '{"do": "ack", "seq": -5}', '{"do": "ack", "seq": "x"}',
         '{"id": 1, "do": "step", "count": 0}', '{"id": 1, "do": "open", "config": ' + '{"a":' * 40 + '1' + '}' * 41,
         '\x00\x01\x02', 'ü' * 3000, '{"id": 9007199254740993, "do": "play"}', '{"id": 1, "do": "edit", "paint": [[1e400, 0, 0]]}']

# Well-formed, but refused, unexpected or in the wrong order.
ORDERS = [{"do": "set", "changes": {"model.hidden": [-1]}}, {"do": "set", "changes": {"no.such": 1}}, {"do": "hello", "lab": "none"},
          {"do": "set", "changes": {"optimizer.learning_rate": "fast"}}, {"do": "undo"}, {"do": "redo"}, {"do": "rewind"},
          {"do": "edit", "weight": "layer99.weight", "index": [0, 0], "value": 1.0}, {"do": "edit"}, {"do": "visible", "on": False},
          {"do": "set", "changes": {"model.hidden": [4096] * 60}}, {"do": "measure", "probe": "nothing"}, {"do": "ack", "seq": 10 ** 9},
          {"do": "subscribe", "key": "x", "probe": "surface", "options": {"resolution": -4}}, {"do": "unsubscribe", "key": "nobody"},
          {"do": "hello", "config": {"model": {"hidden": "many"}}}, {"do": "step", "by": "batch", "count": 10 ** 12},
          {"do": "back", "by": "epoch", "count": 10 ** 9}, {"do": "open", "config": {"data": {"name": "nowhere"}}}]


def rows():
    """Some lines belong to sessions in training, some to none; the sessions must train on."""
    count = pace(MESSAGES, 5000)
    with hosting() as host:
        growth, ended, lines, closed, seconds, worst = asyncio.run(_flood(host, count))
    return [Row(f"{count:,} malformed or out-of-order messages: sessions ended", "none",
                f"{ended} ({lines} connections, {closed} closed by the server, {seconds:.0f} s; a canary's answer took at most "
                f"{worst * 1e3:.0f} ms)", not ended),
            Row("  server memory", f"≤ +{GROWTH_MB} MB", f"{growth:+.1f} MB", growth <= GROWTH_MB)]


async def _flood(host, count):
    canaries = await crowd(host.port, SESSIONS)
    await asyncio.sleep(pace(10, 3))
    before, began = host.memory(), time.perf_counter()
    chance, tally, answers = random.Random(5), {"heard": 0, "lines": 0, "closed": 0}, []

    async def line():
        while tally["heard"] < count:
            tally["lines"] += 1
            closed = await _one_line(host, chance, tally, count, canaries)
            tally["closed"] += closed

    async def canary():
        while True:
            sent = time.perf_counter()
            _, came = await canaries[0].timed("visible", on=True)
            answers.append(came - sent)
            await asyncio.sleep(0.25)

    watching = asyncio.create_task(canary())
    await asyncio.gather(*(line() for _ in range(LINES)))
    watching.cancel()
    seconds = time.perf_counter() - began
    await asyncio.sleep(3)
    growth = host.memory() - before
    ended = sum([not await _lives(host, client) for client in canaries])
    return growth, ended, tally["lines"], tally["closed"], seconds, max(answers, default=0.0)


async def _lives(host, client):
    """Whether its session is found and trains when told to: `back` among the nonsense pauses it, as it should."""
    again = await Client.open(host.port)
    value = await again.join(session=client.session)
    step = value["state"]["step"]
    await again.do("play")
    await asyncio.sleep(1)
    again.close()
    return value["resumed"] and again.step > step and not client.closed.is_set()


async def _one_line(host, chance, tally, count, canaries):
    """Talk nonsense until the server hangs up; 1 if it did.  Only what it answered counts as heard."""
    client = await Client.open(host.port)
    try:
        if chance.random() < 0.5:
            await client.do("hello", session=chance.choice(canaries).session)
        while tally["heard"] < count:
            before = client.answers
            for _ in range(BUNCH):
                client.say(_nonsense(chance))
            try:
                client.number = 10 ** 7
                await client.timed("visible", on=True)      # answered after all of these
            finally:
                tally["heard"] += client.answers - before
        return 0
    except Gone:
        return 1
    finally:
        client.close()


def _nonsense(chance):
    if chance.random() < 0.6:
        return chance.choice(TEXTS)
    if chance.random() < 0.3:                               # cut anywhere, or with any letter exchanged
        text = json.dumps({"id": 1, **chance.choice(ORDERS)})
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(["", chr(chance.randrange(32, 0x2000))]) + (text[at + 1:] if chance.random() < 0.5 else "")
    return json.dumps({"id": chance.randrange(10 ** 6), **chance.choice(ORDERS)})
