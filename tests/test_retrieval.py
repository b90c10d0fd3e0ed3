"""Retrieval: facts in a store, the nearest of them, attention over what was found, and answers that change without training."""
import numpy as np
import pytest

from engine import BadSetting, Run, UnknownName, check_gradient
from engine.random import generator
from engine.registry import datasets, ops

from .kernels import both, need_torch, run_kernel

ADAM = {"name": "adam", "learning_rate": 0.01}


def config(seed=0, store=True, subjects=60, **model):
    return {"data": {"name": "facts", "subjects": subjects}, "model": {"name": "retrieval", "store": store, **model}, "seed": seed, "optimizer": ADAM}


# ---------------------------------------------------------------- the facts

def test_every_question_has_its_fact_in_the_store_and_no_two_the_same():
    table = datasets.get("facts", "").make(generator(3, "data"), {"subjects": 60, "added": []})
    assert table.store.shape == (240, 3) and len({tuple(row[:2]) for row in table.store}) == 240
    facts = {(who, what): answer for who, what, answer in table.store}
    for (who, what), answer in zip(table.x, table.y):
        first = what - (what - 63) % 3                              # the wording that the store has
        assert facts[who, first] == answer and answer // 8 == (what - 63) // 3
    assert len(set(table.x[:, 1])) == 12 and table.tokens[60:63] == ("Xenia", "Yannis", "Zoe") and not (table.x[:, 0] >= 60).any()


