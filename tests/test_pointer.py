"""Pointer networks: the op, the network against PyTorch, its data with exact answers, and what it learns."""
from itertools import permutations

import numpy as np
import pytest

from engine import EngineError, Run, check_gradient
from engine.datasets.convex_hull import hull
from engine.measure import round_trip
from engine.probes.pointing import lengths, pointed
from engine.random import generator
from engine.registry import datasets
from engine.trial import Trial

from .bench.attention_rivals import torch_pointer
from .kernels import need_torch

TASKS = ("sort_numbers", "convex_hull", "tour")
every_task = pytest.mark.parametrize("name", TASKS)
SMALL = {"width": 8, "layers": 2, "heads": 2, "factor": 2}


def config(name, precision="float64", optimizer="sgd", rate=0.05, seed=0, model=(), **data):
    return {"data": {"name": name, "examples": 60, **data}, "model": {"name": "pointer", **SMALL, **dict(model)}, "seed": seed,
            "batch_size": 8, "precision": precision, "optimizer": {"name": optimizer, "learning_rate": rate}}


def made(name, seed=3, **settings):
    record = datasets.get(name, "data")
    return record.make(generator(seed, "data"), record.defaults() | {"examples": 80} | settings)


# ---------------------------------------------------------------- data

def sets_of(table):
    x = table.x.reshape(len(table.x), *table.shape)
    return [(points[(points != 0).any(1)], answer[answer >= 0]) for points, answer in zip(x, table.y)]


def test_sorted_numbers_rise():
    for points, answer in sets_of(made("sort_numbers", shortest=3, longest=9)):
        assert sorted(answer) == list(range(len(points))) and (np.diff(points[answer, 0]) >= 0).all()


def test_hulls_are_convex_closed_and_hold_every_point():
    for points, answer in sets_of(made("convex_hull", shortest=3, longest=15)):
        assert answer[0] == answer[-1] and len(set(answer)) == len(answer) - 1 >= 3
        assert points[answer[0], 0] == points[:, 0].min()
        for a, b in zip(points[answer], points[answer[1:]]):
            side = (b[0] - a[0]) * (points[:, 1] - a[1]) - (b[1] - a[1]) * (points[:, 0] - a[0])
            assert (side >= -1e-12).all()                # all to the left: against the clock
    assert hull(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]])) == [0, 1, 2, 3]


def test_round_trips_are_the_shortest_there_are():
    for points, answer in sets_of(made("tour", shortest=3, longest=7, examples=40)):
        n = len(points)
        own = round_trip(points[None], answer[None])[0]
        best = min(round_trip(points[None], np.array([[0, *rest]]))[0] for rest in permutations(range(1, n)))
        assert own == pytest.approx(best, rel=1e-12) and sorted(answer) == list(range(n))
        assert points[answer[0], 0] == points[:, 0].min()
        (x, y), (x1, y1) = points[answer].T, np.roll(points[answer], -1, axis=0).T
        assert (x * y1 - y * x1).sum() > 0               # against the clock


@every_task
def test_more_examples_leave_the_others_where_they_are_and_sizes_are_kept(name):
    few, many = made(name, examples=30), made(name, examples=50)
    assert (few.x == many.x[:30]).all() and (few.y == many.y[:30]).all()
    counts = [len(points) for points, _ in sets_of(made(name, shortest=4, longest=6, places=9))]
    assert set(counts) == {4, 5, 6} and made(name, longest=6, places=9).shape[0] == 9
    with pytest.raises(EngineError) as error:
        made(name, longest=6, places=5)
    assert error.value.field == "data.places"


# ---------------------------------------------------------------- the network

@every_task
@pytest.mark.parametrize("norm_first", [True, False])
def test_gradients_are_slopes(name, norm_first):
    report = check_gradient(config(name, model={"norm_first": norm_first}, shortest=4, longest=6, places=7))
    assert report["passed"], report


def twin(run, norm_first, dtype):
    torch = need_torch()
    model = torch_pointer(8, 2, 2, run.data.shape[1], 2, norm_first).to(dtype)
    theirs = {}
    for name, parameter in model.named_parameters():
        name = name.replace("blocks.norm.", "norm.")
        for k in range(2):
            name = name.replace(f"blocks.layers.{k}.", f"block{k + 1}.")
        theirs[name] = parameter
    assert set(theirs) == set(run.parameters)
    rng = np.random.default_rng(1)
    with torch.no_grad():
        for name, parameter in theirs.items():
            value = run.parameters[name]
            value[...] = rng.normal(0, 0.4, value.shape) + name.endswith(("norm.weight", "norm1.weight", "norm2.weight"))
            parameter.copy_(torch.from_numpy(value.T.astype(np.float64).copy()))
    return model, theirs


def torch_loss(model, run, rows):
    torch = need_torch()
    dtype = next(model.parameters()).dtype
    x = torch.from_numpy(run.assembly.x[rows].reshape(len(rows), *run.data.shape)).to(dtype)
    y = torch.from_numpy(run.assembly.y[rows]).long()
    z = model(x, y)
    return torch.nn.functional.cross_entropy(z.flatten(0, 1), y.flatten(), ignore_index=-1)


@every_task
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_same_as_pytorch(name, norm_first, precision):
    torch = need_torch()
    run = Run(config(name, precision, model={"norm_first": norm_first}, shortest=4, longest=6, places=7))
    model, theirs = twin(run, norm_first, getattr(torch, precision))
    trial = Trial(run)
    loss = trial.backward()
    expected = torch_loss(model, run, trial.rows)
    expected.backward()
    close = dict(rtol=1e-9, atol=1e-10) if precision == "float64" else dict(rtol=1e-4, atol=2e-5)
    assert loss == pytest.approx(expected.item(), rel=close["rtol"])
    for key, parameter in theirs.items():
        np.testing.assert_allclose(trial.view(f"d.{key}"), parameter.grad.numpy().T, **close, err_msg=key)


