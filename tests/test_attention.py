"""Attention by itself: every op against differences and plain NumPy, every kind against the full one, layers against PyTorch."""
import numpy as np
import pytest

from engine.layers.positions import sines
from engine.ops.blockwise_attention import BLOCK
from engine.registry import ops

from .kernels import both, need_torch, run_kernel
from .reference import shares

N, T, HEADS, D = 2, 5, 2, 6              # examples, positions, heads, columns
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0]], float)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# ---------------------------------------------------------------- attention in plain NumPy

def heads_of(x, at, rows, width=D, heads=HEADS):
    """(N·T, ·) -> (N, heads, T, d)"""
    x = x[:, at:at + width].reshape(-1, rows, heads, width // heads)
    return x.transpose(0, 2, 1, 3)


def reference(q, k, v, mask, causal=False, scaled=True, at=(0, 0, 0), window=None, tq=T, tk=T):
    """Weights (N, heads, Tq, Tk) and answers (N·Tq, D)."""
    q, k, v = heads_of(q, at[0], tq), heads_of(k, at[1], tk), heads_of(v, at[2], tk)
    scores = q @ k.swapaxes(-1, -2) / (np.sqrt(q.shape[-1]) if scaled else 1)
    apart = np.arange(tk)[None] - np.arange(tq)[:, None]
    seen = np.ones((len(q), 1, tq, tk), bool) & (mask[:, None, None] > 0 if mask is not None else True)
    seen = seen & ((apart <= 0) if causal else True) & ((abs(apart) <= window) if window is not None else True)
    weights = np.where(seen, shares(np.where(seen, scores, -1e30)), 0) * seen.any(-1, keepdims=True)
    return weights, (weights @ v).transpose(0, 2, 1, 3).reshape(-1, D)


KINDS = {"attention": None, "local_attention": 2, "blockwise_attention": None}


def operands_of(kind, q, k, v, mask, causal=False, tq=T, tk=T, heads=HEADS, width=D):
    """The operands of a kind of attention, outputs zero, and its knobs."""
    d, n = width // heads, len(q) // tq
    y = np.zeros((n * tq, width))
    if kind == "local_attention":
        window = KINDS[kind]
        return [q, k, v, mask, np.zeros((n, heads, tq, window + 1 if causal else 2 * window + 1)), y], [window]
    if kind == "blockwise_attention":
        return [q, k, v, mask, np.zeros((n, heads, tq)), np.zeros((2 * d + 2) * BLOCK + (3 * d + 2 * BLOCK) * BLOCK), y], []
    return [q, k, v, mask, np.zeros((n, heads, tq, tk)), np.zeros((2 * tq + 2 * tk) * d + tq * tk + tk), y], []


def run_attention(kind, q, k, v, mask, causal=False, scaled=True, at=(0, 0, 0), precision="float64", **sizes):
    """(operands after forward, knobs)"""
    operands, more = operands_of(kind, q, k, v, mask, causal, **sizes)
    knobs = (sizes.get("heads", HEADS), causal, scaled, *at, *more)
    return run_kernel(ops.get(kind, "op").forward, precision, operands, knobs), knobs


every_kind = pytest.mark.parametrize("kind", KINDS)
every_mask = pytest.mark.parametrize("mask", [None, MASK], ids=["all", "padded"])
every_sight = pytest.mark.parametrize("causal", [False, True], ids=["both ways", "causal"])


@every_kind
@every_mask
@every_sight
@both
def test_attention_is_the_formula(kind, mask, causal, precision):
    packed = drawn(N * T, 3 * D)
    at = (0, D, 2 * D)
    after, _ = run_attention(kind, packed, packed, packed, mask, causal, at=at, precision=precision)
    weights, y = reference(packed, packed, packed, mask, causal, at=at, window=KINDS[kind])
    close = dict(rtol=1e-5, atol=1e-6) if precision == "float32" else dict(rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(after[-1], y, **close)
    if kind == "attention":
        np.testing.assert_allclose(after[4], weights, **close)


@every_kind
@every_mask
@every_sight
@pytest.mark.parametrize("scaled", [True, False])
def test_gradients_of_attention_are_its_slopes(kind, mask, causal, scaled):
    q, k, v, dy = (drawn(N * T, D, seed=s) for s in range(4))
    record = ops.get(kind, "op")

    def loss(*moved):
        return (dy * run_attention(kind, *moved, mask, causal, scaled)[0][-1]).sum()

    after, knobs = run_attention(kind, q, k, v, mask, causal, scaled)
    slopes = [np.full_like(x, 10.0) for x in (q, k, v)] + [None] * (len(after) - 4) + [dy]
    found = run_kernel(record.backward, "float64", [*after, *slopes], knobs, first=0)[len(after):len(after) + 3]
    for place, slope in enumerate(found):
        np.testing.assert_allclose(slope - 10, differences(loss, [q, k, v], place), rtol=1e-6, atol=1e-8)


def differences(loss, values, place, h=1e-6):
    slope = np.zeros_like(values[place])
    for index in np.ndindex(slope.shape):
        ends = []
        for sign in (1, -1):
            moved = [x.copy() for x in values]
            moved[place][index] += sign * h
            ends.append(loss(*moved))
        slope[index] = (ends[0] - ends[1]) / (2 * h)
    return slope


@every_kind
def test_one_packed_matrix_collects_all_three_gradients(kind):
    packed, dy, at = drawn(N * T, 3 * D), drawn(N * T, D, seed=1), (0, D, 2 * D)
    parts = [np.ascontiguousarray(packed[:, i:i + D]) for i in at]
    apart, knobs = run_attention(kind, *parts, None)
    found = run_kernel(ops.get(kind, "op").backward, "float64",
                       [*apart, *(np.zeros_like(p) for p in parts), *[None] * (len(apart) - 4), dy], knobs)
    # in a program the three operands share their memory; here each has its own, so their gradients are added up
    whole, knobs = run_attention(kind, packed, packed, packed, None, at=at)
    together = run_kernel(ops.get(kind, "op").backward, "float64",
                          [*whole, *(np.zeros_like(packed) for _ in at), *[None] * (len(whole) - 4), dy], knobs)
    total = sum(together[len(whole):len(whole) + 3])
    np.testing.assert_allclose(total, np.hstack(found[len(apart):len(apart) + 3]), rtol=1e-12, atol=1e-14)


@every_kind
@both
def test_a_query_that_may_look_nowhere_gets_zeros_and_sends_no_gradient(kind, precision):
    q, k, v, dy = (drawn(N * T, D, seed=s) for s in range(4))
    mask = np.array([[0.0] * T, [1.0] * T])
    after, knobs = run_attention(kind, q, k, v, mask, precision=precision)
    assert (after[-1][:T] == 0).all() and (abs(after[-1][T:]) > 0).all()
    found = run_kernel(ops.get(kind, "op").backward, precision,
                       [*after, *(np.zeros_like(x) for x in (q, k, v)), *[None] * (len(after) - 4), dy], knobs)
    for slope in found[len(after):len(after) + 3]:
        assert np.isfinite(slope).all() and (slope[:T] == 0).all()


@pytest.mark.parametrize("length", [1, 7, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
@every_sight
@both
def test_blockwise_equals_full(length, causal, precision):
    q, k, v, dy = (drawn(N * length, D, seed=s) for s in range(4))
    mask = (np.random.default_rng(5).random((N, length)) < 0.8).astype(float)
    sizes = dict(tq=length, tk=length)
    results = []
    for kind in ("attention", "blockwise_attention"):
        after, knobs = run_attention(kind, 3 * q, k, v, mask, causal, precision=precision, **sizes)
        slopes = run_kernel(ops.get(kind, "op").backward, precision,
                            [*after, *(np.zeros_like(x) for x in (q, k, v)), *[None] * (len(after) - 4), dy], knobs)
        results.append([after[-1], *slopes[len(after):len(after) + 3]])
    close = dict(rtol=2e-4, atol=2e-5) if precision == "float32" else dict(rtol=1e-11, atol=1e-12)
    for full, blocks in zip(*results):
        np.testing.assert_allclose(blocks, full, **close)


def test_nan_goes_through_and_huge_scores_stay_numbers():
    q, k, v = (drawn(N * T, D, seed=s) for s in range(3))
    for kind in KINDS:
        huge = run_attention(kind, 1e4 * q, k, v, None, precision="float32")[0]
        assert np.isfinite(huge[-1]).all(), kind
        bad = q.copy()
        bad[1, 0] = np.nan
        y = run_attention(kind, bad, k, v, None, precision="float32")[0][-1]
        assert np.isnan(y[1]).any() and np.isfinite(y[2:]).all(), kind


@pytest.mark.parametrize("kind", ["attention", "local_attention"])
@both
def test_rows_of_weights_sum_to_one(kind, precision):
    for seed in range(5):
        q, k, v = (3 * drawn(N * T, D, seed=3 * seed + s) for s in range(3))
        weights = run_attention(kind, q, k, v, None, seed % 2 == 1, precision=precision)[0][4]
        assert (weights >= 0).all()
        np.testing.assert_allclose(weights.sum(-1), 1, rtol=3e-6 if precision == "float32" else 1e-13)


def test_causal_weights_are_exactly_zero_ahead():
    q, k, v = (drawn(N * T, D, seed=s) for s in range(3))
    weights = run_attention("attention", q, k, v, None, True, precision="float32")[0][4]
    assert (weights[..., np.triu_indices(T, 1)[0], np.triu_indices(T, 1)[1]] == 0).all()
    assert (weights[..., np.tril_indices(T)[0], np.tril_indices(T)[1]] > 0).all()


def test_without_scaling_attention_saturates_as_heads_grow_wide():
    """Scores of random queries and keys spread as √d.  Five seeds: from d = 4 to 256 the largest unscaled weight of a row
    rises from below 0.5 to above 0.8 on average; scaled it stays within 0.15 of where it was."""
    rows, heads = 32, 1
    for seed in range(5):
        largest = {}
        for d in (4, 16, 64, 256):
            q, k, v = (drawn(rows, d, seed=100 * seed + s) for s in range(3))
            for scaled in (True, False):
                after, _ = run_attention("attention", q, k, v, None, scaled=scaled, tq=rows, tk=rows, heads=heads, width=d)
                largest[d, scaled] = after[4].max(-1).mean()
        raw = [largest[d, False] for d in (4, 16, 64, 256)]
        assert raw == sorted(raw) and raw[0] < 0.5 and raw[-1] > 0.8
        assert all(abs(largest[d, True] - largest[4, True]) < 0.15 for d in (16, 64, 256))


# ---------------------------------------------------------------- the other ops

def present_steps(x):
    return (x != 0).any(-1).astype(float)


SINGLE = {  # name -> (values, which have gradients, knobs, formula of the last)
    "add_positions": (lambda: [drawn(2, 3, 4), drawn(3, 4, seed=1), np.zeros((2, 3, 4))], (0, 1), (), lambda x, p: x + p),
    "rotary": (lambda: [drawn(6, 7), drawn(3, 2, seed=1), np.zeros((6, 7))], (0,), (4,), None),
    "mean_steps": (lambda: [drawn(2, 5, 3), MASK, np.zeros((2, 3))], (0,), (),
                   lambda x, there: (x * there[..., None]).sum(1) / there.sum(1, keepdims=True)),
    "dense_transposed": (lambda: [drawn(6, 4), drawn(5, 4, seed=1), np.zeros((6, 5))], (0, 1), (), lambda x, w: x @ w.T),
}


@pytest.mark.parametrize("name", SINGLE)
def test_other_ops_are_their_formulas_and_gradients_their_slopes(name):
    made, learned, knobs, formula = SINGLE[name]
    values, record = made(), ops.get(name, "op")
    after = run_kernel(record.forward, "float64", values, knobs)
    if formula:
        np.testing.assert_allclose(after[-1], formula(*values[:-1]), rtol=1e-12)
    dy = drawn(*values[-1].shape, seed=9)

    def loss(*moved):
        return (dy * run_kernel(record.forward, "float64", [*moved, values[-1]], knobs)[-1]).sum()

    for first, begun in ((0, 10.0), (1, 10.0)):
        slopes = [np.full_like(x, begun) if j in learned else None for j, x in enumerate(values[:-1])]
        found = run_kernel(record.backward, "float64", [*after, *slopes, dy], knobs, first=first)
        for j in learned:
            expected = differences(loss, values[:-1], j) + (0 if first else begun)
            np.testing.assert_allclose(found[len(values) + j], expected, rtol=1e-6, atol=1e-7)


def test_present_tells_padding():
    x = drawn(2, 4, 3)
    x[0, 3] = x[1, 1:3] = 0
    x[1, 1, 2] = 1e-9
    found = run_kernel(ops.get("present", "op").forward, "float64", [x, np.full((2, 4), 5.0)])[1]
    assert np.array_equal(found, present_steps(x)) and found.tolist() == [[1, 1, 1, 0], [1, 1, 0, 1]]


def test_mean_of_nothing_is_zero():
    x = drawn(1, 3, 2)
    after = run_kernel(ops.get("mean_steps", "op").forward, "float64", [x, np.zeros((1, 3)), np.ones((1, 2))])
    assert (after[2] == 0).all()


def test_sines_are_those_of_the_paper():
    table = sines(50, 8)
    assert table[0].tolist() == [0, 1] * 4
    for t in (1, 17, 49):
        for i in range(4):
            angle = t / 10000 ** (2 * i / 8)
            assert table[t, 2 * i] == pytest.approx(np.sin(angle)) and table[t, 2 * i + 1] == pytest.approx(np.cos(angle))
    assert sines(5, 7).shape == (5, 7)


def test_turned_queries_and_keys_know_only_how_far_apart_they_are():
    from engine.layers.positions import angles
    steps, d = 12, 6
    turned = angles(steps, d)
    table = np.stack([np.cos(turned), np.sin(turned)], 2).reshape(steps, d)
    q, k = drawn(d), drawn(d, seed=1)
    packed = np.tile(np.concatenate([q, k]), (steps, 1))
    y = run_kernel(ops.get("rotary", "op").forward, "float64", [packed, table, np.zeros_like(packed)], (2 * d,))[-1]
    scores = y[:, :d] @ y[:, d:].T
    for apart in range(-steps + 1, steps):
        line = np.diagonal(scores, apart)
        np.testing.assert_allclose(line, line[0], rtol=1e-10)
    assert len(np.unique(np.round(scores, 9))) == 2 * steps - 1


# ---------------------------------------------------------------- PyTorch

@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("tk", [T, 7])
def test_same_as_pytorch_multihead_attention(causal, padded, tk):
    """nn.MultiheadAttention's heart: its weights, and through its projections by hand the rest."""
    torch = need_torch()
    if causal and tk != T:
        pytest.skip("causal needs as many keys as queries")
    layer = torch.nn.MultiheadAttention(D, HEADS, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.from_numpy(drawn(*p.shape, seed=p.numel())))
    x, memory = drawn(N, T, D), drawn(N, tk, D, seed=1)
    keep = (np.arange(tk) < np.array([[tk], [tk - 2]])).astype(float)
    hidden = torch.ones(T, tk, dtype=torch.bool).triu(1) if causal else None
    theirs, weights = layer(torch.from_numpy(x), torch.from_numpy(memory), torch.from_numpy(memory), attn_mask=hidden,
                            key_padding_mask=torch.from_numpy(keep == 0) if padded else None, average_attn_weights=False)
    w, b = layer.in_proj_weight.detach().numpy().T, layer.in_proj_bias.detach().numpy()
    q, kv = x.reshape(-1, D) @ w[:, :D] + b[:D], memory.reshape(-1, D) @ w[:, D:] + b[D:]
    after, _ = run_attention("attention", q, kv, kv, keep if padded else None, causal, at=(0, 0, D), tq=T, tk=tk)
    np.testing.assert_allclose(after[4], weights.detach().numpy(), rtol=1e-9, atol=1e-12)
    ours = after[-1] @ layer.out_proj.weight.detach().numpy().T + layer.out_proj.bias.detach().numpy()
    np.testing.assert_allclose(ours, theirs.detach().numpy().reshape(-1, D), rtol=1e-9, atol=1e-11)
