"""Every initializer: mean, spread and range as its formula says, PyTorch's numbers, the same seed the same weights."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry import initializers

from .kernels import check_record, kinds, need_torch, torch_source
from .reference import INITIALIZERS

every = kinds(initializers)
SHAPES = [(200, 300), (300, 200), (256, 256)]


def fill(record, shape=(200, 300), seed=1, changed=None):
    return record.fill(np.random.default_rng(seed), shape, shape[0], shape[-1], record.defaults() | (changed or {}))


def get(name):
    return initializers.get(name, "initializer")


def settings_of(record):
    """The defaults, and every knob once at another value."""
    yield {}
    for name, knob in record.knobs.items():
        yield {name: "fan_out" if knob.kind == "choice" else {"a": 0.3, "mean": 0.7}.get(name, 2.0)}


@every
def test_says_what_it_is(record):
    check_record(record)
    assert record.name in INITIALIZERS, f"tests/reference.py has no {record.name}"
    assert all(knob.effect == "restart" for knob in record.knobs.values())


@every
@pytest.mark.parametrize("shape", SHAPES)
def test_mean_variance_and_range(record, shape):
    for changed in settings_of(record):
        w = fill(record, shape, changed=changed)
        mean, variance, largest = INITIALIZERS[record.name](*shape, record.defaults() | changed)
        assert w.shape == shape and w.dtype == np.float64 and w.flags.c_contiguous
        assert w.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / w.size) + 1e-15)
        assert w.var() == pytest.approx(variance, rel=0.02, abs=1e-15)
        assert abs(w).max() <= largest * (1 + 1e-12)


@every
def test_same_seed_same_weights(record):
    assert np.array_equal(fill(record), fill(record))
    if fill(record).std() > 0:
        assert not np.array_equal(fill(record), fill(record, seed=2))


@every
def test_any_shape(record):
    for shape in ((1, 1), (1, 5), (5, 1), (7,), (3, 3, 4, 6)):
        w = fill(record, shape)
        assert w.shape == shape and np.isfinite(w).all()


@every
@pytest.mark.parametrize("shape", SHAPES)
def test_spread_as_pytorch(record, shape):
    """PyTorch keeps a layer's weights as (outputs, inputs); its own fan_in is still the number of inputs."""
    torch = need_torch()
    torch.manual_seed(1)
    for changed in settings_of(record):
        tensor = torch.empty(shape[1], shape[0], dtype=torch.float64)
        torch_source(record, changed, tensor="weights", weights=tensor)
        w = fill(record, shape, changed=changed)
        assert w.mean() == pytest.approx(tensor.mean().item(), abs=0.02 * (w.std() + 1e-15))
        assert w.std() == pytest.approx(tensor.std().item(), rel=0.015, abs=1e-15)
        if np.isfinite(INITIALIZERS[record.name](*shape, record.defaults() | changed)[2]) and record.name != "orthogonal":
            assert abs(w).max() == pytest.approx(tensor.abs().max().item(), rel=0.001, abs=1e-15)


@pytest.mark.parametrize("shape", [(40, 40), (40, 15), (15, 40), (2, 3, 5)])
def test_orthogonal_neither_stretches_nor_squeezes(shape):
    w = fill(get("orthogonal"), shape).reshape(-1, shape[-1])
    np.testing.assert_allclose(np.linalg.svd(w, compute_uv=False), 1.0, rtol=1e-12)


def test_orthogonal_favors_no_direction():
    """Without the sign of R's diagonal the first entries would all have one sign."""
    first = [fill(get("orthogonal"), (6, 6), seed)[0, 0] for seed in range(200)]
    assert abs(np.mean(first)) < 0.12 and 70 < np.sum(np.array(first) > 0) < 130


@pytest.mark.parametrize("name, bend, low, high", [
    ("xavier_uniform", np.tanh, 0.1, 1), ("xavier_normal", np.tanh, 0.1, 1),
    ("kaiming_uniform", lambda x: np.maximum(x, 0), 0.4, 2.5), ("kaiming_normal", lambda x: np.maximum(x, 0), 0.4, 2.5),
    ("lecun_normal", lambda x: x, 0.5, 2), ("lecun_uniform", lambda x: x, 0.5, 2), ("orthogonal", lambda x: x, 0.9, 1.1),
    ("too_small", np.tanh, 0, 1e-10), ("too_large", lambda x: np.maximum(x, 0), 1e10, np.inf)])
def test_signal_through_ten_layers(name, bend, low, high):
    """What a start is made for: the root mean square of a signal after ten layers of 128."""
    generator = np.random.default_rng(3)
    x = generator.normal(0, 1, (100, 128))
    for _ in range(10):
        x = bend(x @ get(name).fill(generator, (128, 128), 128, 128, get(name).defaults()))
    assert low <= np.sqrt((x**2).mean()) <= high


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32), st.sampled_from(initializers.names()))
def test_any_width_gives_finite_weights_within_range(inputs, outputs, seed, name):
    w = fill(get(name), (inputs, outputs), seed)
    largest = INITIALIZERS[name](inputs, outputs, get(name).defaults())[2]
    assert w.shape == (inputs, outputs) and np.isfinite(w).all() and abs(w).max() <= largest * (1 + 1e-9)
