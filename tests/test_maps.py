"""The bytes of the maps against the same thing written in NumPy from the run's own outputs."""
import numpy as np
import pytest

from engine.measure import probabilities, signed
from engine.probes._plane import as_bytes, fed_grid, grid, line, reach
from tests.test_probes import KINDS, run_on, weights

DRAWN = [kind for kind in KINDS if kind not in ("digits", "own table")]
CLOSE = 1                                # a value halfway between two bytes may become either


def alike(found, wanted):
    return np.abs(found.astype(int) - wanted.astype(int)).max(initial=0) <= CLOSE


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("kind", [kind for kind in DRAWN if kind not in ("iris", "diabetes", "house prices")])
def test_the_network_is_drawn_as_its_outputs_say(kind, precision):
    run = run_on(kind, 30, precision=precision)
    data, found = run.data, run.probe("network", {"resolution": 6})
    if "maps" not in found:
        return
    raw = grid(data, 6) if data.plane else line(data, 6)
    hidden = [f"{layer['name']}.output" for layer in run.layers[:-1]]
    values = run.forward(raw, ["input", *hidden, "output"])
    z = values.pop("output")
    last = data.targets_of(z) if data.task == "regression" else signed(run, z) if z.shape[1] == 1 else 2 * probabilities(run, z) - 1
    scales = [reach(column) for column in values["input"].T] + [reach(values[name]) for name in hidden for _ in values[name].T]
    scales += [reach(last) if data.task == "regression" else 1.0] * last.shape[1]
    assert np.allclose(found["scales"], scales, rtol=1e-5)
    wanted = as_bytes(np.concatenate([*values.values(), last], 1), np.array(scales))
    assert alike(found["maps"].reshape(len(scales), -1).T, wanted)


@pytest.mark.parametrize("kind", [kind for kind in DRAWN if "curve" not in kind and "one column" not in kind])
def test_the_surface_is_drawn_as_its_outputs_say(kind):
    run = run_on(kind, 30)
    found, z = run.probe("surface", {"resolution": 9}), run.outputs(fed_grid(run, 9))["output"]
    if run.data.task == "classes":
        p = probabilities(run, z)
        assert np.array_equal(found["winner"].ravel(), p.argmax(1)) and alike(found["probability"].ravel(), np.round(255 * p.max(1)))
        return
    values = run.data.targets_of(z)[:, 0] if run.data.task == "regression" else signed(run, z)[:, 0]
    scale = max(reach(values), reach(run.data.targets_of(run.data.y_train)[:, 0])) if run.data.task == "regression" else 1.0
    assert found["scale"] == pytest.approx(scale, rel=1e-5) and alike(found["values"].ravel(), as_bytes(values, scale))


@pytest.mark.parametrize("kind", ["two classes", "many classes", "plane"])
def test_a_map_follows_training_settings_and_hands(kind):
    run = run_on(kind, 5)
    seen = [run.probe("surface", {"resolution": 9})]
    for change in (lambda: run.train(40), lambda: run.set("model.hidden", [3]), lambda: run.set("model.activation", "sigmoid"),
                   lambda: run.edit({"weight": "layer1.weight", "index": [0, 0], "value": 3.0}), run.reset):
        change()
        seen.append(run.probe("surface", {"resolution": 9}))
        again = type(run).restore(run.snapshot()).probe("surface", {"resolution": 9})
        name = "probability" if kind == "many classes" else "values"
        assert np.array_equal(seen[-1][name], again[name]) and not np.array_equal(seen[-1][name], seen[-2][name])


def test_what_is_no_number_is_told_apart_and_the_rest_keeps_its_scale():
    run = run_on("two classes", 5)
    run.parameters["layer1.bias"][1] = np.nan
    found = run.probe("network", {"resolution": 5})
    features = len(run.data.features)
    assert (found["maps"][features + 1] == -128).all() and (found["maps"][-1] == -128).all()
    assert (found["maps"][features] != -128).all() and np.isfinite(found["scales"]).all()
    assert (found["scales"][features + 4:features + 7] == 1).all(), "a layer without a finite number has the scale 1"
    many = run_on("many classes", 5)
    many.parameters["layer3.bias"][0] = np.nan
    told = many.probe("surface", {"resolution": 8})
    assert (told["winner"] == 255).all() and (told["probability"] == 0).all()
    assert weights(run)
