"""The real page in a real Chromium: epochs it counts, sliders it answers, script a frame costs."""
import asyncio
import random
import time
from pathlib import Path

from server.frames import decode_frame

from . import tracing
from .browser import NoBrowser, chromium, link, open_and_play, page_of
from .clients import LIGHT, Client
from .crowd import quantile
from .host import hosting
from .machine import pace
from .table import Row, gathered

EPOCHS, SLIDER_MS, SCRIPT_MS, CHANGE_MS = 2000, 60.0, 8.0, 50.0

COUNTED = {"data": {"name": "spiral", "points": 500, "test_share": 0.5}, "model": {"name": "mlp", "hidden": [4, 2]},
           "optimizer": {"name": "sgd", "learning_rate": 0.03}, "batch_size": 10, "seed": 1}

# The epochs the page shows, each time they change, with the moment of it.
EPOCHS_SHOWN = """(seconds) => new Promise((done) => {
  const place = document.querySelector(".number-epoch"), seen = [];
  const watch = new MutationObserver(() => seen.push([performance.now() / 1000, Number(place.textContent.replaceAll(",", ""))]));
  watch.observe(place, { childList: true, characterData: true, subtree: true });
  setTimeout(() => { watch.disconnect(); done(seen); }, 1000 * seconds);
})"""


def rows():
    """The section's rows."""
    change = gathered(architecture_change=_alone(change_rows))
    try:
        with chromium() as browser:
            return change + gathered(epochs=_alone(epoch_rows, browser), slider=_alone(slider_rows, browser), script=_alone(script_rows, browser))
    except NoBrowser as problem:
        return [*change, Row("epochs, sliders and script of the real page", "", str(problem), None)]


def _alone(rows, *given):
    """With a server of its own: a session that was left trains on for a minute, in case its page comes back."""
    def measured():
        with hosting() as host:
            return rows(*given, host)
    return measured


def epoch_rows(browser, host):
    """250 training points in batches of 10, 2-4-2-1, full speed, all panels the lab shows."""
    with page_of(browser) as page:
        open_and_play(page, link(host.url, COUNTED), full_speed=True)
        page.wait_for_timeout(2000)
        seen = page.evaluate(EPOCHS_SHOWN, pace(8, 3))
    (began, first), (ended, last) = seen[0], seen[-1]
    speed = (last - first) / (ended - began)
    return [Row("epochs a second counted on the page, 250 points, batch 10, 2-4-2-1", f"≥ {EPOCHS:,}", f"{speed:,.0f}", speed >= EPOCHS)]


def slider_rows(browser, host):
    """The learning rate's slider, moved by the keyboard while it trains at full speed."""
    with page_of(browser, (Path(__file__).parent / "watch.js").read_text(encoding="utf-8")) as page:
        open_and_play(page, host.url + "?lab=playground", full_speed=True)
        page.wait_for_timeout(2000)
        page.focus("#set-optimizer-learning_rate")
        chance, moves = random.Random(3), pace(30, 10)
        found = [_move(page, "ArrowLeft" if number % 4 < 2 else "ArrowRight", chance) for number in range(moves)]
    unseen = found.count(None)
    found = [delay for delay in found if delay is not None]
    if unseen:
        return [Row("slider moved to first frame with its effect", f"≤ {SLIDER_MS:g} ms", f"{unseen} of {moves} moves were never seen", False)]
    p95 = quantile(found, 0.95)
    return [Row("slider moved to first frame with its effect, p95", f"≤ {SLIDER_MS:g} ms",
                f"{p95:.0f} ms (p50 {quantile(found, 0.5):.0f}, worst {max(found):.0f}, {moves} moves)", p95 <= SLIDER_MS)]


def _move(page, key, chance):
    """Move the slider by one stop: the milliseconds it took, or None."""
    page.wait_for_timeout(200 + 200 * chance.random())
    page.evaluate("benchNotes.length = 0")
    page.keyboard.press(key)
    for _ in range(30):
        page.wait_for_timeout(100)
        if (took := delay(page.evaluate("benchNotes"))) is not None:
            return took
    return None


def delay(notes):
    """The milliseconds from moving the slider until a picture stood that was computed with its value, or None."""
    moved = wanted = least = seq = None
    for note in notes:
        what = note["what"]
        if what == "input":
            moved = note["at"]
        elif what == "set" and moved is not None and wanted is None:
            wanted = note["changes"]["optimizer.learning_rate"]
        elif what == "state" and wanted is not None and least is None:
            least = note["step"] if note["config"]["optimizer"]["learning_rate"] == wanted else None
        elif what == "frame" and least is not None and seq is None and note["step"] >= least:
            seq = note["seq"]
        elif what == "drawn" and seq is not None and note["seq"] == seq:
            return note["at"] - moved
    return None


def script_rows(browser, host):
    """Every panel of the lab that fits its data, all in sight, training at full speed."""
    with page_of(browser) as page:
        lab = page.request.get(f"{host.url}api/labs/playground").json()
        open_and_play(page, link(host.url, lab["config"], [panel["name"] for panel in lab["panels"]]), full_speed=True)
        page.wait_for_timeout(4000)
        shown = page.locator(".panel").count()
        browser.start_tracing(page=page, categories=tracing.CATEGORIES)
        seconds = pace(10, 4)
        page.wait_for_timeout(1000 * seconds)
        clock, processor = tracing.script_per_frame(browser.stop_tracing())
    own, p95 = quantile(processor, 0.95), quantile(clock, 0.95)
    return [Row(f"page script per frame, {shown} panels, full speed, p95", f"≤ {SCRIPT_MS:g} ms",
                f"{own:.1f} ms of processor (p50 {quantile(processor, 0.5):.1f}, worst {max(processor):.1f}); by the clock, beside "
                f"what else runs here, {p95:.1f} ms; {len(clock) / seconds:.0f} drawn frames/s", own <= SCRIPT_MS)]


def change_rows(host):
    """As a client sees it: the command sent to the frame that shows the new network there."""
    times = asyncio.run(_change(host, pace(20, 6)))
    p95 = quantile(times, 0.95) * 1e3
    return [Row("architecture change to first new frame at a client, warm, p95", f"≤ {CHANGE_MS:g} ms",
                f"{p95:.0f} ms (p50 {quantile(times, 0.5) * 1e3:.0f}, worst {max(times) * 1e3:.0f}, {len(times)} changes)",
                p95 <= CHANGE_MS)]


async def _change(host, count):
    client = await Client.open(host.port)
    await client.join(LIGHT)
    await client.do("play")
    await asyncio.sleep(1)
    times, arrived = [], asyncio.Event()

    def heard(data, seq, step, moment, now):
        for part in decode_frame(data)["parts"]:
            if part["probe"] == "network" and [layer["units"] for layer in part["meta"]["layers"][:-1]] == wanted:
                times.append(now - sent)
                client.heard = None
                arrived.set()

    for number in range(count):
        wanted = [[8], [8, 6], [7, 5, 3], [4] * 6, [8, 8]][number % 5]
        arrived.clear()
        client.heard, sent = heard, time.perf_counter()
        await client.do("set", changes={"model.hidden": wanted})
        await asyncio.wait_for(arrived.wait(), 30)
        await asyncio.sleep(0.25 + 0.01 * (number % 7))
    client.close()
    return times
