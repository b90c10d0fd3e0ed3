"""The page's files, with every module it will want named in its head.

A module names its imports only once it is there, so that a browser alone would ask for a hundred files in six rounds. The
server reads who imports whom and lets it ask for all at once: those of the page itself, and of the panels as soon as a lab
is opened; from the shelf the panels are fetched while nothing else is to be done.
"""
import hashlib
import re
from pathlib import Path

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"'()]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
HEAD = "</head>"


class Page(StaticFiles):
    """The page's files, always asked about anew (ETag), so that an upgrade never mixes old and new modules."""

    def __init__(self, directory, **more):
        super().__init__(directory=directory, **more)
        self.web, self._kept = Path(directory).resolve(), {}

    def file_response(self, *arguments, **more):
        response = super().file_response(*arguments, **more)
        response.headers["cache-control"] = "no-cache"
        return response

    async def get_response(self, path, scope):
        if path not in (".", "index.html") or scope["method"] != "GET" or not (self.web / "index.html").is_file():
            return await super().get_response(path, scope)
        body = self._index(b"lab=" in scope.get("query_string", b""))
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "no-cache"}
        given = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        if tag in given:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="text/html")

    def _index(self, lab):
        """The page with its modules named; made anew where the page or the number of its panels changed."""
        index, panels = self.web / "index.html", sorted((self.web / "panels").glob("*.js"))
        key = (index.stat().st_mtime_ns, len(panels))
        if self._kept.get("key") != key:
            own = modules(self.web, [self.web / "main.js"])
            more = [path for path in modules(self.web, panels) if path not in own]
            text = index.read_text(encoding="utf-8")
            for which, kind in ((True, "modulepreload"), (False, "prefetch")):
                links = [f'<link rel="modulepreload" href="./{path}">' for path in own] + [f'<link rel="{kind}" href="./{path}">' for path in more]
                self._kept[which] = text.replace(HEAD, "\n".join([*links, HEAD]), 1).encode("utf-8")
            self._kept["key"] = key
        return self._kept[lab]


def modules(web, starts):
    """The addresses of these modules and of all they import, each once, as they are come by; what is missing is left out."""
    found, waiting = {}, list(starts)
    while waiting:
        path = waiting.pop(0)
        if path in found or not path.is_file() or web not in path.parents:
            continue
        found[path] = path.relative_to(web).as_posix()
        waiting += [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text(encoding="utf-8"))]
    return list(found.values())
