"""What the softmax lab says of softmax, held on the probe that draws it."""
import numpy as np
import pytest

from engine import BadSetting, Run

RUN = []


def ask(**options):
    if not RUN:
        RUN.append(Run({"data": {"name": "iris"}, "model": {"name": "mlp", "hidden": [4]}, "seed": 1}))
    return RUN[0].probe("softmax", options)


def test_the_example_of_the_books():
    found = ask(logits=[-2.89, 0.0, -3.40])
    assert found["probabilities"] == pytest.approx([0.051, 0.918, 0.031], abs=5e-4) and found["winner"] == 1
    assert found["sum"] == pytest.approx(1 + np.exp(-2.89) + np.exp(-3.4), rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_it_sums_to_one_and_agrees_with_float64(seed):
    z = np.random.default_rng(seed).normal(0, 5, 10)
    found = ask(logits=z.tolist(), temperature=0.7)
    exact = np.exp(z / 0.7 - (z / 0.7).max())
    assert found["probabilities"].sum(dtype=np.float64) == pytest.approx(1, abs=1e-6)
    assert found["probabilities"] == pytest.approx(exact / exact.sum(), abs=1e-6)
    assert found["entropy"] == pytest.approx(-(exact / exact.sum() * np.log(exact / exact.sum() + 1e-300)).sum(), abs=1e-5)


def test_cold_takes_the_largest_and_hot_makes_all_alike():
    z = [1.0, 2.0, 1.9]
    assert ask(logits=z, temperature=0.001)["largest"] == 1.0
    assert ask(logits=z, temperature=1000.0)["probabilities"] == pytest.approx([1 / 3] * 3, abs=1e-3)


def test_a_constant_changes_nothing_and_the_maximum_saves_float32():
    z = [1.0, 2.0, 3.0]
    assert ask(logits=z, shift=100.0)["probabilities"] == pytest.approx(ask(logits=z)["probabilities"], abs=1e-6)
    broken, saved = ask(logits=z, shift=100.0, subtract=False), ask(logits=z, shift=100.0)
    assert broken["overflow"] and not broken["finite"] and broken["entropy"] is None and np.isnan(broken["probabilities"]).any()
    assert saved["finite"] and not saved["overflow"]
    assert ask(logits=z, shift=80.0, subtract=False)["finite"]           # exp(83) still fits a float32


def test_the_slope_is_p_minus_y_and_smoothing_moves_y():
    found = ask(logits=[0.0, 1.0, 2.0], target=0)
    assert found["slope"] == pytest.approx(found["probabilities"] - np.array([1, 0, 0]), abs=1e-7)
    assert found["loss"] == pytest.approx(-np.log(found["probabilities"][0]), rel=1e-6)
    smooth = ask(logits=[0.0, 1.0, 2.0], target=0, smoothing=0.3)
    assert smooth["wanted"] == pytest.approx([0.8, 0.1, 0.1], abs=1e-6) and abs(smooth["slope"].sum()) < 1e-6


def test_draws_go_on_where_they_were_and_come_near():
    few, many = ask(logits=[0.0, 1.0], draws=100)["counts"], ask(logits=[0.0, 1.0], draws=20_000)["counts"]
    assert few.sum() == 100 and many.sum() == 20_000 and (many >= few).all()
    assert many / 20_000 == pytest.approx(ask(logits=[0.0, 1.0])["probabilities"], abs=0.01)       # 0.0031 one sigma


def test_the_networks_own_logits_and_their_gradient_in_training():
    found = ask(example=7)
    run = RUN[0]
    assert found["logits"] == pytest.approx(run.forward(run.data.raw_test[7:8], ["output"])["output"][0], abs=0)
    assert found["classes"] == list(run.data.classes) and found["target"] == run.data.y_test[7]
    chain = run.probe("chain", {"layer": "layer2", "unit": 0, "example": 0})       # the engine's own gradient of one example
    z = run.forward(run.data.raw_train[chain["row"]:chain["row"] + 1], ["output"])["output"][0]
    own = ask(logits=z.tolist(), target=int(chain["target"][0]))
    assert chain["blame"] == pytest.approx(own["slope"][0], abs=1e-6)


def test_one_logit_is_two_with_the_other_at_zero():
    run = Run({"data": {"name": "circle"}})
    z = run.forward(run.data.raw_test[:1], ["output"])["output"][0, 0]
    assert run.probe("softmax")["probabilities"][1] == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-6)


@pytest.mark.parametrize("options, field", [({"logits": [1.0]}, "logits"), ({"logits": [[1.0, 2.0]]}, "logits"),
                                            ({"logits": [1.0, 2.0], "target": 5}, "target"), ({"temperature": 0}, "probe softmax.temperature")])
def test_what_cannot_be_is_refused_by_name(options, field):
    with pytest.raises(BadSetting) as caught:
        ask(**options)
    assert caught.value.field == field


def test_a_regression_has_no_logits():
    with pytest.raises(BadSetting):
        Run({"data": {"name": "plane"}}).probe("softmax")
