"""The page's files, with every module it will want named in its head.

A module names its imports only once it is there, so that a browser alone would ask for a hundred files in six rounds. The
server reads who imports whom and lets it ask for all at once: those of the page itself and, where a lab is opened, those of
the panels it begins with; the other panels are fetched while nothing else is to be done.

All of them are asked for while kernels are being loaded in another thread. So they are answered from memory, in the event
loop: each change of thread, of which a file from the disk takes three, would wait for that other one (8 ms a file). A classroom's network gets them packed, at 40 % of their size.
"""
import gzip
import hashlib
import json
import mimetypes
import os
import re
from pathlib import Path
from urllib.parse import parse_qs

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers

IMPORT = re.compile(r"""(?:^|;)\s*(?:import|export)\b[^"'();]*["']([^"']+)["']""", re.MULTILINE)
IMPORT_MAP = re.compile(r"""<script type="importmap">(.*?)</script>""", re.DOTALL)
HEAD = "</head>"
KEPT_BYTES = 1 << 20                  # a larger file comes from the disk
PACKED = ("text/", "application/json", "image/svg")


class Page(StaticFiles):
    """The page's files, always asked about anew (ETag), so that an upgrade never mixes old and new modules.

    first   called with what an address names as lab; gives the names of the panels that begin there
    """

    def __init__(self, directory, first=lambda lab: (), **more):
        super().__init__(directory=directory, **more)
        self.web, self.first, self._index, self._files, self._packed = Path(directory).resolve(), first, {}, {}, {}

    def file_response(self, *arguments, **more):
        response = super().file_response(*arguments, **more)
        response.headers["cache-control"] = "no-cache"
        return response

    async def get_response(self, path, scope):
        asked = Headers(scope=scope)
        kept = None if scope["method"] != "GET" or "range" in asked else self._kept(path, scope.get("query_string", b""))
        if kept is None:
            return await super().get_response(path, scope)
        body, kind, tag = kept
        headers = {"etag": f'"{tag}"', "cache-control": "no-cache", "vary": "accept-encoding"}
        if tag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if kind.startswith(PACKED) and "gzip" in asked.get("accept-encoding", "") and not _is_here(scope):
            headers |= {"content-encoding": "gzip", "etag": f'W/"{tag}"'}
            body = self._packed.get(tag) or self._pack(tag, body)
        return Response(body, headers=headers, media_type=kind)

    def _pack(self, tag, body):
        self._packed[tag] = gzip.compress(body, 6, mtime=0)
        return self._packed[tag]

    def _kept(self, path, query):
        """(body, type, tag) of a file as it now lies on the disk; None where there is none, or it is too large to be kept."""
        if path in (".", "index.html"):
            lab = parse_qs(query.decode("latin-1")).get("lab", [""])[0]
            return self._page(tuple(self.first(lab)) if lab else ()) if (self.web / "index.html").is_file() else None
        full, stat = self.lookup_path(path)
        if stat is None or not os.path.isfile(full) or stat.st_size > KEPT_BYTES:
            return None
        key = stat.st_mtime_ns, stat.st_size
        if self._files.get(full, (None,))[0] != key:
            self._files[full] = key, _tagged(Path(full).read_bytes(), mimetypes.guess_type(full)[0] or "application/octet-stream")
        return self._files[full][1]

    def _page(self, first):
        """The page with its modules named, those of these panels to come at once; made anew where the page or the number of its panels changed."""
        index, panels = self.web / "index.html", sorted((self.web / "panels").glob("*.js"))
        key = (index.stat().st_mtime_ns, len(panels))
        if self._index.get("key") != key:
            self._index = {"key": key}
        if first not in self._index:
            text = index.read_text(encoding="utf-8")
            found = IMPORT_MAP.search(text)
            imports = json.loads(found[1]) if found else {}
            names, digests = imports.get("imports", {}), imports.get("integrity", {})

            def link(kind, path):
                # What is fetched without the digest that its import asks for is fetched a second time.
                digest = digests.get(f"./{path}")
                return f'<link rel="{kind}" href="./{path}"' + (f' integrity="{digest}">' if digest else ">")

            soon = modules(self.web, [self.web / "main.js", *(panel for panel in panels if panel.stem in first)], names)
            later = [path for path in modules(self.web, panels, names) if path not in soon]
            links = [link("modulepreload", path) for path in soon] + [link("prefetch", path) for path in later]
            self._index[first] = _tagged(text.replace(HEAD, "\n".join([*links, HEAD]), 1).encode("utf-8"), "text/html")
        return self._index[first]


def _tagged(body, kind):
    return body, kind, hashlib.sha256(body).hexdigest()[:32]


def _is_here(scope):
    """Whether the browser runs on this computer, where packing costs more than it saves."""
    return (scope.get("client") or ("127.0.0.1",))[0] in ("127.0.0.1", "::1")


def modules(web, starts, names={}):
    """The addresses of these modules and of all they import, each once, as they are come by; what is missing is left out.

    names   the import map: where a name that is no path leads
    """
    found, waiting = {}, list(starts)
    while waiting:
        path = waiting.pop(0)
        if path in found or not path.is_file() or web not in path.parents:
            continue
        found[path] = path.relative_to(web).as_posix()
        for name in IMPORT.findall(path.read_text(encoding="utf-8")):
            if name.startswith("."):
                waiting.append((path.parent / name).resolve())
            elif name in names:
                waiting.append((web / names[name]).resolve())
    return list(found.values())
