"""The tasks of sequences: what is asked is what the rule says, more examples leave the others alone, layouts fit models."""
import numpy as np
import pytest

from engine import Run
from engine.data import prepare
from engine.datasets.morse import CODE
from engine.errors import EngineError
from engine.random import generator
from engine.registry import datasets

ALL = ("adding", "arithmetic", "brackets", "copy", "echo", "morse", "parity", "reverse", "sine", "sort", "text")
COUNTED = tuple(name for name in ALL if "examples" in datasets.get(name, "data").knobs)


def made(name, seed=3, **settings):
    record = datasets.get(name, "data.name")
    return record.make(generator(seed, "data"), record.defaults() | settings)


@pytest.mark.parametrize("name", COUNTED)
def test_more_examples_leave_the_others_where_they_are(name):
    few, many = made(name, examples=50), made(name, examples=80)
    assert len(many.x) == 80 and (few.x == many.x[:50]).all() and (few.y == many.y[:50]).all()


@pytest.mark.parametrize("name", ALL)
def test_shape_and_tokens_say_what_x_is(name):
    table = made(name)
    assert np.prod(table.shape) == table.x.shape[1] == len(table.columns)
    if table.tokens:
        assert table.shape == (table.x.shape[1],) and set(np.unique(table.x)) <= set(range(len(table.tokens)))
    data = prepare({"name": name}, 1)
    assert data.shape == table.shape and data.tokens == table.tokens and (data.x_std == 1).all()


def text_of(table, row):
    return "".join(table.tokens[int(k)] for k in table.x[row]), \
        "".join(table.classes[k] if k >= 0 else "." for k in np.atleast_1d(table.y[row]))


def test_every_answer_is_what_the_rule_says():
    for row in range(50):
        read, asked = text_of(made("echo", delay=3), row)
        assert asked == "..." + read[:-3]
        bits = made("parity")
        assert bits.y[row] == bits.x[row].sum() % 2
        assert (made("parity", asked="every_step").y[row] == bits.x[row].cumsum() % 2).all()
        for name, rule in (("copy", lambda s: s), ("reverse", lambda s: s[::-1]), ("sort", sorted)):
            read, asked = text_of(made(name), row)
            assert read[6:] == "=_____" and asked == "......" + "".join(rule(read[:6]))
        x = made("adding").x[row].reshape(30, 2)
        assert x[:, 1].sum() == 2 and made("adding").y[row, 0] == pytest.approx(x[:, 0] @ x[:, 1])
        read, asked = text_of(made("text"), min(row, 20))
        assert made("text").y.shape == made("text").x.shape and read[1:] == asked[:-1]


@pytest.mark.parametrize("layout", ["in_place", "apart", "prompt"])
@pytest.mark.parametrize("turned", [False, True])
def test_sums_are_right_in_every_layout(layout, turned):
    table = made("arithmetic", digits=3, answer=layout, reversed=turned)
    for row in range(30):
        read, asked = text_of(table, row)
        question, rest = read[:8], asked.lstrip(".")
        total = int(rest[::-1] if turned else rest)
        a, b = question[:-1].split("+")
        assert question[-1] == "=" and int(a) + int(b) == total and len(rest) == 4
        assert read[8:] == {"in_place": "___", "apart": "", "prompt": rest[:-1]}[layout]
        assert len(asked) == (4 if layout == "apart" else len(read))


def well_formed(text):
    stack = []
    for sign in text:
        if sign in "([{":
            stack.append(sign)
        elif not stack or stack.pop() + sign not in ("()", "[]", "{}"):
            return False
    return not stack


def test_brackets():
    for kinds in (1, 3):
        depth, valid = made("brackets", kinds=kinds), made("brackets", kinds=kinds, asked="valid", examples=2000)
        for row in range(100):
            read, _ = text_of(depth, row)
            steps = np.cumsum([1 if sign in "([{" else -1 for sign in read])
            assert well_formed(read) and (depth.y[row] == steps).all() and steps.max() <= 4
            assert well_formed(text_of(valid, row)[0]) == bool(valid.y[row])
        assert abs(valid.y.mean() - 0.5) < 0.05


def test_waves_without_noise_go_on():
    table = made("sine", noise=0.0, length=20, ahead=3)
    whole = np.hstack([table.x, table.y])
    # a wave is known from any two steps: x[t+1] + x[t-1] = 2 cos(w) x[t]
    twice_cos = (whole[:, 2] + whole[:, 0]) / whole[:, 1]
    np.testing.assert_allclose(whole[:, 2:] + whole[:, :-2], twice_cos[:, None] * whole[:, 1:-1], atol=1e-6)


def test_morse_can_be_read_back():
    table = made("morse", noise=0.0, symbols=6, letters=4)
    letters = {code: k for k, code in enumerate(CODE.values())}
    for row in range(100):
        said, code, light = [], "", 0
        dark = 0
        for value in (*table.x[row], 0, 0, 0, 0):
            if value:
                light, dark = light + 1, 0
            else:
                code += "" if not light else "." if light <= 2 else "-"
                light, dark = 0, dark + 1
                if dark == 4 and code:
                    said.append(letters[code])
                    code = ""
        assert said == [k for k in table.y[row] if k >= 0]


def test_a_text_of_ones_own():
    data = prepare({"name": "text", "text": "abcabcabcabc", "length": 3, "test_share": 0.25}, 1)
    assert data.tokens == data.classes == ("a", "b", "c") and ((data.x_train + 1) % 3 == data.y_train).all()
    assert len(made("text", text="abcabcabcabc", length=3).x) == 3
    assert len(made("text", text="abcabcabcabc", length=3, stride=1).x) == 9
    run = Run({"data": {"name": "text", "text": "abcabcabcabc", "length": 3}, "model": {"name": "recurrent", "cell": "rnn", "units": 8}})
    run.train(100)
    assert run.metrics()["exact_test"] == 1


def test_the_same_seed_the_same_sequences_and_refusals():
    with pytest.raises(EngineError, match="data.examples"):
        prepare({"name": "echo", "examples": 3}, 1)
    with pytest.raises(EngineError, match="data.delay"):
        prepare({"name": "echo", "delay": 25}, 1)
