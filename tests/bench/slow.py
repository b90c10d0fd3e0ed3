"""Readers that stop reading, and one behind a slow line."""
import asyncio
import time

from .clients import PAGE, PICTURE, Client, crowd
from .crowd import quantile
from .host import hosting
from .machine import pace
from .relay import relay
from .table import Row

STALLED, HEALTHY, SECONDS = 20, 10, 60
GROWTH_MB, FREED, KEEP = 20, 10.0, 0.95
RATE, AGE = 200_000, 0.5
GONE = 5.0


def stalled_rows():
    """Half of the stalled readers go on acknowledging what they never read, so that the server goes on sending."""
    with hosting() as host:
        growth, freed, left, kept = asyncio.run(_stalled(host, pace(SECONDS, 15)))
    name = f"{STALLED} readers that stop reading, {pace(SECONDS, 15)} s"
    return [Row(f"{name}: server memory", f"≤ +{GROWTH_MB} MB", f"{growth:+.1f} MB", growth <= GROWTH_MB),
            Row("  their connections freed", f"≤ {FREED:g} s", f"{freed:.1f} s" + (f", {left} never" if left else ""),
                freed <= FREED and not left),
            Row("  frames the others keep", f"≥ {KEEP:.0%}", f"{kept:.0%}", kept >= KEEP)]


async def _stalled(host, seconds):
    healthy = await crowd(host.port, HEALTHY)
    stalling = await crowd(host.port, STALLED, receive_buffer=4096)
    await asyncio.sleep(pace(4, 2))
    usual = await _frames(healthy, pace(20, 5))
    before, freed, most = host.memory(), {}, 0.0
    watch = asyncio.create_task(_frames(healthy, seconds))
    began = time.perf_counter()
    _stall(stalling)
    while time.perf_counter() - began < seconds:
        await asyncio.sleep(0.1)
        most = max(most, host.memory() - before)
        for client in stalling[::2]:
            client.acknowledge(client.seq)
            client.seq += 1
        peers = host.peers()
        for client in stalling:
            if client.own_port not in peers:
                freed.setdefault(client, time.perf_counter() - began)
    kept = await watch / usual
    return most, max(freed.values(), default=0.0), STALLED - len(freed), kept


def _stall(clients):
    for client in clients:
        client.stop_reading()
        client.acknowledging = False


async def _frames(clients, seconds):
    """Pictures a second of all of them together."""
    before, began = sum(c.pictures for c in clients), time.perf_counter()
    await asyncio.sleep(seconds)
    return (sum(c.pictures for c in clients) - before) / (time.perf_counter() - began)


def line_rows():
    """A client that watches all a page watches, behind 200 kB/s: how old what it shows is, at every moment."""
    with hosting() as host:
        arrived, shown, picture, rate = asyncio.run(_behind_a_line(host, pace(20, 6)))
    p99 = quantile(shown, 0.99)
    return [Row(f"page on a {RATE // 1000} kB/s link: shown frame", f"≤ {AGE:g} s old",
                f"{p99:.2f} s (p99 of all moments; the output panel's own picture {quantile(picture, 0.99):.2f} s; a frame arrives "
                f"{quantile(arrived, 0.5):.2f} s old, at worst {max(arrived):.2f} s; {rate:.1f} frames/s)", p99 <= AGE)]


async def _behind_a_line(host, seconds):
    offsets, arrivals = [], []
    near = await Client.open(host.port)
    near.heard = lambda data, seq, step, moment, now: offsets.append(now - moment)
    await near.join()
    async with relay(host.port, RATE) as port:
        far = await Client.open(host.port, through=port, receive_buffer=8192)
        far.heard = lambda data, seq, step, moment, now: arrivals.append((now, moment, PICTURE in data))
        await far.join(PAGE, session=near.session)
        await far.do("play")
        await asyncio.sleep(seconds)
        far.close()
    near.close()
    clock = min(offsets)                      # between the session's clock and ours: the quickest frame took no time
    late = [(now, now - moment - clock, picture) for now, moment, picture in arrivals if now > arrivals[0][0] + seconds / 3]
    rate = (len(late) - 1) / (late[-1][0] - late[0][0])
    return [age for _, age, _ in late], _shown(late), _shown([one for one in late if one[2]]), rate


def _shown(arrivals):
    """How old what is shown is, every five milliseconds."""
    return [age + 0.005 * k for (now, age, _), (after, _, _) in zip(arrivals, arrivals[1:])
            for k in range(1 + int((after - now) / 0.005))]


def end_rows():
    """SIGTERM while readers stall."""
    with hosting() as host:
        took = asyncio.run(_end(host))
        code = host.child.returncode
    return [Row(f"SIGTERM with {STALLED} stalled readers", f"gone in ≤ {GONE:g} s", f"{took:.1f} s (exit code {code})", took <= GONE)]


async def _end(host):
    await crowd(host.port, HEALTHY)
    stalling = await crowd(host.port, STALLED, receive_buffer=4096)
    await asyncio.sleep(1)
    _stall(stalling)
    for _ in range(20):
        await asyncio.sleep(0.1)
        for client in stalling[::2]:
            client.acknowledge(client.seq)
            client.seq += 1
    return await asyncio.to_thread(host.terminate)
