"""The page's modules are named in its head, so that a browser asks for all of them at once."""
import re
from pathlib import Path

from server.page import modules
from tests.live import get, serving

WEB = (Path(__file__).parent.parent / "web").resolve()
AGAIN = {"eslint.config.js", "panels-demo.js", "theme-early.js", "vendor.mjs"}      # no modules of the page


def named(body, kind):
    return re.findall(rf'<link rel="{kind}" href="\./([^"]+)">', body.decode())


def test_every_module_is_named_once_and_those_of_panels_wait_on_the_shelf(tmp_path):
    every = {path.relative_to(WEB).as_posix() for path in WEB.rglob("*.js")
             if not {"node_modules", "vendor", "tests"} & {*path.relative_to(WEB).parts}} - AGAIN
    with serving(tmp_path) as server:
        shelf, lab = get(server.url + "/")[2], get(server.url + "/?lab=playground")[2]
        assert {*named(lab, "modulepreload")} == every and len(named(lab, "modulepreload")) == len(every)
        later = named(shelf, "prefetch")
        assert {"panels/network.js", "panels/parts/points.js"} <= {*later} and {*later, *named(shelf, "modulepreload")} == every
        assert "main.js" in named(shelf, "modulepreload") and (WEB / "index.html").read_text(encoding="utf-8").split("</head>")[0].encode() in lab


def test_an_unchanged_page_is_not_sent_again(tmp_path):
    with serving(tmp_path) as server:
        status, headers, _ = get(server.url + "/?lab=x")
        assert status == 200 and headers["cache-control"] == "no-cache" and "script-src" in headers["content-security-policy"]
        assert get(server.url + "/?lab=x", **{"If-None-Match": headers["etag"]})[0] == 304
        assert get(server.url + "/", **{"If-None-Match": headers["etag"]})[0] == 200, "the shelf's is another"


def test_a_module_that_imports_in_circles_or_in_vain_is_no_trouble(tmp_path):
    web = tmp_path.resolve()
    (web / "a.js").write_text('import { b } from "./b.js";\nexport * from "./none.js";\nimport "./c/d.js";\nimport x from "outside";\n')
    (web / "b.js").write_text('import {\n  a,\n} from "./a.js";\n')
    (web / "c").mkdir()
    (web / "c" / "d.js").write_text('export { a } from "../a.js";\nimport "../../etc/passwd";\n')
    assert modules(web, [web / "a.js"]) == ["a.js", "b.js", "c/d.js"]
