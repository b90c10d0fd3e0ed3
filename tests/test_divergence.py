"""When the loss is no number any more: what is said, and the ways back."""
import json

import numpy as np
import pytest

from engine import Run
from tests.runs import PLAIN_LOSSES, data_for, memory, own_regression, small, weights


def diverged(rate=10.0, hidden=(6,), **changes):
    run = Run(small(model={"name": "mlp", "hidden": list(hidden), "activation": "relu"}, loss="mse",
                    optimizer={"name": "sgd", "learning_rate": rate}, precision="float32", **changes), data=own_regression())
    run.train(3000)
    assert run.divergence is not None
    return run


def test_training_stops_before_the_backward_pass_and_stays_there():
    run = diverged()
    step, state = run.step, memory(run)
    assert 0 < step < 3000 and not np.isfinite(run.loss)
    assert run.train(100) == 0 and run.step == step and memory(run) == state
    assert np.isfinite(run.trace[(run.step - 1) % len(run.trace)]), "the step before was fine"


def test_the_explanation_names_the_first_value_that_broke():
    run = diverged()
    told, program = run.divergence, run.assembly.program
    assert told["step"] == run.step and told["message"].startswith(told["tensor"]) and str(run.step) in told["message"]
    order = [t.name for i in program.forward for t in i.operands[:len(i.operands) // 2]]
    broken = [name for name in order if not np.isfinite(run.tensors[name]).all()]
    assert told["tensor"] == broken[0]
    assert told["layer"] == (broken[0].rpartition(".")[0] or None)
    json.dumps(told)


@pytest.mark.parametrize("tensor, index", [("layer1.weight", (0, 1)), ("layer1.bias", (2,)), ("layer2.weight", (1, 0)), ("layer3.bias", (0,))])
@pytest.mark.parametrize("value, word", [(np.nan, "not a number"), (np.inf, "infinite")])
def test_the_explanation_finds_the_very_weight(tensor, index, value, word):
    run = Run(small(model={"name": "mlp", "hidden": [4, 3], "activation": "relu"}, loss="mse"), data=own_regression())
    run.train(4)
    for name in ("layer1.weight", "layer2.weight"):
        run.parameters[name][...] = np.abs(run.parameters[name]) + 0.1
    run.parameters[tensor][index] = value
    run.train(5)
    if run.divergence is None:
        pytest.fail("a broken weight must break the loss")
    assert run.divergence["tensor"] == tensor and run.divergence["layer"] == tensor.rpartition(".")[0]
    assert word in run.divergence["message"] and run.divergence["step"] == 4


def test_in_a_smaller_last_batch_only_its_rows_are_looked_at():
    run = Run(small(), data=own_regression(n=20))
    run.train(2)
    run.assembly.program.view(run.arena, "layer1.output", 8)[4:] = np.nan      # left from the batch before
    run.parameters["layer2.bias"][0] = np.nan
    run.train(1)
    assert run.rows == 4 and run.divergence["tensor"] == "layer2.bias"


def test_data_too_large_for_float32_is_named():
    x, y, x_test, y_test = own_regression()
    run = Run(small(precision="float32"), data=(x * 1e60, y, x_test, y_test))
    run.train(1)
    assert run.divergence["tensor"] == "input" and "float64" in run.divergence["message"]
    run.set("precision", "float64")
    assert run.train(1) == 1


def test_rewinding_leads_to_a_run_in_order_and_a_smaller_rate_goes_on():
    run = diverged()
    assert run.history.rewind() == run.step < 3000 and run.divergence is None
    assert all(np.isfinite(value).all() for value in weights(run).values())
    run.set("optimizer.learning_rate", 0.01)
    before = run.metrics()["loss_train"]
    assert run.train(300) == 300 and run.divergence is None and run.metrics()["loss_train"] < before


@pytest.mark.parametrize("good", [1, 100, 256, 700, 2000])
def test_rewinding_after_a_rate_raised_on_the_way_leads_before_the_harm(good):
    run = Run(small(model={"name": "mlp", "hidden": [6], "activation": "relu"}, loss="mse", optimizer={"name": "sgd", "learning_rate": 0.05},
                    precision="float32"), data=own_regression())
    run.train(good)
    healthy = run.metrics()["loss_train"]
    run.set("optimizer.learning_rate", 2.0)
    run.train(5000)
    assert run.divergence is not None
    assert run.history.rewind() <= good and run.config["optimizer"]["learning_rate"] == 0.05
    assert run.future == [] and run.train(50) == 50
    assert run.metrics()["loss_train"] < 2 * healthy + 1


def test_a_slow_divergence_is_rewound_beyond_the_keyframes_it_had_spoilt():
    run = Run(small(model={"name": "mlp", "hidden": []}, loss="mse", optimizer={"name": "gradient_descent", "learning_rate": 0.1}),
              data=own_regression(inputs=1, outputs=1))
    run.train(60)
    x = run.assembly.x
    largest = np.linalg.eigvalsh(2 / len(x) * np.c_[x, np.ones(len(x))].T @ np.c_[x, np.ones(len(x))])[-1]
    run.set("optimizer.learning_rate", 2.08 / largest)         # just too large: it breaks some thousand steps later
    run.train(50_000)
    assert run.divergence is not None and any(60 < frame.step < run.step for frame in run.history.frames)
    run.history.rewind()
    run.set("optimizer.learning_rate", 0.1)
    assert run.train(100) == 100 and run.metrics()["loss_train"] < 1


def test_stepping_back_leads_before_the_break_and_forward_into_it_again():
    run = diverged()
    told, step = run.divergence, run.step
    assert run.history.back(1) == step - 1 and run.divergence is None
    assert run.train(10) == 1 and run.divergence == told


def test_a_change_of_settings_lets_it_try_again():
    run = diverged()
    run.set("optimizer.learning_rate", 0.01)
    assert run.divergence is None
    run.reset()
    assert run.train(50) == 50


@pytest.mark.parametrize("loss", PLAIN_LOSSES)
def test_every_loss_says_when_it_breaks(loss):
    run = Run(small(loss=loss), data=data_for(loss))
    run.parameters["layer3.weight"][0, 0] = np.nan
    assert run.train(3) == 0 and run.divergence["tensor"] == "layer3.weight"


def test_measuring_a_broken_run_raises_nothing():
    run = diverged()
    found = run.metrics()
    assert not np.isfinite(found["loss_train"])
    run.predict(run.data.raw_test)
    assert memory(Run.restore(run.snapshot())) == memory(run)
