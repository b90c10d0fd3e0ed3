"""The exported PyTorch script runs on its own and reaches about the loss that the run reaches."""
import io
import os
import re
import runpy
import subprocess
import sys
import warnings
from contextlib import redirect_stdout

import numpy as np
import pytest

from engine import EngineError, Run, torch_script
from engine.registry import activations, losses, optimizers, schedules
from tests.kernels import need_torch
from tests.runs import own_classes, own_regression, small


def config(**changes):
    return small(model={"name": "mlp", "hidden": [6, 4], "activation": "tanh"}, batch_size=8, precision="float32") | changes


CASES = {
    "spiral": (config(optimizer={"name": "adam", "learning_rate": 0.01}), None),
    "classes": (config(data={"name": "blobs", "points": 60, "classes": 4}, schedule={"name": "cosine", "steps": 300}), None),
    "regression with penalties": (config(loss="huber", regularization={"l1": 0.001, "l2": 0.01}, clip={"norm": 1.0}), own_regression()),
    "hinge, clipped by value": (config(loss="hinge", clip={"value": 0.05}, optimizer="momentum", schedule={"name": "one_cycle", "steps": 200}), own_classes()),
    "two outputs for two classes": (config(loss="cross_entropy", schedule={"name": "reduce_on_plateau"}), None),
    "whole set, no bias, no test set": (config(model={"name": "mlp", "hidden": [5], "activation": "prelu", "bias": False}, optimizer="gradient_descent"),
                                        own_regression()[:2] + (None, None)),
    "linear model in float64": (config(model={"name": "mlp", "hidden": []}, precision="float64", loss="mse"), None),
    "several activations": (config(model={"name": "mlp", "hidden": [5, 4, 3], "activation": ["relu", {"name": "elu", "alpha": 0.5}, "softmax"]},
                                   schedule={"name": "warmup_cosine", "warmup": 10, "steps": 300}), None),
}


def by_itself(text, path):
    """What the script says as a person starts it, where a warning is an error."""
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "error", str(path)], cwd=path.parent, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})          # as in need_torch
    assert done.returncode == 0, done.stderr
    return done.stdout


def here(text, path):
    """The same in this process, where PyTorch is loaded already; the script gets nothing but what it imports."""
    path.write_text(text, encoding="utf-8")
    torch = need_torch()
    usual = torch.get_default_dtype()
    try:
        with redirect_stdout(io.StringIO()) as told, warnings.catch_warnings():
            warnings.simplefilter("error")
            runpy.run_path(str(path), run_name="__main__")
    finally:
        torch.set_default_dtype(usual)                                         # which a script sets for itself
    return told.getvalue()


@pytest.mark.parametrize("name", CASES)
def test_exported_script_reaches_about_the_same_loss(name, tmp_path):
    need_torch()
    settings, data = CASES[name]
    run = Run(settings, data=data)
    start = run.metrics()["loss_train"]
    run.train(300)
    told = here(torch_script(run), tmp_path / "exported.py")
    steps, found = zip(*((int(step), float(loss)) for step, loss in re.findall(r"step (\d+): loss ([-\d.]+)", told)))
    reached = run.metrics()["loss_train"]
    assert steps[-1] == 300 and len(steps) == 10 and "test:" in told
    # the rows come in another order there, so the two end near one another, not in the same place
    assert abs(found[-1] - reached) <= 0.25 * max(abs(start - reached), 0.1) + 0.02, (start, reached, found)


def test_with_the_whole_set_there_is_no_order_and_the_losses_are_equal(tmp_path):
    need_torch()
    run = Run(config(optimizer={"name": "gradient_descent", "learning_rate": 0.1}, precision="float64"))
    run.train(100)
    told = by_itself(torch_script(run), tmp_path / "exported.py")
    assert float(re.findall(r"loss ([-\d.]+)", told)[-1]) == pytest.approx(run.metrics()["loss_train"], abs=6e-5)
    assert float(re.findall(r"accuracy ([-\d.]+)", told)[-1]) == pytest.approx(run.metrics()["accuracy_train"], abs=1e-3)


@pytest.mark.parametrize("section, registry", [("optimizer", optimizers), ("schedule", schedules), ("loss", losses)],
                         ids=["optimizer", "schedule", "loss"])
def test_every_record_makes_a_script_that_compiles(section, registry):
    for record in registry:
        if section == "loss" and "binary" not in record.tasks:       # strings of labels need another model
            continue
        if not record.torch:                                         # PyTorch has not got it: that is said by name
            with pytest.raises(EngineError, match=f"torch_script.*{record.name}"):
                torch_script(Run(config(loss="cross_entropy", **{section: {"name": record.name}})))
            continue
        text = torch_script(Run(config(**{section: {"name": record.name}})))
        compile(text, record.name, "exec")
        assert not re.search(r"\{(parameters|learning_rate|" + "|".join(record.knobs or ["learning_rate"]) + r")\}", text)


def test_every_activation_makes_a_script_that_compiles():
    for record in activations:
        text = torch_script(Run(config(model={"name": "mlp", "hidden": [3], "activation": record.name})))
        compile(text, record.name, "exec")
        assert record.torch.split("(")[0] in text


def test_the_number_of_steps_can_be_chosen():
    run = Run(config())
    assert "batch, steps" in torch_script(run) and f", {10 * run.steps_per_epoch}, torch.empty" in torch_script(run)
    assert ", 7, torch.empty" in torch_script(run, steps=7)
    run.train(12)
    assert ", 12, torch.empty" in torch_script(run)


def test_exporting_changes_nothing():
    run = Run(config())
    run.train(3)
    before = run.arena.tobytes()
    torch_script(run)
    assert run.arena.tobytes() == before and run.replayable and np.isfinite(run.loss)
