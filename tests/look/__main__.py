"""Screenshots of the page as people will meet it, to be looked at:  python -m tests.look [--out DIR] [--only WORDS]

The pictures of one run are written under names that say what they show. `--readme` renews the README's picture.
"""
import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import live
from tests.look import labs, playground
from tests.look.sizes import LAPTOP, PHONE
from tests.page import chromium
from tests.page.lab import Lab

README = live.ROOT / "web" / "readme" / "playground.png"


def take(browser, url, name, size, theme, act, many, out):
    """One scene, in a context of its own; gives what went wrong there."""
    phone = size == PHONE
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce",
                                  has_touch=phone, is_mobile=phone, device_scale_factor=2 if phone else 1)
    lab = Lab(context.new_page(), url)
    lab.expected.append("requestFullscreen")        # which only a press may ask for

    def shoot(what=None):
        file = out / ("-".join(filter(None, (name, what))) + ".png")
        still(lab)
        lab.page.screenshot(path=file, animations="disabled")
        print(file, flush=True)

    try:
        if many:
            act(lab, shoot=shoot)
        else:
            lab.open()
            act(lab)
            if act not in playground.POINTED:
                lab.page.mouse.move(1, 1)
            shoot()
    except Exception as problem:
        lab.page.screenshot(path=out / f"{name}-failed.png")
        lab.troubles.append(f"{type(problem).__name__}: {str(problem)[:300]}")
    finally:
        context.close()
    return lab.real_troubles()


def still(lab):
    """Wait until what is on the stage has been drawn, and twice looks the same."""
    lab.page.evaluate("() => document.fonts.ready")
    before = [b""]

    def same():
        now = lab.page.screenshot(animations="disabled")
        found, before[0] = now == before[0], now
        return found
    lab.wait(same, "the picture to stand still")


def main():
    """Take all pictures; gives 1 where a page had troubles."""
    parser = argparse.ArgumentParser(prog="python -m tests.look", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=live.ROOT / "looks", metavar="DIR", help="folder for the pictures (looks)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only scenes whose names have one of these words in them")
    parser.add_argument("--readme", action="store_true", help="renew the README's picture instead")
    options = parser.parse_args()
    wanted = [("playground", LAPTOP, "light", playground.readme, False)] if options.readme else \
        [scene for scene in (*playground.scenes(), *labs.scenes()) if any(word in scene[0] for word in options.only.split() or [""])]
    out = README.parent if options.readme else options.out
    out.mkdir(parents=True, exist_ok=True)
    if chromium.find() is None:
        sys.exit(chromium.HOW_TO_GET_ONE)
    port, failed = live.free_port(), 0
    with tempfile.TemporaryDirectory() as home, live.process(Path(home), port), sync_playwright() as playwright:
        live.healthy(port)
        live.wait_for(lambda: live.healthy(port)["ready"])
        browser = chromium.launch(playwright)
        for scene in wanted:
            troubles = take(browser, f"http://127.0.0.1:{port}/", *scene, out)
            failed += bool(troubles)
            for trouble in troubles:
                print(f"    {scene[0]}: {trouble}", flush=True)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
