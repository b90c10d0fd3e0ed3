"""Attention that costs less: blockwise in memory, local and of low rank in work too; what is the same and what it costs, counted."""
import numpy as np
import pytest

from engine import Run

from .test_transformer import PRONOUNS, TEXT, config, randomise, trained


def test_blockwise_training_is_full_training():
    runs = [Run(config(TEXT, attention=kind, precision="float64")) for kind in ("full", "blockwise")]
    for run in runs:
        run.train(20)
    for name in runs[0].parameters:
        np.testing.assert_allclose(runs[1].parameters[name], runs[0].parameters[name], rtol=1e-8, atol=1e-10)


def multiplications(length, **model):
    """Counted from the graph: what its attention multiplies for one example in one forward pass, the projections aside."""
    run = Run({"data": {"name": "induction", "examples": 20, "length": length}, "model": {"name": "transformer", **model}})
    total, d = 0, 32 // 4
    for node in run.assembly.graph.nodes:
        if node.record.name == "mix_steps":
            total += node.operands[1].size(1) * node.operands[-1].shape[1]               # every step goes into every mixture
        elif node.record.name in ("attention", "local_attention"):
            total += 2 * d * node.operands[4].size(1)                                    # a score, and a share of a value, for every weight
    return total


def test_work_grows_with_the_square_of_the_length_and_linearly_with_a_window_or_a_low_rank():
    lengths = (25, 50, 100, 200)
    full, local, low = ([multiplications(length, **model) for length in lengths] for model in
                        ({}, {"attention": "local", "window": 8}, {"attention": "low_rank", "rank": 8, "causal": False}))
    assert [b / a for a, b in zip(full, full[1:])] == [4, 4, 4]
    assert [b / a for a, b in zip(local, local[1:])] == [b / a for a, b in zip(low, low[1:])] == [2, 2, 2]
    assert full[-1] == 2 * 2 * 32 * 200 ** 2 and local[-1] == 2 * 2 * 32 * 200 * 9 and low[-1] == 2 * (2 + 2) * 32 * 200 * 8


def test_the_memory_of_low_rank_attention_grows_with_the_length_alone():
    def numbers(length, kind):
        run = Run({"data": {"name": "induction", "examples": 20, "length": length},
                   "model": {"name": "transformer", "attention": kind, "causal": False}})
        return sum(t.size(1) for name, t in run.assembly.graph.tensors.items() if ".self_attn" in name or name.endswith(".attention"))
    low, full = ([numbers(length, kind) for length in (50, 100, 200)] for kind in ("low_rank", "full"))
    constant = 2 * low[0] - low[1]                       # the mixtures themselves, and room for them
    assert low[2] - constant == 2 * (low[1] - constant) and constant < low[0] / 2
    assert full[2] > 3 * full[1] and full[2] > 5 * low[2]


@pytest.mark.parametrize("padding", [False, True])
def test_low_rank_attention_is_its_formula(padding):
    """softmax(q (Eᵀk)ᵀ / √d) Fᵀv, spelt out from the run's own tensors."""
    run = Run(config(PRONOUNS, attention="low_rank", rank=5, causal=False, padding=padding, precision="float64"))
    randomise(run)
    x = run.data.raw_train[:4]
    found = run.forward(x, ["block1.self_attn.packed", "block1.attention", "block1.self_attn.heard"])
    q, k, v = np.split(found["block1.self_attn.packed"].reshape(4, 18, 3, 2, 4), 3, axis=2)
    there = (x != 0)[:, :, None, None, None] if padding else 1
    k, v = (np.einsum("nthc,tr->nrhc", (side * there)[:, :, 0], run.parameters[f"block1.self_attn.{name}_steps.weight"])
            for side, name in ((k, "key"), (v, "value")))
    scores = np.einsum("nthc,nrhc->nhtr", q[:, :, 0], k) / 2
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    np.testing.assert_allclose(found["block1.attention"], weights, rtol=1e-10)
    np.testing.assert_allclose(found["block1.self_attn.heard"].reshape(4, 18, 2, 4), np.einsum("nhtr,nrhc->nthc", weights, v), rtol=1e-9, atol=1e-12)
    maps = run.probe("attention")
    assert maps["block2"].shape == (2, 18, 5) and maps["looks"]["block1"] == ["read", "mixtures"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_low_rank_attention_learns_the_pronouns(seed):
    """Six mixtures in the place of 18 words: over 90 % of the unseen referents are found."""
    run = trained({"name": "pronouns", "examples": 1500, "test_share": 0.2}, 500, seed, causal=False, padding=True, attention="low_rank", rank=6)
    assert run.metrics()["accuracy_test"] > 0.9


def test_blockwise_memory_grows_with_the_length_alone():
    def numbers(length, kind):
        run = Run({"data": {"name": "induction", "examples": 20, "length": length}, "model": {"name": "transformer", "attention": kind}})
        return sum(t.size(1) for name, t in run.assembly.graph.tensors.items()
                   if name.startswith("block") and t.base is None and not name.endswith(".room"))
    assert numbers(200, "blockwise") == 2 * numbers(100, "blockwise") and numbers(200, "full") > 2.5 * numbers(100, "full")