@every_task
def test_twenty_steps_as_pytorch(name):
    torch = need_torch()
    run = Run(config(name, shortest=4, longest=6))
    model, theirs = twin(run, True, torch.float64)
    teacher = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(20):
        loss = torch_loss(model, run, Trial(run).rows)
        teacher.zero_grad()
        loss.backward()
        teacher.step()
        run.train(1)
        assert run.loss == pytest.approx(loss.item(), rel=1e-8)
    for key, parameter in theirs.items():
        np.testing.assert_allclose(run.parameters[key], parameter.detach().numpy().T, rtol=1e-6, atol=1e-8, err_msg=key)


@every_task
def test_never_points_twice_at_one_thing_nor_at_padding(name):
    """Untrained networks with large weights, whose first choices are anything."""
    for seed in range(3):
        run = Run(config(name, "float32", seed=seed, shortest=3, longest=6, places=9))
        for value in run.parameters.values():
            value *= 5
        raw = run.data.raw_train
        order = pointed(run.predict(raw), raw, run.data.shape)
        for points, chosen in zip(raw.reshape(len(raw), *run.data.shape), order):
            count, chosen = (points != 0).any(1).sum(), chosen[chosen >= 0]
            ring = name == "convex_hull" and chosen[-1] == chosen[0]
            assert len(set(chosen)) == len(chosen) - ring and (chosen < count).all()
            assert ring or len(chosen) == count


def test_shares_sum_to_one_and_what_was_chosen_has_none():
    run = Run(config("sort_numbers", "float32", shortest=6, longest=6))
    found = run.probe("pointing", {"part": "train", "example": 3})
    np.testing.assert_allclose(found["shares"].sum(1), 1, rtol=1e-5)
    for k, chosen in enumerate(found["pointed"]):
        assert (found["shares"][k + 1:, chosen] < 1e-20).all()


def test_the_order_of_the_inputs_does_not_matter():
    """A set has no order: with its things exchanged, the same things are pointed at."""
    run = Run(config("tour", shortest=6, longest=6))
    raw = run.data.raw_train[:20]
    mixed = np.random.default_rng(0).permutation(6)
    points = raw.reshape(20, 6, 2)
    order = pointed(run.predict(raw), raw, (6, 2))
    other = pointed(run.predict(points[:, mixed].reshape(20, -1)), raw, (6, 2))
    assert np.array_equal(np.take(mixed, other), order)


@pytest.mark.parametrize("data", [{"name": "spiral"}, {"name": "text"}, {"name": "digits"}, {"name": "induction"}],
                         ids=lambda d: d["name"])
def test_other_data_is_refused_by_name(data):
    with pytest.raises(EngineError) as error:
        Run({"data": data, "model": {"name": "pointer"}})
    assert error.value.field == "model.name" and "sort_numbers" in str(error.value)


def test_heads_must_divide_the_width():
    with pytest.raises(EngineError) as error:
        Run(config("tour", model={"heads": 3}))
    assert error.value.field == "model.heads"


# ---------------------------------------------------------------- what it learns

def trained(name, steps, seed=1, **data):
    run = Run({"data": {"name": name, "examples": 4000, "test_share": 0.1, **data}, "model": {"name": "pointer"}, "seed": seed,
               "optimizer": {"name": "adam", "learning_rate": 0.002}})
    run.train(steps)
    return run


def test_overfits_eight_samples():
    for name in TASKS:
        run = trained(name, 400, examples=20, test_share=0.6)
        assert len(run.assembly.x) == 8 and run.metrics()["exact_train"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sorts_lists_never_seen_and_longer_ones_than_it_was_trained_on(seed):
    """Trained on lists of 5 to 8 numbers; of 400 lists never seen over 95 % are sorted without a fault.  Lists of 10, which
    it was never trained on, are sorted to over 80 % of their places.  Measured on these seeds: all unseen lists of 5 to 8
    and, to three digits, all places of lists of 9, 10 and 12."""
    run = trained("sort_numbers", 500, seed, shortest=5, longest=8, places=12)
    assert run.metrics()["exact_test"] > 0.95
    longer = made("sort_numbers", 99, shortest=10, longest=10, places=12, examples=300)
    order = pointed(run.predict(longer.x), longer.x, longer.shape)[:, :10]
    assert (order == longer.y[:, :10]).mean() > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_hulls_become_right_and_round_trips_short(seed):
    """After 600 steps: over 60 % of unseen hulls are exactly right (hardly any was); unseen round trips are less than 3 %
    longer than the shortest ones (they were over 12 % longer).  Measured with seeds 1 to 3: hulls 70 to 73 %, round trips
    17 to 24 % longer before and 0.6 to 0.8 % after."""
    run = trained("convex_hull", 0, seed)
    assert run.metrics()["exact_test"] < 0.05
    run.train(600)
    assert run.metrics()["exact_test"] > 0.6
    run = trained("tour", 0, seed)
    before = run.probe("pointing", {"limit": 300})
    run.train(600)
    after = run.probe("pointing", {"limit": 300})
    assert before["excess"] > 0.12 and 0 <= after["excess"] < 0.03 and after["length"] >= after["shortest"] - 1e-9


def test_lengths_are_those_of_the_round_trips():
    raw = np.array([[0.1, 0.1, 0.4, 0.1, 0.4, 0.5, 0, 0]])
    assert lengths(raw, np.array([[0, 1, 2, -1]]), (4, 2))[0] == pytest.approx(0.3 + 0.4 + 0.5)
