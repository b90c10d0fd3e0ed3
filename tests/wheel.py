"""The installed wheel, run from another folder with a home of its own:  python -m tests.wheel

Builds the wheel, installs it into a fresh virtual environment, and does there what a person does first.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST_BYTES = 3_000_000                # of the wheel: what a class downloads
PATIENCE = 600
FOREIGN = re.compile(r"(^|/)(node_modules|tests?|readme|__pycache__|\.ci)/|\.test\.m?js$")


def run(*command, **more):
    """The output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE, encoding="utf-8", **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def fetch(url):
    """The body of an answer that must be good; never through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return answer.read().decode()


def build(folder):
    """The wheel, looked through."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    wheel, = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    strange = [name for name in names if FOREIGN.search(name)]
    assert not strange, f"does not belong into the wheel: {strange[:5]}"
    for name in ("web/index.html", "web/labs/playground.toml", "web/panels/network.js", "web/vendor/manifest.json", "engine/run.py"):
        assert name in names, f"missing in the wheel: {name}"
    assert wheel.stat().st_size < MOST_BYTES, f"{wheel.name} has {wheel.stat().st_size:,} bytes"
    print(f"{wheel.name}: {wheel.stat().st_size:,} bytes, {len(names)} files")
    return wheel


def serve(command, home, elsewhere):
    """Start it, wait until everything is compiled, and fetch what a page fetches."""
    began = time.monotonic()
    child = subprocess.Popen([*map(str, command), "--no-browser"], cwd=elsewhere, env=home, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, encoding="utf-8")
    try:
        lines = []
        for line in child.stdout:
            lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            sys.exit("no address was printed:\n" + "".join(lines))
        url = found.group()
        while True:
            try:
                health = json.loads(fetch(url + "api/health"))
            except OSError:
                health = {}
            if health.get("ready"):
                break
            assert child.poll() is None and time.monotonic() - began < PATIENCE, (health, lines)
            time.sleep(0.2)
        print(f"ready after {time.monotonic() - began:.1f} s")
        assert "<title>Neural Playground</title>" in fetch(url)
        assert "export default" in fetch(url + "panels/network.js")
        assert json.loads(fetch(url + "api/catalog"))["activations"]
        assert json.loads(fetch(url + "api/labs"))["labs"]
        again = run(*command, "--no-browser", cwd=elsewhere, env=home)
        assert "already running" in again, again
    finally:
        child.terminate()
        child.wait(30)
        child.stdout.close()


def main():
    """Everything in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        wheel, elsewhere = build(folder / "wheels"), folder / "some where else"
        elsewhere.mkdir()
        run(sys.executable, "-m", "venv", folder / "fresh")
        scripts = folder / "fresh" / ("Scripts" if os.name == "nt" else "bin")
        run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON", "PLAYGROUND_", "NEURAL_PLAYGROUND_"))}
        home = {**kept, "HOME": str(folder / "home"), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        Path(home["HOME"]).mkdir()
        playground = scripts / "playground"
        serve([playground], home, elsewhere)
        catalog = json.loads(run(playground, "describe", cwd=elsewhere, env=home))
        assert {"activations", "losses", "optimizers", "datasets"} <= catalog.keys()
        (elsewhere / "setting.json").write_text(json.dumps({"data": {"name": "circle"}, "seed": 3}), encoding="utf-8")
        lines = run(playground, "train", "setting.json", "--steps", 400, "--set", "optimizer.learning_rate=0.05",
                    cwd=elsewhere, env=home).splitlines()
        first, last = json.loads(lines[0]), json.loads(lines[-1])
        assert last["step"] == 400 and last["loss_train"] < first["loss_train"], (first, last)
        strange = [path.name for path in elsewhere.iterdir() if path.name != "setting.json"]
        assert not strange, f"left behind in the folder it was started from: {strange}"
        print(f"trained: loss {first['loss_train']:.3f} to {last['loss_train']:.3f}")


if __name__ == "__main__":
    main()
