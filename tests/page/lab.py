"""The page as a person meets it: what is pressed, typed and read; and what the server says beside it."""
import io
import time
from contextlib import contextmanager, suppress

import numpy as np
from playwright.sync_api import Error

from tests.live import Client, post

PATIENCE = 30                          # seconds any single wait may take before a test gives up; nothing is measured by it
FIRST_USE = 300                        # seconds: a picture measured in float64 compiles a model's kernels once more when it is first wanted
COMPILING = 600                        # seconds; only the very first use of a model on a machine compiles it


ENTER = "(address) => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }"
LEAVE = """async () => {
    const [{ go }, { present, switchTheme, theme }, { progress, understand }] =
        await Promise.all(['/shelf/where.js', '/theme.js', '/shelf/progress.js'].map((one) => import(one)));
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    present(false);
    if ((theme.peek() === 'dark') !== matchMedia('(prefers-color-scheme: dark)').matches) switchTheme();
    go(null);
    localStorage.clear();
    sessionStorage.clear();
    progress.value = understand(null);
}"""


class Lab:
    """One page of one person.  `troubles` gathers what must never happen; a test that expects some of it says so.

    seated   whether the page stands on the shelf already, as somebody has left it (`leave`)
    spent    a test that changes what the browser itself does says so: nobody else is to sit down at this page
    """

    def __init__(self, page, url, seated=False):
        self.page, self.url, self.seated, self.spent = page, url, seated, False
        self.troubles, self.expected, self.requests = [], [], []
        page.set_default_timeout(PATIENCE * 1000)
        self.listeners = {"console": self._said, "pageerror": lambda error: self._trouble(f"page error: {error} {error.stack}"),
                          "request": self._request, "websocket": lambda socket: self._foreign(socket.url)}
        for event, listener in self.listeners.items():
            page.on(event, listener)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self._trouble(f"console: {message.text}")

    def _trouble(self, text):
        self.troubles.append(text)

    def _request(self, request):
        self.requests.append(request.url)
        self._foreign(request.url)

    def _foreign(self, url):
        own = self.url.split("/")[2]
        if url.startswith(("http", "ws")) and url.split("/")[2] != own:
            self._trouble(f"a request to another host: {url}")

    def real_troubles(self):
        """What went wrong beside what the test expected."""
        return [text for text in self.troubles if not any(words in text for words in self.expected)]

    # ---- opening

    def open(self, hash="", guided=False, first="network"):
        """Open the Playground lab, or what this part of an address says, and wait until its pictures stand; without its guided steps, unless they are asked for.

        first   the panel whose picture is waited for
        """
        address = hash or "?lab=playground"
        if self.seated:
            self.page.evaluate(ENTER, address)
        else:
            self.page.goto(self.url + address)
        return self.ready(guided, first)

    def leave(self, viewport, color_scheme):
        """The person goes; true where the page stands on the shelf, remembers nothing, and the next one may sit down at it.

        viewport, color_scheme   what the browser began with
        """
        if self.spent or self.page.is_closed():
            return False
        try:
            self.page.set_viewport_size(viewport)
            self.page.emulate_media(color_scheme=color_scheme)
            self.page.evaluate(LEAVE)
        except Error:                      # it shows something else than the playground
            return False
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)
        return True

    def ready(self, guided=False, first="network"):
        """Wait until the first picture is on the stage and training could begin."""
        self.until(lambda state: state is not None, "the first state")
        self.page.locator(".panel").first.wait_for()
        self.page.evaluate("async (free) => (await import('/guide/guide.js')).started().then(({ setFree }) => free && setFree(true))", not guided)
        self.drawn(first)
        self.full_speed()
        return self

    def full_speed(self):
        """A lab begins slow enough to be watched, which tests have no time for."""
        self.page.evaluate("async () => (await import('/commands.js')).attempt('speed', { steps_per_second: null })")
        self.until(lambda state: state["speed"] is None, "full speed")

    # ---- what is pressed

    def button(self, name, exact=True):
        """A button by the name a screen reader says."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def play(self):
        """Press play."""
        self.button("Play").click()
        self.until(lambda state: state["playing"], "training to begin")

    def pause(self):
        """Press pause; gives the state it stands still in."""
        self.button("Pause").click()
        return self.until(lambda state: not state["playing"], "training to pause")

    def rest(self):
        """What this page left in training stands still, so that it takes no processor from the next test; nothing where the page is gone."""
        with suppress(Error):
            self.page.evaluate("""async () => {
                const [{ attempt }, { playing }] = await Promise.all([import('/commands.js'), import('/store.js')]);
                if (playing.peek()) await Promise.race([attempt('pause'), new Promise((done) => setTimeout(done, 1000))]);
            }""")

    def play_until(self, condition, what):
        """Play, wait, pause."""
        self.play()
        self.wait(condition, what)
        return self.pause()

    def forward(self, by="batch"):
        """One step forward; gives the state there."""
        return self._step(f"Forward one {by}")

    def back(self, by="batch"):
        """One step back; gives the state there."""
        return self._step(f"Back one {by}")

    def _step(self, button):
        """Press it and wait until the page says which step that led to; other voices (the coach) may follow at once."""
        self.page.evaluate("""async () => {
            const { spoken } = await import('/store.js');
            spoken.value = '';
            window.stepSaid = null;
            window.stopListening?.();
            window.stopListening = spoken.subscribe((words) => { window.stepSaid ??= words.match(/^Step (\\d+)/)?.[1] ?? null; });
        }""")
        self.button(button).click()
        said = self.wait(lambda: self.page.evaluate("() => window.stepSaid"), "the step to be said", FIRST_USE)
        return self.until(lambda state: state["step"] == int(said), f"step {said}")

    @contextmanager
    def saying(self, words):
        """Until this was said to screen readers, whatever is said after it (the coach may speak at once)."""
        self.page.evaluate("""async () => {
            const { spoken } = await import('/store.js');
            window.saidSince = [];
            window.stopHearing?.();
            window.stopHearing = spoken.subscribe((said) => window.saidSince.push(said));
            window.saidSince.length = 0;
        }""")
        yield
        self.wait(lambda: any(words in said for said in self.page.evaluate("() => window.saidSince")), f"the words {words!r}")

    def by(self, unit):
        """Back and forward go by batch or by epoch."""
        self.page.locator("fieldset.by").get_by_role("radio", name=unit).check()

    def panel(self, name):
        """A panel's frame."""
        return self.page.locator(f'.panel[data-panel="{name}"]')

    def show_panels(self, *names):
        """Choose the pictures that stand on the stage."""
        self.page.evaluate("async (names) => { (await import('/stage.js')).chosen.value = names; }", list(names))

    def every_panel(self):
        """The names of all panels, once they are loaded: what no lab has on its stage comes when nothing else is to be done."""
        return self.page.evaluate("""async () => {
            const { all, loadAll } = await import('/stage.js');
            await loadAll();
            return all.peek().map(({ name }) => name);
        }""")

    def dress(self, look):
        """Light, dark, or for a projector in front of a class."""
        self.page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        self.page.evaluate("async (show) => (await import('/theme.js')).present(show)", look == "projector")

    def field(self, path):
        """A setting on the rail."""
        return self.page.locator(f'.field[data-path="{path}"]')

    def segment(self, path, title):
        """One of the choices side by side."""
        return self.field(path).get_by_role("radio", name=title, exact=True)

    def unfold(self):
        """Open every "More" of the rail."""
        self.page.evaluate("() => document.querySelectorAll('.rail details').forEach((one) => { one.open = true; })")

    def type_exact(self, path, text):
        """Type a number into the exact field of a setting."""
        field = self.field(path).locator("input.exact")
        field.fill(str(text))
        field.press("Enter")

    def menu(self, path, title):
        """Choose from the full list of a setting."""
        field = self.field(path)
        field.locator("button[aria-haspopup=menu]").click()
        field.locator(".menu").get_by_role("menuitemradio").filter(has=self.page.locator(".menu-title").get_by_text(title, exact=True)).click()

    def change(self, changes):
        """Change settings as the rail does, without its controls; the page's state knows of it afterwards."""
        value = self.command("set", {"changes": changes})
        self.until(lambda state: state["config"] == value["config"], "the page to know of the change")
        return value

    # ---- what is asked

    def state(self):
        """The page's own state."""
        return self.page.evaluate("async () => (await import('/store.js')).state.peek()")

    def config(self):
        """The whole setting."""
        return self.state()["config"]

    def loss(self):
        """The training loss the curves show."""
        entry = self.panel("curves").locator(".plot-entry").filter(has_text="training")
        return number(entry.inner_text().split("\n")[-1])

    def shown_step(self):
        """The step that stands in the page's head."""
        return int(self.page.locator(".number-step").inner_text().replace(",", ""))

    def command(self, do, fields=None):
        """A command of the page's own connection."""
        return self.page.evaluate("async ([name, fields]) => (await import('/commands.js')).command(name, fields)", [do, fields or {}])

    def measure(self, probe, options=None, run=None):
        """What a probe says now, of this run or the first: (meta, arrays)."""
        found = self.page.evaluate("""async ([probe, options, run]) => {
            const part = await (await import('/commands.js')).measure(probe, options, run ?? undefined);
            return [part.meta, Object.entries(part.arrays).map(([name, values]) => [name, Array.from(values), values.shape])];
        }""", [probe, options or {}, run])
        return found[0], {name: np.array(values).reshape(shape) for name, values, shape in found[1]}

    def token(self):
        """The session's secret."""
        return self.page.evaluate("async () => (await import('/store.js')).session.peek()")

    def parameters(self, run=None):
        """All weights of this run or the first, as the server exports them."""
        status, _, body = post(self.url + "api/export/weights", x_session=self.token(), **({"x_run": run} if run else {}))
        assert status == 200, body
        with np.load(io.BytesIO(body), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}

    @contextmanager
    def beside(self):
        """Another page of the same session, without a browser."""
        with Client(int(self.url.split(":")[2].strip("/"))) as client:
            name = self.page.evaluate("async () => (await import('/store.js')).lab.peek().name")
            assert client.do("hello", session=self.token(), lab=name)["resumed"]
            yield client

    # ---- waiting

    def wait(self, condition, what, patience=PATIENCE):
        """Wait until it holds; the browser works meanwhile.  What takes long is asked for more seldom: a question costs 10 ms of processor."""
        began = time.monotonic()
        while not (found := condition()):
            waited = time.monotonic() - began
            assert waited < patience, f"waited in vain for {what}; troubles so far: {self.real_troubles()}"
            self.page.wait_for_timeout(min(30 + 100 * waited, 250))
        return found

    def compiled(self):
        """Wait until all that the present network needs is compiled: a model is, when it is first used."""
        return self.until(lambda state: state["ready"], "compiling", COMPILING)

    def until(self, condition, what, patience=PATIENCE):
        """Wait until the page's state is so; gives the state."""
        found = []

        def holds():
            found[:] = [self.state()]
            return condition(found[0])
        self.wait(holds, what, patience)
        return found[0]

    def drawn(self, name):
        """Wait until a panel's picture has something in it."""
        panel = self.panel(name)
        panel.wait_for()

        def there():
            assert panel.locator(".panel-failed").count() == 0, panel.inner_text()
            return inked(panel)
        self.wait(there, f"the picture of {name}", FIRST_USE)


