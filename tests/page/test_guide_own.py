"""A teacher's own lab: everything a step can ask for, done by hand or shown; several runs; a mistake, and its mending."""
import pytest

from tests import live

from .conftest import COMPILING
from .hands import at, complete, guide, marks

HEAD = """title = "Doing"
wonder = "What can be done?"
order = 5
[config]
seed = 7
[config.data]
name = "circle"
points = 100
[config.model]
name = "mlp"
hidden = [4]
[controls]
first = ["optimizer.learning_rate"]
"""
PLACES = "".join(f'[[panels]]\nname = "{name}"\nrow = {row}\nwidth = 12\n' for name, row in (("network", 1), ("surface", 1), ("curves", 2)))
SCENES = """
[[scenes]]
name = "Alone"
[[scenes]]
name = "Three rates"
runs = [{ label = "η = 0.001", changes = { "optimizer.learning_rate" = 0.001 } }, { label = "η = 0.3", changes = { "optimizer.learning_rate" = 0.3 } }]
"""
DOING = {
    "Raise the rate.": '{ setting = "optimizer.learning_rate", above = 0.05 }',
    "Choose ReLU.": '{ setting = "model.activation", equals = "relu" }',
    "Train on for 50 steps.": "{ steps = 50 }",
    "Play.": "{ played = true }",
    "Change a weight.": '{ edited = "weight", example = { weight = "layer1.weight", index = [0, 0], value = 2.0 } }',
    "Add two points.": "{ painted = 2, example = [[0.1, 0.2, 1], [0.2, 0.3, 0]] }",
    "Restart.": '{ did = "reset" }',
    "Show the accuracy.": '{ option = "curves.view", equals = "score" }',
    "Choose three rates.": '{ scene = "Three rates" }',
}
STEPS = "".join(f"""[[steps]]
title = "Do {number}"
say = "Do this."
  [steps.do]
  text = "{text}"
  when = {when}
""" for number, (text, when) in enumerate(DOING.items(), 1))
SEVERAL = """[[steps]]
title = "Side by side"
say = "Slow {run 2: loss_train}, fast {run 3: loss_train} at {run 3: optimizer.learning_rate}."
scene = "Three rates"
  [steps.predict]
  question = "Draw the loss of the slow one."
  draw = "loss_train"
  over = [0, 60]
  between = [0, 1]
  run = 2
  [steps.check]
  claim = "The slow one is behind."
  train = 60
  all = [{ measure = "loss_train", run = 2, above_run = 1 }, { measure = "learning_rate", run = 3, equals = 0.3, within = 1e-6 }]
"""
LAST = len(DOING) + 1


@pytest.fixture(scope="module")
def school(tmp_path_factory, browser):
    """A server with that lab, and the file to write into."""
    home, port = tmp_path_factory.mktemp("own"), live.free_port()
    file = home / "labs" / "doing.toml"
    file.parent.mkdir()
    file.write_text(HEAD + PLACES + SCENES + STEPS + SEVERAL, encoding="utf-8")
    with live.process(home / "data", port, "--labs", str(file.parent)) as child:
        live.healthy(port)
        yield f"http://127.0.0.1:{port}/", file, child


def open_at(people, school, step):
    return people(school[0]).open(f"?lab=doing&step={step}", guided=True)


def test_everything_a_step_asks_for_is_noticed_when_it_is_done_and_can_be_shown(people, school):
    assert COMPILING
    lab = open_at(people, school, 1)
    for number, text in enumerate(DOING, 1):
        guide(lab).get_by_text(text).wait_for()
        lab.page.wait_for_timeout(150)
        assert not marks(lab)[str(number)].get("did"), f"{text} is not done before it is"
        guide(lab).get_by_role("button", name="Show me").click()
        lab.wait(lambda number=number: marks(lab)[str(number)].get("did"), text)
        if text == "Raise the rate.":
            lab.page.locator(".chip", has_text="Alone").wait_for()
            assert lab.page.locator(".chip[aria-pressed=true]").count() == 0, "a scene that was left is not marked"
        assert complete(lab, number) and guide(lab).get_by_role("button", name="Show me").count() == 0
        if lab.state()["playing"]:
            lab.pause()
        guide(lab).get_by_role("button", name="Next", exact=True).click()
        lab.wait(lambda number=number: at(lab) == number + 1, "the next step")
    assert len(lab.state()["runs"]) == 3

    chips = lab.page.locator(".chip")
    lab.wait(lambda: [one.get_attribute("aria-pressed") for one in chips.all()] == ["false", "true"], "only the scene with its runs to be marked")

def test_several_runs_have_their_numbers_their_prediction_and_their_claims(people, school):
    lab = open_at(people, school, LAST)
    state = lab.until(lambda state: len(state["runs"]) == 3, "the runs of the scene")
    assert [run["label"] for run in state["runs"]][1:] == ["η = 0.001", "η = 0.3"]
    numbers = guide(lab).locator(".live")
    lab.wait(lambda: "–" not in numbers.all_inner_texts(), "the numbers of every run")
    assert numbers.nth(2).inner_text() == "0.300"
    box = guide(lab).locator(".draw-canvas").bounding_box()
    lab.page.mouse.move(box["x"] + 45, box["y"] + 40)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 60, steps=10)
    lab.page.mouse.up()
    guide(lab).get_by_role("button", name="Check by running it").click()
    lab.wait(lambda: marks(lab)[str(LAST)].get("answer"), "the answer")
    answer = marks(lab)[str(LAST)]["answer"]
    assert answer["passed"], answer
    assert [run["step"] for run in lab.state()["runs"]] == [60, 60, 60]
    measured = pytest.approx(answer["measured"][0]["value"], rel=0.01)
    lab.wait(lambda: float(numbers.nth(0).inner_text()) == measured, "the number of the second run where it stands")
    assert "η = 0.001" in guide(lab).locator(".measured").inner_text()
    lab.wait(lambda: "on average" in guide(lab).locator(".draw-off").inner_text(), "how far off")
    guide(lab).get_by_role("button", name="Back", exact=True).click()
    lab.until(lambda state: len(state["runs"]) == 1, "one run again")


def test_a_mistake_is_told_where_it_is_and_its_mending_is_seen_on_reload(people, school):
    url, file, child = school
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(text.replace('"The slow one is behind."', '"The slow one is behind."\ntrian = 5'), encoding="utf-8")
        lab = people(url)
        lab.page.goto(url)
        problems = lab.page.locator(".shelf-problems")
        problems.wait_for()
        said = problems.inner_text()
        assert "doing.toml" in said and f"step {LAST} (Side by side)" in said and "trian" in said
        live.wait_for(lambda: any("doing.toml" in line and "trian" in line for line in child.lines), "the words on the terminal")
        file.write_text(text.replace('title = "Doing"', 'title = "Mended"'), encoding="utf-8")
        lab.page.reload()
        lab.page.get_by_role("link", name="Mended", exact=True).wait_for()
        assert problems.count() == 0
    finally:
        file.write_text(text, encoding="utf-8")
