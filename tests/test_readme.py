"""What engine/README.md tells a student to type works as it stands there."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ENGINE = Path(__file__).parents[1] / "engine"
BLOCKS = re.findall(r"```python\n(.*?)```", (ENGINE / "README.md").read_text(encoding="utf-8"), re.S)


def test_the_first_example_runs():
    exec(compile(BLOCKS[0], "README", "exec"), {})


def test_the_kernel_it_explains_is_the_one_in_the_file():
    code = lambda text: [re.sub(r"\s*#.*", "", line).rstrip() for line in text.splitlines() if re.sub(r"\s*#.*", "", line).strip()]
    told, real = code(BLOCKS[1]), code((ENGINE / "activations" / "tanh.py").read_text(encoding="utf-8"))
    assert told == real[real.index("@kernel"):real.index("RECORD = Activation(")]


def test_the_activation_it_adds_is_found_checked_and_trained(tmp_path):
    shutil.copytree(ENGINE, tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "engine" / "activations" / "softsign.py").write_text(BLOCKS[2], encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", BLOCKS[3]], cwd=tmp_path, capture_output=True, text=True,
                          env=os.environ | {"NEURAL_PLAYGROUND_CACHE": str(tmp_path / "cache")})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True") and "accuracy_train" in done.stdout


def test_every_file_it_names_is_there():
    text = (ENGINE / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"[\w/]+\.py", text):
        places = [ENGINE / name, ENGINE.parent / name, *ENGINE.glob(f"*/{name}")]
        assert name.endswith("softsign.py") or any(place.exists() for place in places), name
