"""What may stand in a lab's file, and the words for what may not: file, step, field, expected, got."""
import pytest

from server import claims
from server.errors import Refused
from server.lab import Known, read_lab
from server.shelf import Shelf
from tests import labs

GOOD = '''
title = "Made"
wonder = "Why?"
minutes = 5
[config.data]
name = "circle"
[controls]
first = ["optimizer.learning_rate"]
[[runs]]
label = "slow"
changes = { "optimizer.learning_rate" = 0.001 }
[[panels]]
name = "curves"
[[scenes]]
name = "Deep"
changes = { "model.hidden" = [4, 4] }
[[steps]]
title = "First"
say = """The **loss** is {loss_train}, of the slow one {run 2: loss_train}; $a = {{layer1.gradient_norm:.2}}$; {optimizer.learning_rate}."""
scene = "Deep"
show = ["curves"]
  [steps.predict]
  question = "Which?"
  choices = ["one", "two"]
  answer = 1
  [steps.do]
  text = "Raise it."
  when = { setting = "optimizer.learning_rate", above = 0.02 }
  [steps.check]
  claim = "It holds."
  train = 10
  all = [{ measure = "loss_train", run = 2, above_run = 1 }]
[[steps]]
title = "Second"
say = "Draw."
  [steps.predict]
  question = "How?"
  draw = "loss_train"
  over = [0, 100]
  between = [0, 1]
'''


@pytest.fixture(scope="module")
def known():
    shelf = labs.shelf()
    shelf.labs()
    return Known(panels=frozenset(path.stem for path in shelf._panel_files()), probes=shelf.probes, **shelf._given)


def read(tmp_path, text, known):
    path = tmp_path / "made.toml"
    path.write_text(text, encoding="utf-8")
    return read_lab(path, known)


def test_a_good_lab(tmp_path, known):
    lab = read(tmp_path, GOOD, known)
    assert lab["title"] == "Made" and lab["steps"][0]["predict"]["answer"] == 1
    assert lab["scenes"][0]["config"]["model"]["hidden"] == [4, 4] and lab["scenes"][0]["config"]["data"]["name"] == "circle"
    assert lab["steps"][0]["do"]["when"]["example"] == pytest.approx(0.03), "what the tests and Show me do"


@pytest.mark.parametrize("old, new, words", [
    ('title = "Made"', "titel = 1", ["titel", "only title, wonder"]),
    ('wonder = "Why?"', 'wonder = "Why?"\ncolour = "red"', ["also 'colour'"]),
    ('first = ["optimizer.learning_rate"]', 'first = ["a", "b", "c", "d"]', ["controls.first", "at most 3"]),
    ('first = ["optimizer.learning_rate"]', 'first = ["optimizer.rate"]', ["controls.first", "optimizer.learning_rate", "'optimizer.rate'"]),
    ('name = "circle"', 'name = "circel"', ["config: data.name", "Did you mean 'circle'"]),
    ('"model.hidden" = [4, 4]', '"model.hiden" = [4]', ["scene 1 (Deep), changes", "model.hiden"]),
    ('{ "optimizer.learning_rate" = 0.001 }', '{ "optimizer.learning_rate" = -1 }', ["run 2 (slow), changes", "optimizer.learning_rate"]),
    ('[[panels]]\nname = "curves"', '[[panels]]\nname = "curvs"', ["panels", "a panel", "'curvs'"]),
    ('show = ["curves"]', 'show = ["nothing"]', ["step 1 (First): show", "'nothing'"]),
    ('show = ["curves"]', 'show = ["curves"]\noptions = { curvs = { log = true } }', ["step 1 (First): options", "a panel", "'curvs'"]),
    ('show = ["curves"]', 'show = ["curves"]\noptions = { curves = 3 }', ["step 1 (First): options", "3"]),
    ('scene = "Deep"', 'scene = "deep"', ["step 1 (First): scene", "a scene of this lab: Deep", "'deep'"]),
    ("{loss_train}", "{loss_trian}", ["step 1 (First): say", "a measure", "'loss_trian'"]),
    ("{run 2: loss_train}", "{run 3: loss_train}", ["step 1 (First): say", "a run from 1 to 2", "3"]),
    ("{{layer1.gradient_norm:.2}}", "{{nonsense.x}}", ["step 1 (First): say", "'nonsense.x'"]),
    ("{loss_train}", "$1 {loss_train}", ["step 1 (First): say", "formulas between two $"]),
    ('say = "Draw."', f'say = "{"word " * 121}"', ["step 2 (Second): say", "at most 120 words", "121"]),
    ("answer = 1", "answer = 2", ["step 1 (First): predict", "0 to 1"]),
    ("answer = 1", "", ["step 1 (First): predict", "answer"]),
    ('choices = ["one", "two"]', "", ["step 1 (First): predict", "either choices"]),
    ("over = [0, 100]", "over = [100, 0]", ["step 2 (Second): predict", "over = [from, to]"]),
    ('draw = "loss_train"', 'draw = "loss"', ["step 2 (Second): predict.draw", "a curve", "'loss'"]),
    (", above = 0.02 }", " }", ["step 1 (First): do.when", "one of above, below, equals"]),
    ("above = 0.02 }", "above = 0.02, steps = 4 }", ["step 1 (First): do.when", "exactly one of"]),
    ("above = 0.02 }", "above = 0.02, example = 0.01 }", ["step 1 (First): do.when.example", "fulfils"]),
    ('setting = "optimizer.learning_rate", above', 'setting = "optimizer.rate", above', ["step 1 (First): do.when.setting", "'optimizer.rate'"]),
    ('"loss_train", run = 2', '"lost", run = 2', ["step 1 (First): check.all 1.measure", "'lost'"]),
    ('"loss_train", run = 2', '"loss_train", run = 4', ["step 1 (First): check.all 1.run", "a run from 1 to 2"]),
    (", above_run = 1 }", " }", ["step 1 (First): check.all 1", "one of above, below"]),
    ("train = 10", "train = 1.5", ["step 1 (First): check.train", "1.5"]),
    ("minutes = 5", "minutes = 0", ["minutes", "greater than or equal to 1"]),
    ("minutes = 5", "minutes = nan", ["minutes"]),
])
def test_what_is_wrong_is_said_with_file_step_and_field(tmp_path, known, old, new, words):
    assert old in GOOD
    with pytest.raises(Refused) as caught:
        read(tmp_path, GOOD.replace(old, new, 1), known)
    assert caught.value.field.startswith("made.toml"), caught.value
    for word in words:
        assert word in str(caught.value), (word, str(caught.value))


