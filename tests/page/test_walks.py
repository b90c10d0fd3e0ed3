"""Every lab's steps from first to last as a person would: predicting, dragging, pressing, by mouse, by keyboard and by touch."""
import pytest

from tests.labs import shelf

from .doing import DOING
from .hands import HANDS, at, guide, marks, walk
from .test_access import fits

LABS = [lab["name"] for lab in shelf().labs()]


def numbers(lab):
    """What a person would see again: every run's settings, its training step, its weights and its losses."""
    state = lab.state()
    found = [state["config"]]
    for run in state["runs"]:
        said = lab.measure("curves", run=run["id"])[0]
        losses = [said[name] for name in ("step", "loss_train", "loss_test")]        # a run that broke has none: None
        weights = {name: values.tobytes() for name, values in lab.parameters(run["id"]).items()}
        found.append((run["label"], run["changes"], run["step"], repr(losses), weights))
    return found


def opened_by_another(lab, people, shown):
    """The link that the share dialog gives, opened by somebody else."""
    lab.button("Share").click()
    field = lab.page.get_by_role("textbox", name="Link")
    lab.wait(lambda: "#s1." in field.input_value(), "the link")
    address = field.input_value()
    lab.page.keyboard.press("Escape")
    lab.page.get_by_role("dialog").wait_for(state="detached")
    step = lab.state()["step"]
    other = people()
    other.page.goto(address)
    other.ready(guided=True, first=shown)
    assert other.token() != lab.token()
    other.until(lambda state: state["step"] >= step and not state["playing"], f"step {step}", 120)
    return other


@pytest.mark.parametrize("kind", HANDS)
@pytest.mark.parametrize("name", LABS)
def test_the_steps_from_first_to_last(people, name, kind):
    (hand, options), first = HANDS[kind], shelf().lab(name)["panels"]
    shown = shelf().lab(name)["steps"][0].get("show") or [place["name"] for place in first]
    lab = people(**options).open(f"?lab={name}", guided=True, first=shown[0])
    assert lab.page.locator(".rail .rail-inner > .group .field").count() <= 3, "at most three handles at first sight"
    hand = hand(lab)
    if kind == "touch":
        hand.back()
    walk(lab, hand, DOING.get(name))
    assert not lab.state()["stop_at"]["step"], "the goals are as they were before the checks"
    before, done, last, shown = numbers(lab), marks(lab), at(lab), shelf().lab(name)["steps"][-1]["show"]
    lab.page.reload()
    lab.ready(guided=True, first=shown[0])
    assert at(lab) == last and marks(lab) == done and numbers(lab) == before
    if kind == "mouse":
        other = opened_by_another(lab, people, shown[0])
        assert at(other) == last and numbers(other) == before
        assert {panel.get_attribute("data-panel") for panel in other.page.locator(".stage .panel").all()} == set(shown)
    if kind == "touch":
        hand.back()
    assert fits(lab) and guide(lab).get_by_role("heading", name=shelf().lab(name)["steps"][-1]["title"]).count() == 1
    hand.press(guide(lab).get_by_role("button", name="Explore"))
    lab.wait(lambda: guide(lab).count() == 0, "free mode")
