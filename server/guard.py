"""The door: only the page's own host and origin come in; every answer says what the page may load.

Pure ASGI, because HTTP middleware is not run for WebSockets.  Values are compared whole, never by their beginning.

    Host      must be a name or address this server goes by: a foreign name that was made to resolve to this machine
              (DNS rebinding) is refused
    Origin    must be that same host; it may be missing only where nothing is changed
"""
import base64
import hashlib
import ipaddress
import logging
import socket
from collections import Counter
from html.parser import HTMLParser

log = logging.getLogger("playground")

SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = ("default-src 'self'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data: blob:; "
          "font-src 'self'; connect-src 'self'{sockets}; worker-src 'self'; object-src 'none'; base-uri 'none'; "
          "form-action 'none'; frame-ancestors 'none'")
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
           (b"cross-origin-opener-policy", b"same-origin"), (b"cross-origin-resource-policy", b"same-origin"))


class Guard:
    """ASGI middleware around the whole application.

    names        host names allowed beside the address a connection came in on, with the port it came in on
    more         names or name:port allowed with any port
    index        the page, whose import map the policy allows by its digest
    per_address  and in_all: how many sockets may be open
    """

    def __init__(self, app, names, index, more=(), per_address=120, in_all=300):
        self.app, self.index = app, index
        self.names, self.more = {name.lower() for name in names}, {name.lower() for name in more}
        self.per_address, self.in_all = per_address, in_all
        self.open = Counter()
        self._policy = None, ""

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        host = _one(scope, b"host")
        problem = self._problem(scope, host)
        if scope["type"] == "http":
            await self._http(scope, receive, self._with_headers(send, host if problem is None else None), problem)
        else:
            await self._socket(scope, receive, send, problem)

    async def _http(self, scope, receive, send, problem):
        if problem is None:
            await self.app(scope, receive, send)
            return
        body = f"Refused: {problem}\n".encode()
        await send({"type": "http.response.start", "status": 403, "headers": [
            (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _socket(self, scope, receive, send, problem):
        address = (scope.get("client") or ("?",))[0]
        if problem is None and (self.open[address] >= self.per_address or self.open.total() >= self.in_all):
            problem = "too many open connections"
        if problem is not None:
            log.warning("a socket was refused: %s", problem)
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": problem[:100]})     # before accepting: a 403
            return
        self.open[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[address] -= 1
            if not self.open[address]:
                del self.open[address]

    def _problem(self, scope, host):
        """Why this request may not come in, or None."""
        if host is None:
            return "the Host header is missing or there are several"
        if not self._known(host, scope.get("server")):
            return "this server does not go by that name (PLAYGROUND_ALLOWED_HOSTS adds one)"
        origins = _all(scope, b"origin")
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if not origins:
            return "the Origin header is missing" if changes else None
        if len(origins) > 1 or origins[0].lower() not in (f"http://{host}", f"https://{host}"):
            return "the Origin is another page"
        return None

    def _known(self, host, server):
        name, port = split_host(host)
        if name is None:
            return False
        if host in self.more or name in self.more:             # a proxy in front has its own port
            return True
        if server is None or server[1] is not None and (port or 80) != server[1]:
            return False
        # An address, as opposed to a name, cannot be made to point here by a stranger: the one it came in on will do.
        return name in self.names or _same_address(name, server[0])

    def _with_headers(self, send, host):
        async def answer(message):
            if message["type"] == "http.response.start":
                own = {name for name, _ in HEADERS} | {b"content-security-policy"}
                headers = [(k, v) for k, v in message.get("headers", []) if k.lower() not in own]
                policy = self.policy(host).encode()
                message = {**message, "headers": [*headers, *HEADERS, (b"content-security-policy", policy)]}
            await send(message)
        return answer

    def policy(self, host=None):
        """The Content-Security-Policy; the page's import map is allowed by its digest."""
        try:
            changed = self.index.stat().st_mtime_ns
        except OSError:
            changed = None
        if self._policy[0] != changed or not self._policy[1]:
            hashes = "".join(f" '{one}'" for one in inline_digests(self.index)) if changed else ""
            self._policy = changed, hashes
        # Older Safari does not count sockets as 'self'.
        sockets = f" ws://{host} wss://{host}" if host else ""
        return POLICY.format(hashes=self._policy[1], sockets=sockets)


LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def split_host(host):
    """(name, port or None) of a Host header; (None, None) where it is none."""
    host = host.strip().lower()
    name, port = host, ""
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        if not bracket or rest and not rest.startswith(":"):
            return None, None
        port = rest[1:]
    elif ":" in host:
        name, _, port = host.partition(":")
    if not name or port and not (port.isascii() and port.isdigit() and len(port) < 6):
        return None, None
    return name.rstrip("."), int(port) if port else None


def _same_address(name, address):
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False


def _all(scope, name):
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _one(scope, name):
    found = _all(scope, name)
    return found[0].strip().lower() if len(found) == 1 else None


def names_for(host):
    """The names a server bound to `host` goes by."""
    names = set(LOOPBACK)
    if host not in LOOPBACK:
        own = socket.gethostname().lower()
        names |= {host, own, own.partition(".")[0] + ".local"} - {"0.0.0.0", "::", ""}
    return names


class _Inline(HTMLParser):
    """Collects the text of inline scripts."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.found, self._inside = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "script" and "src" not in dict(attributes):
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag):
        if tag == "script":
            self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.found[-1] += data


def inline_digests(index):
    """'sha256-…' of every inline script of a page, as the policy names them."""
    reader = _Inline()
    # A browser hashes what it parsed, in which every line ends with \n.
    reader.feed(index.read_bytes().decode("utf-8").replace("\r\n", "\n"))
    return ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in reader.found]