def test_a_broken_lab_is_left_out_and_edits_are_seen_on_reload(tmp_path, capsys):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(GOOD.replace("answer = 1", "answer = 7"), encoding="utf-8")
    shelf = labs.shelf(tmp_path)
    assert [lab["name"] for lab in shelf.labs() if lab.get("own")] == ["good"]
    assert len(shelf.problems) == 1 and shelf.problems[0].startswith("bad.toml: step 1 (First): predict")
    bad.write_text(GOOD.replace("Made", "Mended"), encoding="utf-8")
    assert [lab["title"] for lab in shelf.labs() if lab.get("own")] == ["Mended", "Made"] and shelf.problems == []
    (tmp_path / "good.toml").unlink()
    assert [lab["name"] for lab in shelf.labs() if lab.get("own")] == ["bad"]
    with pytest.raises(Refused, match="one of"):
        shelf.lab("good")


def test_a_lab_of_ones_own_takes_the_place_of_one_of_the_same_name(tmp_path):
    (tmp_path / "playground.toml").write_text('title = "Ours"\n', encoding="utf-8")
    assert Shelf(more=tmp_path).lab("playground")["title"] == "Ours"


# ---- the evaluator


class FakeRun:
    divergence = None
    step = 5

    def __init__(self, loss=0.5):
        self.loss = loss

    def metrics(self):
        return {"loss_train": self.loss, "accuracy_train": 0.9, "loss_test": None}

    def probe(self, name, options):
        import numpy as np
        return {"layer1.weight": np.arange(6.0).reshape(2, 3), "largest": 4.0, "options": options,
                "layers": [{"name": "layer1", "gradient_norm": 0.25}, {"name": "layer10", "gradient_norm": 0.5}]}


@pytest.mark.parametrize("claim, passed", [
    ({"measure": "loss_train", "below": 0.6, "above": 0.4}, True),
    ({"measure": "loss_train", "below": 0.5}, False),
    ({"measure": "loss_test", "above": 0}, False),                     # not known is not passed
    ({"measure": "diverged", "equals": 0}, True),
    ({"measure": "layers.layer1.gradient_norm", "equals": 0.25}, True),
    ({"measure": "layers.layer1.gradient_norm", "over": "layers.layer10.gradient_norm", "equals": 0.5}, True),
    ({"measure": "layers.layers.-1.gradient_norm", "equals": 0.5}, True),
    ({"measure": "network.layer1.weight.1.2", "equals": 5}, True),
    ({"measure": "network.layer1.weight.max", "equals": 5}, True),
    ({"measure": "network.largest", "equals": 3.9, "within": 0.2}, True),
    ({"measure": "network.options.k", "probe": {"k": 7}, "equals": 7}, True),
    ({"measure": "loss_train", "run": 2, "below_run": 1}, True),
    ({"measure": "loss_train", "run": 2, "above_run": 1}, False),
    ({"measure": "loss_train", "over_run": 2, "equals": 5}, True),
])
def test_claims(claim, passed):
    found = claims.evaluate({"claim": "So it is.", "all": [claim]}, [FakeRun(), FakeRun(0.1)], ["", "second"])
    assert found["passed"] is passed and (found["said"] == "So it is.") is passed, found
    assert found["measured"][0]["expected"]


@pytest.mark.parametrize("name, words", [("layers.layer7.gradient_norm", "layer7"), ("network.layer1.weight.9.9", "from 0 to 1"),
                                         ("network.largest.x", "a path that leads to a number")])
def test_a_measure_that_leads_nowhere_is_refused(name, words):
    with pytest.raises(Refused, match="expected") as caught:
        claims.evaluate({"claim": "c", "all": [{"measure": name, "above": 0}]}, [FakeRun()])
    assert words in str(caught.value)
