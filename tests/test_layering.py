"""Imports run downwards only: read from the import lines themselves."""
import ast
import re
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parents[1]
LEAVES = ("activations", "losses", "optimizers", "schedules", "initializers", "datasets", "models", "ops", "probes", "landscapes")
# many arms are made by the file that explains two; a head is silenced by the file that knows where heads are shown
FAMILY = {("spirals.py", "spiral"), ("ablation.py", "attention")}
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
SERVER = sorted((ROOT / "server").rglob("*.py"))
PANELS = sorted((ROOT / "web" / "panels").rglob("*.js"))


def imports(path):
    """(module, names) of every import in a file; relative ones are written out in full."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[:len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield module, tuple(alias.name for alias in node.names)


def modules(path):
    """Every module a file imports, `from a import b` counting as a and a.b."""
    for module, names in imports(path):
        yield module
        yield from (f"{module}.{name}" for name in names)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_imports_nothing_from_above_and_does_no_io(path):
    found = {module.split(".")[0] for module in modules(path)}
    assert not found & {"server", "web", "tests", "fastapi", "uvicorn", "asyncio", "threading", "socket", "time", "logging", "subprocess"}
    # the cache folder, in one file
    assert path.name == "machine_code.py" or not found & {"os", "pathlib", "tempfile", "shutil"}
    calls = [node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert not set(calls) & {"print", "open", "input", "eval", "exec"}


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_only_four_files_know_numba(path):
    found = {module.split(".")[0] for module in modules(path)}
    assert ("numba" in found) == (path.name in ("jit.py", "machine_code.py", "shared.py", "tile.py") and path.parent.name == "engine")


@pytest.mark.parametrize("path", [path for path in ENGINE if path.parent.name in LEAVES], ids=name_of)
def test_leaves_never_import_one_another(path):
    """A record's file imports the engine's own tools and its folder's private helpers, never another record."""
    for module, names in imports(path):
        parts = module.split(".")
        if parts[0] != "engine":
            continue
        inner = [*parts[1:], *names] if len(parts) > 1 and parts[1] in LEAVES else parts[1:]
        if inner and inner[0] in LEAVES:
            shared = inner[1].startswith("_") or (path.name, inner[1]) in FAMILY
            assert inner[0] == path.parent.name and shared, f"{module} in {path.name}"


def test_kernels_import_only_the_tools_of_kernels():
    allowed = {"engine.jit", "engine.tile", "engine.knob", "engine.registry", "engine.elementary", "engine.random", "math", "numpy"}
    for folder in ("activations", "losses", "optimizers", "schedules", "ops", "landscapes"):
        for path in (ROOT / "engine" / folder).glob("*.py"):
            found = {module for module, _ in imports(path) if module != f"engine.{folder}" and not module.startswith(f"engine.{folder}._")}
            assert found <= allowed | ({"engine.errors"} if path.name == "_targets.py" else set()), path.name


def test_the_engine_has_no_circles_among_its_files():
    """At the top of files; a late import inside a function is allowed, and is the exception."""
    graph = {}
    for path in ENGINE:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tree.body = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        package = name.rpartition(".")[0]
        graph[name] = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.level:
                base = ".".join(package.split(".")[:len(package.split(".")) - node.level + 1])
                module = ".".join(filter(None, (base, node.module)))
                graph[name] |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    graph = {name: {target for target in targets if target in graph} for name, targets in graph.items()}
    done, path = set(), []

    def visit(name):
        assert name not in path, " → ".join([*path, name])
        if name not in done:
            path.append(name)
            for target in sorted(graph[name]):
                visit(target)
            done.add(path.pop())
    for name in graph:
        visit(name)


@pytest.mark.parametrize("path", SERVER, ids=name_of)
def test_the_server_knows_only_the_public_names_of_the_engine(path):
    for module, names in imports(path):
        if module.split(".")[0] == "engine":
            assert module == "engine" and set(names) <= {*engine.__all__, *(("__file__",))} or (module, names) == ("engine", ()), f"{module}: {names}"
        assert module.split(".")[0] not in ("tests", "numba")


@pytest.mark.parametrize("path", PANELS, ids=name_of)
def test_a_panel_imports_only_the_kit_and_its_own_parts(path):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^\s*(?:import|export)\b[^;]*?from\s+[\"']([^\"']+)[\"']", text, re.M) + re.findall(r"import\([\"']([^\"']+)[\"']\)", text)
    for target in found:
        if target.startswith("."):
            place = (path.parent / target).resolve().relative_to(ROOT / "web").as_posix()
            assert place.startswith(("kit/", "panels/")), f"{target} in {path.name}"
            assert "socket" not in place and "store" not in place
            if place.startswith("panels/") and path.parent.name == "panels":
                assert place.count("/") > 1, f"{path.name} imports another panel: {target}"
        else:
            assert target in ("preact", "@preact/signals", "@preact/signals-core", "htm", "htm/preact", "uplot", "d3-contour", "katex", "kit"), target
