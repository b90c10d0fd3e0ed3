"""Weights in int8: rounding, the product of bytes, error and memory measured."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName
from engine.quantize import int8, quantize
from engine.registry import ops

from .kernels import both, need_torch, run_kernel

DIGITS = {"data": {"name": "digits"}, "model": {"name": "mlp", "hidden": [64, 64], "activation": "relu"}, "optimizer": {"name": "adam", "learning_rate": 0.005}}
ways = pytest.mark.parametrize("per", ["channel", "tensor"])


def trained(seed=0, steps=400, config=DIGITS):
    run = Run({**config, "seed": seed})
    run.train(steps)
    return run


@ways
def test_rounding_is_to_nearest_and_symmetric(per):
    w = np.random.default_rng(0).normal(size=(40, 30)) * np.geomspace(0.01, 10, 30)
    q, scale = quantize(w, per)
    assert q.dtype == np.int8 and np.abs(q).max() == 127 and (np.abs(q * scale - w) <= scale / 2 * (1 + 1e-12)).all()
    assert scale.shape == ((30,) if per == "channel" else (1,)) and np.allclose(scale * 127, np.abs(w).max(0) if per == "channel" else np.abs(w).max())
    again, _ = quantize(-w, per)
    assert np.array_equal(again, -q)
    torch = need_torch()
    fake = torch.fake_quantize_per_channel_affine(torch.tensor(w), torch.tensor(np.broadcast_to(scale, 30).copy(), dtype=torch.float32),
                                                  torch.zeros(30, dtype=torch.int32), 1, -127, 127).numpy()
    assert (np.abs(fake - q * scale) <= 1e-6 * np.abs(w).max()).mean() > 0.999           # a tie may fall the other way in float32
    zeros, one = quantize(np.zeros((3, 2)), per)
    assert not zeros.any() and (one > 0).all()


def test_a_scale_a_channel_is_never_coarser_than_one_for_all():
    w = np.random.default_rng(1).normal(size=(50, 20))
    w[3, 4] = 40.0                                                    # one large weight makes the steps of all coarse
    errors = {per: np.abs(q * scale - w).mean() for per in ("channel", "tensor") for q, scale in [quantize(w, per)]}
    assert errors["channel"] < 0.2 * errors["tensor"]


@both
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rows, inputs, outputs", [(1, 1, 1), (5, 3, 7), (9, 40, 33)])
def test_the_product_of_bytes_is_the_product(precision, bias, rows, inputs, outputs):
    random = np.random.default_rng(rows)
    x, w, b = random.normal(size=(rows, inputs)), random.normal(size=(inputs, outputs)), random.normal(size=outputs)
    size = np.dtype(precision).itemsize
    for per in ("channel", "tensor"):
        q, scale = quantize(w, per)
        packed = np.zeros(-(-q.size // size) * size, np.int8)
        packed[:q.size] = q.ravel()
        words = packed.view(precision)
        result = run_bytes(precision, x, words, scale, b if bias else None, (rows, outputs))
        expected = x @ (q * scale) + (b if bias else 0)
        np.testing.assert_allclose(result, expected, **(dict(rtol=1e-4, atol=1e-4) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)))


def run_bytes(precision, x, words, scale, bias, shape):
    """The kernel with its bytes laid in the arena as they are (as numbers they may be anything, NaN too)."""
    from engine.jit import COLUMNS, address
    record = ops.get("dense_int8", "")
    address(record.forward, precision)
    operands = [x, words, scale, bias, np.zeros(shape)]
    table, pieces, at = np.ones((2 * len(operands) + 2, COLUMNS), np.int64), [], 0
    table[:, 0] = -1
    for row, operand in zip(table, operands):
        if operand is not None:
            row[0], row[2:2 + operand.ndim] = at, operand.shape
            pieces.append(operand.astype(precision).ravel())
            at += operand.size
    arena = np.concatenate(pieces)
    record.forward(arena, table)
    return arena[-shape[0] * shape[1]:].reshape(shape)


def test_the_harness_would_see_a_wrong_kernel():
    """run_kernel, with whole numbers that any cast keeps: q = 1, 2 in the bytes of one float32."""
    words = np.array([1, 2, 0, 0], np.int8).view(np.float32).astype(np.float64)
    found = run_kernel(ops.get("dense_int8", "").forward, "float32", [np.array([[3.0]]), words, np.array([0.5]), None, np.zeros((1, 2))] + [None] * 5)
    assert found[4].tolist() == [[1.5, 3.0]]


@ways
@pytest.mark.parametrize("config", [DIGITS, {"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [8], "bias": False}, "precision": "float64"},
                                    {"data": {"name": "digits"}, "model": {"name": "cnn", "hidden": [12], "dropout": 0.2, "normalization": "batch"}},
                                    {"data": {"name": "induction", "examples": 60}, "model": {"name": "transformer", "width": 16, "heads": 2}}],
                         ids=lambda c: c["model"]["name"] + c.get("precision", ""))
def test_the_network_answers_as_one_whose_weights_were_rounded(per, config):
    run = trained(steps=30, config=config)
    twin = int8(run, per)
    rounded = run.fork()
    for name, q in twin.levels.items():
        rounded.parameters[name][...] = q * twin.scales[name]
    x = run.assembly.x_test
    np.testing.assert_allclose(twin.outputs(x), rounded.outputs(x)["output"], rtol=1e-3, atol=1e-4)
    assert twin.metrics()["loss_test"] == pytest.approx(rounded.metrics()["loss_test"], rel=1e-3)
    assert not np.array_equal(twin.outputs(x), run.outputs(x)["output"])


def test_it_changes_nothing_of_the_run():
    run = trained(steps=20)
    before = run.arena.tobytes(), run.predict(run.data.raw_test[:5]).tobytes()
    run.probe("int8")
    assert (run.arena.tobytes(), run.predict(run.data.raw_test[:5]).tobytes()) == before
    run.train(5)


# ---------------------------------------------------------------- the claims

@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_quarter_of_the_memory_at_a_small_error(seed):
    """Measured: 26 % of the bytes with one scale a weight, 28 % with one a neuron; outputs off by 0.5 and 0.4 % of their spread and
    less, and not one of 449 unseen digits read otherwise."""
    run = trained(seed)
    found = {per: run.probe("int8", {"per": per}) for per in ("channel", "tensor")}
    count = sum(w.size for name, w in run.parameters.items() if name.endswith("weight"))
    for per, one in found.items():
        assert one["bytes_before"] == run.assembly.program.state_count * 4
        assert one["bytes_before"] - one["bytes"] == pytest.approx(3 * count - 4 * sum(s.size for s in int8(run, per).scales.values()), abs=300)
        assert one["bytes"] < 0.29 * one["bytes_before"] and one["output_error"] < 0.01
        assert abs(one["score"] - one["score_before"]) < 0.01 and one["same"] > 0.99
    assert (found["channel"]["weight_error"] < found["tensor"]["weight_error"]).all()
    assert found["channel"]["output_error"] < found["tensor"]["output_error"]


def test_the_probe_measures_a_regression_too_and_names_what_it_cannot():
    run = trained(steps=100, config={"data": {"name": "bumps"}, "model": {"name": "mlp"}})
    found = run.probe("int8", {"weight": "layer2.weight", "part": "train"})
    assert found["score_name"] == "R²" and found["same"] is None and found["levels"].shape == (8, 8) and found["levels"].dtype == np.int8
    with pytest.raises(UnknownName, match="weight: expected the name of a weight of a dense layer"):
        run.probe("int8", {"weight": "layer9.weight"})
    run.parameters["layer1.weight"][0, 0] = np.nan
    with pytest.raises(BadSetting, match="probe: expected finite weights"):
        run.probe("int8")
