"""The page's modules are named in its head, so that a browser asks for all of them at once."""
import asyncio
import gzip
import json
import re
from pathlib import Path

from starlette.exceptions import HTTPException

from server.page import KEPT_BYTES, Page, modules
from tests.live import get, serving

WEB = (Path(__file__).parent.parent / "web").resolve()
AGAIN = {"eslint.config.js", "panels-demo.js", "theme-early.js", "vendor.mjs"}      # no modules of the page


def named(body, kind):
    return re.findall(rf'<link rel="{kind}" href="\./([^"]+)"', body.decode())


def asked(page, path, client="127.0.0.1", **headers):
    """(status, headers, body) of a file, without a server."""
    said = []

    async def send(message):
        said.append(message)

    scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "path": "/" + path, "root_path": "", "query_string": b"", "extensions": {}, "client": (client, 1),
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}
    try:
        asyncio.run(page(scope, None, send))
    except HTTPException as problem:
        return problem.status_code, {}, b""
    return said[0]["status"], {name.decode(): value.decode() for name, value in said[0]["headers"]}, b"".join(part["body"] for part in said[1:])


def test_every_module_is_named_once_and_those_of_panels_wait_on_the_shelf(tmp_path):
    every = {path.relative_to(WEB).as_posix() for path in WEB.rglob("*.js")
             if not {"node_modules", "vendor", "tests"} & {*path.relative_to(WEB).parts}} - AGAIN
    with serving(tmp_path) as server:
        shelf, lab, unknown = (get(server.url + path)[2] for path in ("/", "/?lab=playground", "/?lab=%20&lab=x"))
        for body in (shelf, lab):
            own = [path for kind in ("modulepreload", "prefetch") for path in named(body, kind) if not path.startswith("vendor/")]
            assert {*own} == every and len(own) == len(every)
        assert {"panels/network.js", "panels/parts/points.js", "panels/race.js"} <= {*named(shelf, "prefetch")} and unknown == shelf
        assert {"panels/network.js", "panels/parts/points.js"} <= {*named(lab, "modulepreload")} and "panels/race.js" in named(lab, "prefetch")
        assert "main.js" in named(shelf, "modulepreload") and (WEB / "index.html").read_text(encoding="utf-8").split("</head>")[0].encode() in lab


def test_libraries_are_named_with_the_digest_their_import_asks_for(tmp_path):
    asked = json.loads(re.search(r'<script type="importmap">(.*?)</script>', (WEB / "index.html").read_text(encoding="utf-8"), re.DOTALL)[1])["integrity"]
    with serving(tmp_path) as server:
        found = dict(re.findall(r'href="(\./vendor/[^"]+)" integrity="([^"]+)"', get(server.url + "/?lab=playground")[2].decode()))
    assert {"./vendor/preact/dist/preact.mjs", "./vendor/htm/dist/htm.mjs", "./vendor/uplot/dist/uPlot.esm.js"} <= {*found}
    assert all(asked[path] == digest for path, digest in found.items())


def test_a_file_that_was_changed_is_sent_anew(tmp_path):
    (tmp_path / "web").mkdir()
    one = tmp_path / "web" / "one.js"
    one.write_text("first")
    page = Page(directory=tmp_path / "web", html=True)
    status, headers, body = asked(page, "one.js")
    assert (status, body) == (200, b"first") and headers["content-type"].startswith("text/javascript")
    known = {"if_none_match": headers["etag"]}
    assert asked(page, "one.js", **known)[0] == 304
    one.write_text("second one")
    assert asked(page, "one.js", **known)[::2] == (200, b"second one")
    assert asked(page, "one.js", range="bytes=0-2")[::2] == (206, b"sec")
    one.unlink()
    (tmp_path / "secret.js").write_text("secret")
    assert asked(page, "one.js")[0] == asked(page, "../secret.js")[0] == asked(page, ".")[0] == 404
    (tmp_path / "web" / "large.js").write_bytes(b"x" * (KEPT_BYTES + 1))
    assert len(asked(page, "large.js")[2]) == KEPT_BYTES + 1


def test_an_unchanged_page_is_not_sent_again(tmp_path):
    with serving(tmp_path) as server:
        status, headers, _ = get(server.url + "/?lab=neuron")
        assert status == 200 and headers["cache-control"] == "no-cache" and "script-src" in headers["content-security-policy"]
        assert get(server.url + "/?lab=neuron", **{"If-None-Match": headers["etag"]})[0] == 304
        assert get(server.url + "/", **{"If-None-Match": headers["etag"]})[0] == 200, "the shelf's is another"


def test_a_module_that_imports_in_circles_or_in_vain_is_no_trouble(tmp_path):
    web = tmp_path.resolve()
    (web / "a.js").write_text('import { b } from "./b.js";\nexport * from "./none.js";\nimport "./c/d.js";\nimport x from "outside";\n')
    (web / "b.js").write_text('import {\n  a,\n} from "./a.js";\n')
    (web / "c").mkdir()
    (web / "c" / "d.js").write_text('export { a } from "../a.js";\nimport "../../etc/passwd";\n')
    assert modules(web, [web / "a.js"]) == ["a.js", "b.js", "c/d.js"]


def test_a_classroom_gets_the_files_packed(tmp_path):
    (tmp_path / "one.js").write_text("let x = 1;\n" * 500)
    (tmp_path / "one.woff2").write_bytes(b"x" * 500)
    page = Page(directory=tmp_path)
    plain = asked(page, "one.js", accept_encoding="gzip, br")
    status, headers, body = asked(page, "one.js", client="192.168.1.7", accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip" and int(headers["content-length"]) == len(body) < 500
    assert gzip.decompress(body) == plain[2] and "content-encoding" not in plain[1]
    assert asked(page, "one.js", client="192.168.1.7", accept_encoding="gzip", if_none_match=headers["etag"])[0] == 304
    assert "content-encoding" not in asked(page, "one.js", client="192.168.1.7")[1]
    assert "content-encoding" not in asked(page, "one.woff2", client="192.168.1.7", accept_encoding="gzip")[1]


def test_a_name_leads_where_the_import_map_says(tmp_path):
    web = tmp_path.resolve()
    (web / "a.js").write_text('const x = 1;import{h}from"lib";export{h}from"lib/more";import y from "elsewhere";\n')
    (web / "v").mkdir()
    (web / "v" / "lib.mjs").write_text("")
    (web / "v" / "more.mjs").write_text("")
    assert modules(web, [web / "a.js"], {"lib": "./v/lib.mjs", "lib/more": "./v/more.mjs"}) == ["a.js", "v/lib.mjs", "v/more.mjs"]
