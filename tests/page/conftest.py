"""A server of its own and one browser for all tests of the page in a worker; a fresh page for each, watched for troubles."""
import os
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import psutil
import pytest

from tests import live

from . import chromium
from . import labs as school_labs
from .lab import Lab

HERE = Path(__file__).parent
COMPILING = 600                        # seconds; only the very first start on a machine compiles
LONGEST = COMPILING + 200              # seconds that a test with all it waits for may take
LEFT = {"pause_seconds": 4}            # what a test leaves in training soon rests, and takes no processor from those after it
STRICT = os.environ.get("CI_STRICT", "") not in ("", "0")
DESKTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(words):
    """What a test needs is not there: a skip that says how to get it, an error where nothing may be skipped."""
    if STRICT:
        pytest.fail(f"CI_STRICT=1 and {words}", pytrace=False)
    pytest.skip(words)


@contextmanager
def compiled(folder, port, *options):
    """A server in a process of its own, once everything is compiled."""
    with live.process(folder, port, *options) as child:
        until = time.monotonic() + COMPILING
        while not live.healthy(port)["ready"]:
            assert child.poll() is None and time.monotonic() < until, child.lines
            time.sleep(0.1)
        yield child


@pytest.fixture(autouse=True)
def not_for_ever():
    """A browser that never answers is ended: what waits for it fails then, and the others run on."""
    timer = threading.Timer(LONGEST, end_browsers)
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


def end_browsers():
    """End every Chromium that this process has started."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "chrom" in child.name() or "msedge" in child.name():
                child.kill()


@pytest.fixture(scope="package")
def browser():
    """One Chromium for all tests of the page; it ends with them, since an event loop runs as long as Playwright does."""
    path = chromium.find()
    if path is None:
        missing(chromium.HOW_TO_GET_ONE)
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, path)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def standing():
    """Addresses of the servers that stand until the last test of the page."""
    return set()


@pytest.fixture(scope="package")
def server(tmp_path_factory, browser, standing):
    """The address of a server in a process of its own, with everything compiled."""
    port = live.free_port()
    with live.process(tmp_path_factory.mktemp("playground"), port, **LEFT) as child:
        until = time.monotonic() + COMPILING
        while not live.healthy(port)["ready"]:
            assert child.poll() is None and time.monotonic() < until, child.lines
            time.sleep(0.1)
        standing.add(url := f"http://127.0.0.1:{port}/")
        yield url


@pytest.fixture(scope="package")
def school(tmp_path_factory, browser, standing):
    """A server whose teacher has labs of their own."""
    home, port = tmp_path_factory.mktemp("school"), live.free_port()
    with live.process(home / "data", port, "--labs", str(school_labs.write(home / "labs")), **LEFT):
        live.healthy(port)
        standing.add(url := f"http://127.0.0.1:{port}/")
        wait_until_compiled(url)
        yield url


def wait_until_compiled(url):
    """Until all that these labs need is there; the rest may still be being compiled."""
    until = time.monotonic() + COMPILING
    while any(live.get(f"{url}api/labs/{name}/miniature")[0] != 200 for name in ("playground", "rings", "moons", "rates")):
        assert time.monotonic() < until, "compiling takes too long"
        time.sleep(0.3)


@pytest.fixture(scope="package")
def rooms(browser):
    """Browser contexts, each with the page that was left in it or None, by what they were made with.

    They are used again: a context costs half a second of processor, and a page with all its files four.
    """
    made = defaultdict(list)
    yield made
    for context, _ in chain.from_iterable(made.values()):
        context.close()


@pytest.fixture
def people(browser, request, rooms, standing):
    """A function that brings a new person, whose browser remembers nothing; afterwards nobody may have had troubles.

    url     of another server than that of all tests
    fresh   at a page where nobody sat before and nobody will; others may get one that was left on the shelf
    """
    labs, taken = [], []

    def person(url=None, fresh=False, **options):
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", "color_scheme": "light", "accept_downloads": True, **options}
        url = url or request.getfixturevalue("server")
        fresh = fresh or url not in standing
        free = rooms["" if fresh else url, repr(sorted(options.items()))]
        context, page = free.pop() if free else (browser.new_context(**options), None)
        lab = Lab(page or context.new_page(), url, seated=page is not None)
        labs.append(lab)
        lab.spent = fresh
        taken.append((free, context, lab, options))
        if not lab.seated:
            context.new_cdp_session(lab.page).send("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": "local_storage"})
        return lab

    yield person
    troubles = [trouble for lab in labs for trouble in lab.real_troubles()]
    for lab in labs:
        lab.rest()
    for free, context, lab, options in taken:
        left = not troubles and lab.leave(options["viewport"], options["color_scheme"])
        for page in context.pages:
            if not left or page != lab.page:
                page.close()
        context.clear_permissions()
        free.append((context, lab.page if left else None))
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def lab(people):
    """The Playground lab, opened and ready."""
    return people().open()
