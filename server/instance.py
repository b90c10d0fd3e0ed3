"""Where the server listens and how others find it: a free port, the one already running, the classroom's address."""
import contextlib
import errno
import ipaddress
import json
import os
import socket
import urllib.request

import segno

APP = "neural-playground"
TRIES = 50


def url_of(host, port):
    """The address a browser on this machine opens."""
    host = "127.0.0.1" if host in ("", "0.0.0.0") else "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}/"


def listen(host, port):
    """A listening socket on this port.  Errors: OSError where it is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, since asyncio sends small messages at once (TCP_NODELAY) only on sockets that name it: otherwise
    # whatever follows an answer lies 40 ms until the other side has confirmed the answer.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":                     # on Windows this option would let two servers share one port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        found.bind((host, port))
        found.listen(1024)
        found.setblocking(False)
        return found
    except BaseException:
        found.close()
        raise


def next_free(host, port):
    """(socket, port) of this port or the next one that is free."""
    for candidate in [port] if port == 0 else range(port, min(port + TRIES, 65536)):
        try:
            found = listen(host, candidate)
            return found, found.getsockname()[1]
        except OSError as problem:
            if not _taken(problem):
                raise
    raise OSError(f"no port from {port} to {port + TRIES - 1} is free")


def _taken(problem):
    kinds = (getattr(errno, name, None) for name in ("EADDRINUSE", "EACCES", "WSAEADDRINUSE", "WSAEACCES"))
    return problem.errno in kinds


def health(url, seconds=1.0):
    """What the playground at this address says of itself, or None where there is none."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))     # no proxy: it is this machine
    try:
        with opener.open(url + "api/health", timeout=seconds) as answer:
            found = json.loads(answer.read(10_000))
        return found if isinstance(found, dict) and found.get("app") == APP else None
    except (OSError, ValueError):
        return None


# ---- the note that says where the running server is

def _note(folder):
    return folder / "running.json"


def running(folder):
    """The address of the playground that is already running, or None."""
    try:
        url = str(json.loads(_note(folder).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if url.startswith("http://") and health(url) else None


@contextlib.contextmanager
def noted(folder, url):
    """Leave a note while this server runs."""
    note, text = _note(folder), json.dumps({"url": url, "pid": os.getpid()})
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        note.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if note.read_text(encoding="utf-8") == text:          # a later server may have left its own
                note.unlink()


# ---- a classroom

def is_loopback(host):
    """Whether only this machine can come in."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def lan_address(host):
    """The address others on this network reach us by, or None where there is no network."""
    if host not in ("0.0.0.0", "::"):
        return host
    family, far = (socket.AF_INET6, "2001:db8::1") if host == "::" else (socket.AF_INET, "192.0.2.1")
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far, 9))                    # sends nothing: it only asks which way it would go
        found = probe.getsockname()[0]
        if not ipaddress.ip_address(found).is_loopback:
            return found
    return None


def qr_lines(text, plain=False):
    """The address as a QR code in half-block characters (or # where the terminal has only ASCII), with a margin."""
    rows = [[bool(cell) for cell in row] for row in segno.make(text, micro=False).matrix_iter(border=2)]
    if plain:
        return ["".join("  " if dark else "##" for dark in row) for row in rows]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    # Light modules are drawn, dark ones left: right on the dark background most terminals have.
    shapes = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(shapes[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]
