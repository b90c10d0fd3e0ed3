"""A real Chromium on the real page, or the reason why there is none."""
import base64
import contextlib
import json
import zlib

from tests.page.chromium import launch

SIZE = {"width": 1920, "height": 1080}
# Comes back in the animation frame in which the step counter stands at more than nothing.
MOVING = """() => new Promise((done) => {
  const look = () => parseInt(document.querySelector(".number-step").textContent) > 0 ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""


class NoBrowser(Exception):
    """There is no Chromium here."""


@contextlib.contextmanager
def chromium():
    """A browser.  Errors: NoBrowser."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser("Playwright is not installed: pip install -e .[test]") from None
    with sync_playwright() as play:
        try:
            browser = launch(play)
        except Error as problem:
            raise NoBrowser(f"Chromium does not start: {problem.message.splitlines()[0]}") from None
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def page_of(browser, script=None):
    """A fresh page, as of somebody who was never here; `script` runs before its own."""
    context = browser.new_context(viewport=SIZE, device_scale_factor=1)
    try:
        page = context.new_page()
        page.set_default_timeout(120_000)
        if script:
            page.add_init_script(script)
        yield page
    finally:
        context.close()


def link(url, config, panels=None, runs=None):
    """The address that opens a setting, with all or some panels on the stage."""
    shared = {"config": config} | ({"panels": panels} if panels else {}) | ({"runs": runs} if runs else {})
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps(shared).encode()) + packer.flush()
    return f"{url}#s1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


FULL_SPEED = """() => {
  const pace = document.querySelector("#pace");
  pace.value = pace.max;
  pace.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def open_and_play(page, address, full_speed=False):
    """Open the page and press Space as soon as it can play; back when its step counter moves."""
    page.goto(address, wait_until="commit")
    page.wait_for_selector("button.play:not([disabled])")
    if full_speed:
        page.evaluate(FULL_SPEED)
    page.keyboard.press("Space")
    page.evaluate(MOVING)
