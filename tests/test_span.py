"""Finding an answer in a text by pointing at its first and its last word: the data, the network, and what it learns."""
import numpy as np
import pytest

from engine import Run, check_gradient
from engine.data import prepare
from engine.random import generator
from engine.registry import datasets

SMALL = {"name": "pointer", "width": 8, "layers": 2, "heads": 2, "factor": 2}


def made(seed=3, **settings):
    record = datasets.get("span", "data")
    return record.make(generator(seed, "data"), record.defaults() | {"examples": 100} | settings)


def words_of(table, row):
    return [table.tokens[int(k)] for k in table.x[row]]


@pytest.mark.parametrize("facts", [1, 4, 12])
def test_the_answer_is_the_thing_of_the_fact_that_is_asked_for(facts):
    table, lengths = made(facts=facts), set()
    for row in range(100):
        words = words_of(table, row)
        person, verb, sign, *text = [word for word in words if word != "·"]
        told = {tuple(fact.split()[:2]): fact.split()[2:] for fact in " ".join(text).split(" . ") if fact.strip(" .")}
        told = {pair: [word for word in thing if word != "."] for pair, thing in told.items()}
        first, last = table.y[row]
        assert sign == "?" and len(told) == facts                # no pair of person and verb is told twice
        assert words[first:last + 1] == told[person, verb] and words[last + 1] == "." and last > first
        lengths.add(last - first + 1)
        assert "·" not in words[:words.index("·")] and set(words[words.index("·"):]) == {"·"} if "·" in words else True
    assert lengths == {2, 3, 4}


def test_more_examples_leave_the_others_where_they_are_and_others_share_the_words_of_the_question():
    few, many = made(), made(examples=150)
    assert (few.x == many.x[:100]).all() and (few.y == many.y[:100]).all()
    asked = [" ".join(words_of(many, row)).split(" ? ") for row in range(150)]
    by_person = np.mean([text.count(question.split()[0]) > 1 for question, text in asked])
    by_verb = np.mean([text.count(question.split()[1]) > 1 for question, text in asked])
    assert by_person > 0.3 and by_verb > 0.3                     # one word of the question does not always do
    data = prepare({"name": "span", "validation_share": 0.2, "test_share": 0.2}, 1)
    assert (len(data.x_train), len(data.x_validation), len(data.x_test)) == (300, 100, 100)
    assert data.shape == (31,) and len(data.classes) == 31


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary", "none"])
def test_gradients_are_slopes(positions):
    report = check_gradient({"data": {"name": "span", "examples": 24, "facts": 2}, "model": SMALL | {"positions": positions}, "batch_size": 8})
    assert report["passed"], report


def test_without_positions_the_order_of_words_says_nothing_and_with_them_it_does():
    for positions, same in (("none", True), ("learned", False), ("rotary", False), ("sinusoidal", False)):
        run = Run({"data": {"name": "span", "examples": 24, "facts": 1}, "model": SMALL | {"positions": positions}, "precision": "float64"})
        x = run.data.raw_train[:8]
        count = int((x != 0).sum(1).min())               # words that every row has
        order = np.arange(x.shape[1])
        order[:count] = np.random.default_rng(1).permutation(count)
        first, mixed = (run.predict(rows).reshape(8, 2, -1)[:, 0] for rows in (x, x[:, order]))
        apart = np.abs(mixed - first[:, order]).max()
        assert (apart < 1e-12) if same else (apart > 1e-4), positions


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_in_texts_never_seen_are_found(seed):
    """Three facts: over 95 % of 500 unseen answers are found from the first to the last word.  Pointing at the thing of any fact
    would be right a third of the time, heeding the verb alone or the person alone more often; the network tarries at
    these before it heeds both.  How long is a matter of rounding, so it may take up to 3000 steps.  Measured on four to eight seeds
    and four ways to round: 200 to 1600 steps, on these three seeds 400 to 800.  (Batches of 32 at a rate of 0.003, not clipped, can stay at
    a third for good.)"""
    run = Run({"data": {"name": "span", "examples": 5000, "facts": 3, "test_share": 0.1}, "seed": seed, "batch_size": 64, "clip": {"norm": 1.0},
               "model": {"name": "pointer", "positions": "rotary"}, "optimizer": {"name": "adam", "learning_rate": 0.002}})
    while run.step < 3000 and run.metrics()["exact_test"] <= 0.95:
        run.train(200)
    assert run.metrics()["exact_test"] > 0.95
    found = run.probe("pointing", {"example": 5})
    assert found["read"] == [run.data.tokens[int(k)] for k in run.data.raw_test[5]] and found["shares"].shape == (2, 24)
    np.testing.assert_allclose(found["shares"].sum(1), 1, rtol=1e-5)
    assert (found["shares"][:, np.array(found["read"]) == "·"] < 1e-15).all()