def inked(panel):
    """Whether the panel shows something: a canvas with more than a few colours, or rows of figures."""
    return panel.evaluate("""(panel) => {
        if (panel.querySelector(".panel-body td, .walk-column, .fx-value")) return true;
        const copy = document.createElement("canvas");
        copy.width = copy.height = 200;
        const context = copy.getContext("2d", { willReadFrequently: true });
        for (const canvas of panel.querySelectorAll(".panel-body canvas")) {
            if (!canvas.width || !canvas.height || canvas.getBoundingClientRect().width < 24) continue;
            context.clearRect(0, 0, 200, 200);
            context.drawImage(canvas, 0, 0, 200, 200);
            const seen = new Set(new Uint32Array(context.getImageData(0, 0, 200, 200).data.buffer));
            if (seen.size > 8) return true;
        }
        return false;
    }""")


def number(text):
    """A number as the page writes it: 1,234 or −0.5 or 3.1×10⁻⁵ or 2e−7; None where there is none."""
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = text.strip().replace("−", "-").replace(",", "").replace("×10", "e").translate(raised)
    try:
        return float(text)
    except ValueError:
        return None


def twin(config, steps=0):
    """The same training in this process, straight from the engine."""
    import engine
    run = engine.Run(config)
    run.train(steps)
    return run
