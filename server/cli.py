"""The command line.

    playground                                    start the server and open the page
    playground train CONFIG.json --steps N        train without a page
    playground describe                           print the catalog as JSON

What is wrong with what was typed ends with 2 and one line; everything else that fails, with 1.
"""
import argparse
import json
import math
import sys
import threading
import time
import webbrowser

from pydantic import ValidationError

from .errors import Refused
from .shelf import FIRST

OPENED = f"?lab={FIRST}"      # whoever starts it alone begins with a network already made; a classroom gets the shelf


def main(arguments=None):
    """Run the command line; gives the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):        # a terminal that lacks a letter shows ? rather than ending us
            stream.reconfigure(errors="replace")
    try:
        return options.run(options) or 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:                       # `| head` has had enough
        sys.stderr.close()
        return 0
    except Exception as problem:
        if not hasattr(problem, "as_dict"):
            raise
        print(f"playground: {problem}", file=sys.stderr)
        return 2


def _parser():
    parser = argparse.ArgumentParser(prog="playground", description="Watch a real neural network learn, and change "
                                     "anything while it does.", epilog="Every option can also be set in the "
                                     "environment, as PLAYGROUND_HOST, PLAYGROUND_PORT and so on.")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    parser.add_argument("--host", help="address to listen on (127.0.0.1; 0.0.0.0 lets a classroom in)")
    parser.add_argument("--port", type=int, help="port (8765, or the next free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    parser.add_argument("--max-sessions", type=int, metavar="N", help="sessions held at a time (250)")
    parser.add_argument("--workers", type=int, metavar="N", help="training threads (as many as processors)")
    parser.add_argument("--labs", metavar="DIR", help="a folder with more labs (*.toml)")
    parser.add_argument("--data-dir", metavar="DIR", help="where sessions are kept")
    parser.set_defaults(run=serve)
    commands = parser.add_subparsers(metavar="COMMAND")

    training = commands.add_parser("train", help="train without a page")
    training.add_argument("config", metavar="CONFIG.json", help="a setting, as the page saves it; - for standard input")
    training.add_argument("--steps", type=int, required=True, metavar="N", help="training steps")
    training.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="changes",
                          help="change a setting, such as optimizer.learning_rate=0.1 (again for more)")
    training.set_defaults(run=train)

    catalog = commands.add_parser("describe", help="print everything the engine knows as JSON")
    catalog.set_defaults(run=describe)
    return parser


# ---------------------------------------------------------------------------------------------------- serve

def read_settings(options):
    """Settings from the options that were given, the environment, and the defaults.  Errors: Refused."""
    from .settings import Settings
    given = {name: getattr(options, name) for name in ("host", "port", "max_sessions", "workers", "labs", "data_dir")
             if getattr(options, name) is not None}
    if options.no_browser:
        given["browser"] = False
    try:
        settings = Settings(**given)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = "_".join(map(str, first["loc"][:1]))
        option = "--" + name.replace("_", "-") if name in given else f"PLAYGROUND_{name.upper()}"
        raise Refused(option, first["msg"][0].lower() + first["msg"][1:], str(first.get("input"))) from None
    if settings.labs is not None and not settings.labs.is_dir():
        raise Refused("--labs", "a folder", str(settings.labs))
    return settings


def serve(options):
    """Start the server and open the page; ends with Ctrl+C."""
    if options.version:
        from .house import version
        print(f"Neural Playground {version()}")
        return 0
    from . import instance
    settings = read_settings(options)
    if "port" not in settings.model_fields_set and (url := instance.running(settings.data_dir)):
        return _already(url, settings)
    try:
        listening, port = instance.next_free(settings.host, settings.port)
    except OSError as problem:
        raise Refused("--host", "an address of this machine with a free port",
                      f"{settings.host} ({problem.strerror or problem})") from None
    if port != settings.port and settings.port:
        taken = instance.url_of(settings.host, settings.port)
        if instance.health(taken):
            listening.close()
            return _already(taken, settings)
        print(f"Port {settings.port} is taken by another program; using {port}.", flush=True)
    settings = settings.model_copy(update={"port": port})
    return _run(settings, listening)


def _already(url, settings):
    print(f"The playground is already running: {url}", flush=True)
    if settings.browser:
        webbrowser.open(url + OPENED)
    return 0


def _run(settings, listening):
    from . import instance
    url = instance.url_of(settings.host, settings.port)
    print("Neural Playground is starting …" if _unicode() else "Neural Playground is starting ...", flush=True)
    from .app import create_app
    from .transport import Server, configure
    progress = Progress()
    app = create_app(settings, tell=progress)
    house = app.house
    for problem in house.shelf.problems:
        print(f"A lab is left out: {problem}", file=sys.stderr)
    server = Server(configure(app, settings), farewell=house.farewell)
    print(f"Open {url}    (Ctrl+C ends)", flush=True)
    if not instance.is_loopback(settings.host):
        _invite(settings)
    if settings.browser:
        threading.Thread(target=_open_when_there, args=(url, server), daemon=True).start()
    with instance.noted(settings.data_dir, url):
        server.run(sockets=[listening])
    progress.close()
    return 0


def _open_when_there(url, server):
    while not server.started and not server.should_exit:
        time.sleep(0.05)
    if not server.should_exit:
        webbrowser.open(url + OPENED)


def _invite(settings):
    """The address for a classroom and its QR code."""
    from . import instance
    address = instance.lan_address(settings.host)
    if address is None:
        print("No network was found: others cannot open the page yet.", flush=True)
        return
    url = instance.url_of(address, settings.port)
    print(f"\nOthers on this network open\n\n    {url}\n", flush=True)
    print("\n".join("    " + line for line in instance.qr_lines(url, plain=not _unicode())), flush=True)
    print("\nEveryone on this network can open it and use this computer's processor. Ctrl+C ends it.", flush=True)


def _unicode():
    return "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()


class Progress:
    """Compiling, on the terminal: a bar that goes away, or a few lines where there is no terminal."""

    def __init__(self):
        self.bar, self.began, self.told = None, time.monotonic(), False

    def __call__(self, done, total, name):
        if time.monotonic() - self.began < 1 and self.bar is None:
            return                                       # from the cache it takes no time worth a word
        if sys.stderr.isatty():
            from tqdm import tqdm
            if self.bar is None:
                self.bar = tqdm(total=total, desc="compiling", unit="kernel", leave=False, dynamic_ncols=True)
            self.bar.total, self.bar.n = total, done
            self.bar.set_postfix_str(name, refresh=True)
            if name == "ready":
                self.close()
        elif not self.told or name == "ready":
            self.told = True
            print(f"compiling: {done} of {total} ({name})", file=sys.stderr, flush=True)

    def close(self):
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


# ---------------------------------------------------------------------------------------------------- train

def train(options):
    """Train a config and report: a progress bar on a terminal, JSON lines to a pipe."""
    if options.steps < 0:
        raise Refused("--steps", "a whole number of at least 0", options.steps)
    config, changes = _config(options.config), [_change(text) for text in options.changes]
    import engine
    run = engine.Run(config)
    if changes:
        run.set(dict(changes))
    terminal = sys.stdout.isatty()
    report = _Bar(options.steps) if terminal else _Lines()
    report.say(run)
    bunch, until = 1, time.monotonic()
    while run.step < options.steps and not run.divergence and not run.ended:
        began = time.perf_counter()
        run.train(min(bunch, options.steps - run.step))
        took = time.perf_counter() - began
        bunch = max(1, min(int(bunch * 0.05 / max(took, 1e-6)), bunch * 4))
        if time.monotonic() - until > report.seconds:
            until = time.monotonic()
            report.say(run)
    report.end(run)
    return 1 if run.divergence else 0


def _config(path):
    try:
        text = sys.stdin.read() if path == "-" else open(path, encoding="utf-8").read()
    except OSError as problem:
        raise Refused("CONFIG.json", "a file", f"{path} ({problem.strerror})") from None
    except UnicodeDecodeError:
        raise Refused("CONFIG.json", "text in UTF-8", path) from None
    try:
        config = json.loads(text)
    except ValueError as problem:
        raise Refused("CONFIG.json", "JSON", f"{path} ({problem})") from None
    return config["config"] if isinstance(config, dict) and isinstance(config.get("config"), dict) else config


def _change(text):
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise Refused("--set", "PATH=VALUE, such as optimizer.learning_rate=0.1", text)
    try:
        return path.strip(), json.loads(value)
    except ValueError:
        return path.strip(), value                       # a bare word is a name: activation=relu


def _sample(run):
    numbers = {name: _plain(value) for name, value in run.metrics().items()}
    return {"step": run.step, "epoch": run.epoch, "loss": _plain(run.loss), **numbers}


def _plain(value):
    return None if value is None or not math.isfinite(value) else float(value)


class _Lines:
    """One JSON object a line; the last one has "final": true."""
    seconds = 1.0

    def say(self, run):
        print(json.dumps(_sample(run)), flush=True)

    def end(self, run):
        print(json.dumps({**_sample(run), "final": True, "divergence": run.divergence, "best": run.best}), flush=True)


class _Bar:
    """A progress bar, then the final metrics in words."""
    seconds = 0.2

    def __init__(self, steps):
        from tqdm import tqdm
        self.bar = tqdm(total=steps, unit="step", unit_scale=True, dynamic_ncols=True)

    def say(self, run):
        self.bar.n = run.step
        self.bar.set_postfix({name: f"{value:.4g}" for name, value in run.metrics().items() if value is not None})

    def end(self, run):
        self.say(run)
        self.bar.close()
        for name, value in _sample(run).items():
            print(f"{name:>16}  {'-' if value is None else f'{value:.6g}'}")
        if run.divergence:
            print(run.divergence["message"])
        elif run.ended:
            print(f"Ended early, with the weights of epoch {run.best['epoch']}: the best on the rows kept from training.")


def describe(options):
    """Print the catalog."""
    from pydantic_core import to_json

    import engine
    text = to_json(engine.describe(), indent=1, inf_nan_mode="null", fallback=str) + b"\n"
    out = getattr(sys.stdout, "buffer", None)                # JSON is UTF-8, whatever the terminal speaks
    if out is None:
        print(text.decode(), end="")
    else:
        out.write(text)
        out.flush()


if __name__ == "__main__":
    sys.exit(main())
