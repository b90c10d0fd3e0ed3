"""Where machine code is kept: a folder for exactly these sources, and what becomes of older ones."""
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import machine_code

ROOT = Path(__file__).parents[1]


def test_an_edit_to_any_source_changes_the_cache_folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(machine_code, "__file__", str(tmp_path / "engine" / "machine_code.py"))
    seen = [machine_code._digest()]
    for name in ("elementary.py", "ops/_product.py", "activations/tanh.py"):
        path = tmp_path / "engine" / name
        path.write_text(path.read_text(encoding="utf-8") + "\n# an edit\n", encoding="utf-8")
        seen.append(machine_code._digest())
    (tmp_path / "engine" / "activations" / "mine.py").write_text("RECORD = None\n")
    seen.append(machine_code._digest())
    assert len(set(seen)) == 5
    (tmp_path / "engine" / "activations" / "mine.py").unlink()
    assert machine_code._digest() == seen[3]


def test_old_cache_folders_are_removed_and_the_newest_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NEURAL_PLAYGROUND_CACHE", str(tmp_path))
    for age in range(8):
        folder = tmp_path / "kernels" / f"old{age}"
        folder.mkdir(parents=True)
        os.utime(folder, (1000 - age, 1000 - age))
    ours = machine_code._cache_folder(kept=4)
    assert ours.parent == tmp_path / "kernels" and {p.name for p in ours.parent.iterdir()} == {ours.name, "old0", "old1", "old2"}


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("NEURAL_PLAYGROUND_CACHE", str(blocked))
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(tmp_path))
    assert machine_code._cache_folder().is_relative_to(tmp_path) and machine_code._cache_folder().is_dir()


def test_an_edit_in_a_helper_counts_at_the_next_start(tmp_path):
    """Numba's own cache would give the old answer: the kernel's file did not change."""
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    script = ("from engine.registry import activations; from engine.derivative import value_and_slope; import numpy as np;"
              "print(float(value_and_slope(activations.get('tanh', ''), np.array([[0.5]]))[0][0, 0]))")
    environment = os.environ | {"NEURAL_PLAYGROUND_CACHE": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}

    def answer():
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return float(done.stdout)
    first = answer()
    path = tmp_path / "engine" / "elementary.py"
    text = path.read_text(encoding="utf-8")
    at = text.index("def tanh(x):")
    end = text.index("return ", at)
    path.write_text(text[:end] + "return 42.0 + 0.0 * x\n\n\ndef _was(x):\n    " + text[end:], encoding="utf-8")
    assert first == pytest.approx(np.tanh(0.5), abs=1e-14) and answer() == 42.0


def test_garbage_is_collected_as_before_when_compiling_is_over():
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), machine_code.collecting_seldom():
        assert gc.get_threshold() > before
        raise ZeroDivisionError
    assert gc.get_threshold() == before
