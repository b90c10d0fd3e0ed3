"""The labs on the real page: how soon each is there, what a frame costs with its panels, and seven runs at once."""
import time

from . import tracing
from .browser import FULL_SPEED, NoBrowser, chromium, link, open_and_play, page_of
from .crowd import quantile
from .host import hosting
from .machine import pace
from .table import Row, gathered

START_S, SCRIPT_MS, STEPS, FRAMES = 1.0, 8.0, 5000, 60

# From the press on a lab's card to the animation frame in which a picture of its first panel stands.
ENTER = """(name) => new Promise((done) => {
  const began = performance.now(), copy = document.createElement("canvas"), context = copy.getContext("2d", { willReadFrequently: true });
  copy.width = copy.height = 64;
  const drawn = () => {
    const panel = document.querySelector(".stage .panel");
    if (!panel) return false;
    if (panel.querySelector(".panel-body td, .fx-value, .softmax-name")) return true;
    return [...panel.querySelectorAll(".panel-body canvas")].some((canvas) => {
      if (canvas.width < 24 || canvas.height < 24) return false;
      context.clearRect(0, 0, 64, 64);
      context.drawImage(canvas, 0, 0, 64, 64);
      return new Set(new Uint32Array(context.getImageData(0, 0, 64, 64).data.buffer)).size > 8;
    });
  };
  document.querySelector(`a.lab-link[href$="lab=${name}"], .lab-card a[href*="lab=${name}"]`).click();
  const look = () => drawn() ? done(performance.now() - began) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})"""
PAUSE = "async () => (await import('/commands.js')).command('pause')"
STATE = "async () => (await import('/store.js')).state.peek()"
FRAMES_SEEN = """(seconds) => new Promise((done) => {
  let count = 0;
  const until = performance.now() + 1000 * seconds, began = performance.now();
  const frame = (now) => { count += 1; if (now < until) requestAnimationFrame(frame); else done(1000 * count / (now - began)); };
  requestAnimationFrame(frame);
})"""


def rows():
    """The section's rows."""
    with hosting() as host:
        try:
            with chromium() as browser:
                names = _names(browser, host)
                return gathered(start=lambda: start_rows(browser, host, names), frames=lambda: frame_rows(browser, host, names),
                                seven=lambda: seven_rows(browser, host))
        except NoBrowser as problem:
            return [Row("labs on the real page", "", str(problem), None)]


def _names(browser, host):
    with page_of(browser) as page:
        return [lab["name"] for lab in page.request.get(f"{host.url}api/labs").json()["labs"]]


def start_rows(browser, host, names):
    """Every lab entered from the shelf by somebody new; once before, so that its kernels are there."""
    found = {}
    for name in names:
        for again in range(2):
            with page_of(browser) as page:
                page.goto(host.url)
                page.wait_for_selector(".lab-card")
                page.wait_for_timeout(500)
                found[name] = page.evaluate(ENTER, name) / 1000
                page.wait_for_function("async () => (await import('/store.js')).state.peek()?.ready")
                page.wait_for_timeout(300 if again else 1500)
    return [Row(f"lab {name}: from its card to its first picture, warm server", f"≤ {START_S:g} s", f"{seconds:.2f} s", seconds <= START_S)
            for name, seconds in found.items()]


def frame_rows(browser, host, names):
    """Every lab with all the panels that fit, training as fast as it can."""
    made = []
    for name in names:
        with page_of(browser) as page:
            lab = page.request.get(f"{host.url}api/labs/{name}").json()
            open_and_play(page, link(f"{host.url}?lab={name}", lab["config"], [panel["name"] for panel in lab["panels"]]), full_speed=True)
            page.wait_for_timeout(4000)
            shown, rate = page.locator(".panel").count(), page.evaluate(FRAMES_SEEN, pace(4, 2))
            browser.start_tracing(page=page, categories=tracing.CATEGORIES)
            page.wait_for_timeout(1000 * pace(6, 3))
            _, processor = tracing.script_per_frame(browser.stop_tracing())
            page.evaluate(PAUSE)             # or it trains on for a minute beside what is measured after it
        p95 = quantile(processor, 0.95)
        made.append(Row(f"lab {name}: script a frame, {shown} panels, full speed, p95", f"≤ {SCRIPT_MS:g} ms",
                        f"{p95:.1f} ms of processor; {rate:.0f} frames/s here", p95 <= SCRIPT_MS))
    return made


def seven_rows(browser, host):
    """The lab of rates with seven runs of a 2-8-8-2 network side by side, on the page, at full speed."""
    with page_of(browser) as page:
        lab = page.request.get(f"{host.url}api/labs/learning_rate").json()
        config = {**lab["config"], "loss": {"name": "cross_entropy"}}
        runs = [{"label": f"{rate:g}", "changes": {"optimizer.learning_rate": rate} if number else {}}
                for number, rate in enumerate((0.1, 0.001, 0.003, 0.01, 0.03, 0.06, 0.3))]
        page.goto(link(f"{host.url}?lab=learning_rate", config, lab["present"], runs))
        page.wait_for_selector("button.play:not([disabled])")
        page.evaluate(FULL_SPEED)
        page.keyboard.press("Space")
        page.wait_for_timeout(3000)
        before, began = _steps(page), time.perf_counter()
        rate = page.evaluate(FRAMES_SEEN, pace(6, 3))
        after, seconds = _steps(page), time.perf_counter() - began
    each = [(end - start) / seconds for start, end in zip(before, after)]
    return [Row("seven runs of 2-8-8-2 in the lab of rates: steps/s of each", f"≥ {STEPS:,}",
                f"{min(each):,.0f} to {max(each):,.0f} ({len(each)} runs)", len(each) == 7 and min(each) >= STEPS),
            Row("  the page meanwhile", f"≥ {0.9 * FRAMES:.0f} frames/s", f"{rate:.0f} frames/s", rate >= 0.9 * FRAMES)]


def _steps(page):
    """How far every run is, as the page is told: a state is sent when something changes, so something is changed."""
    page.evaluate("async () => (await import('/commands.js')).attempt('speed', { steps_per_second: null })")
    page.wait_for_timeout(100)
    return [run["step"] for run in page.evaluate(STATE)["runs"]]