def test_unseen_facts_are_never_asked_for_in_training():
    data = Run(config()).data
    seen, unseen = ({(who, (what - 63) // 3) for who, what in raw} for raw in (data.raw_train, data.raw_test))
    assert not seen & unseen and len(seen) + len(unseen) == 240


@pytest.mark.parametrize("added, words", [
    ([[1, 66]], r"data.added\[0\]: expected three whole numbers"), ([[1, 66, 3], [1.5, 66, 3]], r"data.added\[1\]: expected three whole"),
    ([[63, 66, 3]], r"data.added\[0\]\[0\]: expected the number of a person, 0 to 62, got 63"),
    ([[1, 2, 3]], r"data.added\[0\]\[1\]: expected the number of a word that asks, 63 to 74"),
    ([[1, 66, 32]], r"data.added\[0\]\[2\]: expected the number of an answer, 0 to 31"), ([5], r"data.added\[0\]: expected three whole numbers")])
def test_a_wrong_fact_is_refused_by_name(added, words):
    with pytest.raises(BadSetting, match=words):
        Run({"data": {"name": "facts", "added": added}, "model": {"name": "retrieval"}})


# ---------------------------------------------------------------- nearest

@both
def test_the_nearest_are_truly_the_nearest_in_order(precision):
    x, keys = np.random.default_rng(0).normal(size=(50, 4)), np.random.default_rng(1).normal(size=(80, 4))
    keys[7] = keys[3] = x[0]                                        # of equals the first stays first
    found = run_kernel(ops.get("nearest", "").forward, precision, [x, keys, np.zeros((50, 6)), np.zeros((50, 6))] + [None] * 4)
    distance = ((x[:, None] - keys[None])**2).sum(-1)
    assert np.array_equal(found[2], np.argsort(distance, axis=1, kind="stable")[:, :6])
    assert (np.diff(found[3], axis=1) <= 0).all() and found[2][0, :2].tolist() == [3, 7]


# ---------------------------------------------------------------- the model

@pytest.mark.parametrize("model", [{}, {"neighbours": 1}, {"store": False}], ids=str)
def test_gradients_are_slopes(model):
    assert check_gradient(config(subjects=10, activation="tanh", width=8, units=9, **model))["passed"]


@pytest.mark.parametrize("model", [{}, {"neighbours": 7, "width": 5}, {"store": False}], ids=str)
def test_trains_as_in_pytorch(model):
    torch = need_torch()
    run = Run(config(subjects=12, **model) | {"precision": "float64", "optimizer": {"name": "sgd", "learning_rate": 0.5}, "batch_size": 1000})
    settings, p = run.config["model"], {key: torch.tensor(np.array(value), requires_grad=True) for key, value in run.parameters.items()}
    x, y, store = (torch.tensor(a).long() for a in (run.assembly.x, run.assembly.y[:, 0], run.data.store))
    optimizer = torch.optim.SGD(p.values(), lr=0.5)
    for _ in range(20):
        q = p["embedding.weight"][x].mean(1)
        if settings["store"]:
            keys = p["embedding.weight"][store[:, :2]].mean(1)
            score = -((q[:, None] - keys[None])**2).sum(-1)
            top = torch.topk(score, settings["neighbours"])
            q = (torch.softmax(top.values, 1)[:, :, None] * p["answers.weight"][store[top.indices, 2]]).sum(1)
        z = torch.relu(q @ p["layer1.weight"] + p["layer1.bias"]) @ p["layer2.weight"] + p["layer2.bias"]
        loss = torch.nn.functional.cross_entropy(z, y)
        optimizer.zero_grad()
        loss.backward()
        run.train(1)
        assert run.loss == pytest.approx(loss.item(), rel=1e-9)
        for key, value in run.gradients.items():
            np.testing.assert_allclose(value, p[key].grad.numpy(), rtol=1e-9, atol=1e-12, err_msg=key)
        optimizer.step()


@pytest.mark.parametrize("seed", range(6))
def test_unseen_facts_are_answered_only_with_retrieval(seed):
    """Measured over six seeds: 1.0 with the store; without 0.09 to 0.13, where guessing within the right kind gives 0.125."""
    found = {}
    for store in (True, False):
        run = Run(config(seed, store))
        run.train(600)
        found[store] = run.metrics()
    assert found[True]["accuracy_train"] > 0.98 and found[False]["accuracy_train"] > 0.98
    assert found[True]["accuracy_test"] > 0.95 and found[False]["accuracy_test"] < 0.25, found


@pytest.mark.parametrize("seed", range(3))
def test_a_fact_is_added_and_the_answer_changes_with_no_training(seed):
    run = Run(config(seed))
    run.train(600)
    before, right = {name: value.copy() for name, value in run.parameters.items()}, 0
    for stranger in (60, 61, 62):
        for answer in range(8):
            run.set("data.added", [[stranger, 63, answer]])
            told = [run.probe("retrieved", {"question": [stranger, word]}) for word in (63, 64, 65)]     # in any wording
            assert all(one["facts"][0] == [run.data.tokens[stranger], "home", run.data.classes[answer]] for one in told)
            right += sum(one["said"] == run.data.classes[answer] for one in told)
    assert right >= 0.95 * 72                                         # measured: 72 of 72
    assert all(np.array_equal(value, before[name]) for name, value in run.parameters.items()) and run.step == 600
    who, what, answer = run.data.store[17].astype(int)                # a known fact is exchanged
    other = answer // 8 * 8 + (answer + 1) % 8
    assert run.probe("retrieved", {"question": [who, what]})["said"] == run.data.classes[answer]
    run.set("data.added", [[who, what, other]])
    assert run.probe("retrieved", {"question": [who, what]})["said"] == run.data.classes[other] and len(run.data.store) == 240


def test_added_facts_are_replayed_with_the_run():
    run = Run(config(subjects=20))
    run.train(40)
    run.set("data.added", [[20, 26, 3]])
    run.train(40)
    again = Run(**run.recipe())
    again.train(80)
    assert np.array_equal(run.arena, again.arena) and len(again.data.store) == 81
    run.history.go(30)
    assert len(run.data.store) == 80
    run.train(50)
    assert np.array_equal(run.arena, again.arena)


def test_the_probe_shows_what_was_found():
    run = Run(config(subjects=20))
    run.train(100)
    found = run.probe("retrieved", {"example": 4})
    raw, data = run.data.raw_test[4], run.data
    assert found["read"] == [data.tokens[int(k)] for k in raw] and found["right"] == data.classes[data.y_test[4]]
    assert found["attention"].sum() == pytest.approx(1) and (np.diff(found["attention"]) <= 0).all() and (np.diff(found["distance"]) >= 0).all()
    table = run.parameters["embedding.weight"].astype(float)
    keys = table[data.store[:, :2].astype(int)].mean(1)
    distance = np.linalg.norm(table[raw.astype(int)].mean(0) - keys, axis=1)
    np.testing.assert_allclose(found["distance"], np.sort(distance)[:4], rtol=1e-4, atol=1e-4)
    assert found["said"] == data.classes[int(run.predict(raw[None]).argmax())] and found["count"] == 80
    assert [data.classes[int(data.store[row][2])] for row in found["row"]] == [fact[-1] for fact in found["facts"]]


@pytest.mark.parametrize("make, words", [
    (lambda: Run({"data": {"name": "induction"}, "model": {"name": "retrieval"}}), "model.name: expected a model for data without a store"),
    (lambda: Run(config(neighbours=32, subjects=5)), "model.neighbours: expected at most as many as there are facts, 20, got 32"),
    (lambda: Run(config(activation=["relu"])), "model.activation: expected one activation"),
    (lambda: Run(config(store=False)).probe("retrieved"), "probe: expected a network with a store"),
    (lambda: Run(config()).probe("retrieved", {"question": [1, 99]}), "question: expected 2 numbers of words, 0 to 74"),
    (lambda: Run(config()).probe("retrieved", {"question": [1]}), "question: expected 2 numbers")])
def test_what_cannot_be_is_refused_by_name(make, words):
    with pytest.raises((BadSetting, UnknownName), match=words):
        make()


@pytest.mark.parametrize("model", [{"name": "transformer", "width": 16, "heads": 2}, {"name": "recurrent", "units": 16}], ids=lambda m: m["name"])
def test_networks_without_a_store_can_be_asked_the_same(model):
    run = Run({"data": {"name": "facts", "subjects": 20}, "model": model, "optimizer": ADAM})
    run.train(300)
    assert run.metrics()["accuracy_train"] > 0.9 and run.metrics()["accuracy_test"] < 0.35
