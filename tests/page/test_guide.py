"""The guided steps as a class meets them: predicting, doing, checking, by mouse, by keyboard and by touch; reload, links, every screen."""

import pytest

from .conftest import DESKTOP, PHONE
from .hands import Mouse, at, complete, guide, marks
from .lab import number as read
from .test_access import axe, fits


def test_a_check_that_was_stopped_goes_on_and_another_speed_is_kept(people):
    lab = people().open(guided=True)
    lab.command("speed", {"steps_per_second": 50})
    guide(lab).get_by_role("radio").first.check()
    guide(lab).get_by_role("button", name="Check by running it").click()
    lab.until(lambda state: state["playing"], "training")
    guide(lab).get_by_role("button", name="Stop here").click()
    lab.until(lambda state: not state["playing"], "the stop")
    button = guide(lab).get_by_role("button", name="Check by running it")
    button.wait_for()
    assert "answer" not in marks(lab)["1"] and lab.state()["stop_at"]["step"] is None
    button.click()
    guide(lab).get_by_role("button", name="Skip ahead").click()
    lab.wait(lambda: marks(lab)["1"].get("answer"), "the answer")
    assert lab.state()["step"] == 1500 and lab.state()["speed"] == 50
    assert lab.page.locator(".banner").count() == 0, "no word about a stop that was expected"


def test_a_false_claim_says_what_was_measured(people):
    lab = people().open(guided=True)
    guide(lab).get_by_role("radio").first.check()
    lab.change({"model.activation": "linear"})
    guide(lab).get_by_role("button", name="Check by running it").click()
    lab.wait(lambda: marks(lab)["1"].get("answer"), "the answer")
    result = guide(lab).locator(".result")
    assert result.get_attribute("data-passed") == "false" and "training accuracy" in result.inner_text().lower()
    assert not complete(lab, 1)
    guide(lab).get_by_role("button", name="Start this step again").click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "tanh" and state["step"] == 0, "the step's own scene")
    assert "answer" not in marks(lab)["1"] and "predicted" not in marks(lab)["1"]


def test_reload_and_link_come_back_to_the_same_step_with_the_same_numbers(people, server):
    lab = people().open(guided=True)
    guide(lab).get_by_role("button", name="Step 3: Without the bend").click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "linear", "the scene of step 3")
    guide(lab).get_by_role("radio").nth(2).check()
    guide(lab).get_by_role("button", name="Check by running it").click()
    lab.wait(lambda: marks(lab)["3"].get("answer"), "the answer")
    before, config = marks(lab)["3"], lab.config()
    assert "step=3" in lab.page.url
    lab.page.reload()
    lab.ready(guided=True)
    assert at(lab) == 3 and marks(lab)["3"] == before and lab.state()["step"] == 1500 and lab.config() == config
    assert guide(lab).locator(".result").count() == 1
    assert lab.page.url == f"{server}?lab=playground&step=3"
    other = people().open("?lab=playground&step=3", guided=True)
    other.until(lambda state: state["config"]["model"]["activation"] == "linear" and state["step"] == 0, "the scene of step 3 for another person")
    assert at(other) == 3 and other.config() == config and "predicted" not in marks(other)["3"]


def test_a_shared_link_holds_the_setting_and_the_step(people):
    lab = people().open(guided=True)
    guide(lab).get_by_role("button", name="Step 5: Steps too large").click()
    lab.wait(lambda: at(lab) == 5, "step 5")
    lab.change({"optimizer.learning_rate": 2.0})
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 2.0, "the rate")
    link = lab.page.evaluate("async () => (await import('/share.js')).makeLink([])")
    other = people().open("?" + link.split("?")[1], guided=True)
    assert at(other) == 5 and other.config()["optimizer"]["learning_rate"] == 2.0


def test_back_takes_the_scene_back_and_free_mode_puts_the_steps_away(people):
    lab = people().open(guided=True)
    assert lab.page.locator(".rail .rail-inner > .group .field").count() == 3, "three handles at first sight"
    guide(lab).get_by_role("button", name="Next", exact=True).click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [2], "two neurons")
    assert lab.page.locator(".chip[aria-pressed=true]").inner_text() == "Two neurons"
    guide(lab).get_by_role("button", name="Back", exact=True).click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [8, 8], "the scene of the first step")
    lab.button("No bends").click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "linear", "a scene by its chip")
    guide(lab).get_by_role("button", name="Fold the guide away").click()
    guide(lab).wait_for(state="hidden")
    lab.page.locator("#guide-open").click()
    guide(lab).get_by_role("button", name="Free mode, without steps").click()
    lab.wait(lambda: guide(lab).count() == 0, "free mode")
    assert lab.page.locator(".rail .rail-inner > .group .field").count() > 3 and "step=" not in lab.page.url
    lab.button("Guide").click()
    guide(lab).get_by_role("heading", name="Watch it learn").wait_for()


def test_live_numbers_follow_the_training(people):
    lab = people().open(guided=True)
    number = guide(lab).locator(".live").first
    lab.wait(lambda: number.inner_text() != "–", "the first number")
    before = number.inner_text()
    lab.play()
    lab.wait(lambda: number.inner_text() != before, "another number")
    lab.pause()
    lab.wait(lambda: abs(read(number.inner_text()) - lab.loss()) <= 0.03 * lab.loss(), "the same loss as the curves show")
    guide(lab).get_by_role("button", name="Next", exact=True).click()
    inside = guide(lab).locator(".katex [data-live]")
    lab.wait(lambda: inside.count() == 3 and all(text != "–" for text in inside.all_inner_texts()), "the numbers of the formula")
    _, arrays = lab.measure("network", {"resolution": 20})
    shown = [read(text) for text in inside.all_inner_texts()]
    assert shown == pytest.approx([arrays["layer1.weight"][0, 0], arrays["layer1.weight"][1, 0], arrays["layer1.bias"][0]], rel=0.05, abs=0.01)


SCREENS = {"390": PHONE, "1280": DESKTOP, "1920": {"width": 1920, "height": 1080}}


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("looks", [("light", "dark"), ("projector",)], ids=" and ".join)
def test_axe_finds_nothing_in_the_guide(people, looks, size):
    def in_all(what):
        for look in looks:
            lab.dress(look)
            assert fits(lab)
            axe(lab, f"{look} {size}, {what}")

    lab = people(viewport=SCREENS[size], bypass_csp=True).open(guided=True)
    lab.dress(looks[0])
    if looks[0] == "projector" or size == "390":
        assert not guide(lab).is_visible(), "folded, but reachable"
        in_all("folded")
        lab.page.locator("#guide-open").click()
    guide(lab).get_by_role("heading").first.wait_for()
    in_all("step 1")
    guide(lab).get_by_role("button", name="Step 4: Steps too small").click()
    Mouse(lab).draw(guide(lab).locator(".draw-canvas"))
    guide(lab).get_by_role("button", name="Check by running it").click()
    guide(lab).locator(".result").wait_for()
    in_all("a drawn prediction and its result")
    if looks[0] == "projector" or size == "390":
        lab.page.keyboard.press("Escape")
        guide(lab).wait_for(state="hidden")
    small = lab.page.evaluate("""() => [...document.querySelectorAll('#guide *, .scenes *')].filter((one) => one.checkVisibility()
        && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && !one.closest('.only-read, .katex')
        && parseFloat(getComputedStyle(one).fontSize) < 11).map((one) => one.className)""")
    assert not small, small


def test_nothing_jumps_while_a_check_runs(people):
    lab = people().open(guided=True)
    place = """() => [...document.querySelectorAll('.guide-buttons, .panel, .guide-title')].map((one) => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.width, box.height].map(Math.round).join(); })"""
    guide(lab).get_by_role("radio").first.check()
    before = lab.page.evaluate(place)
    lab.command("speed", {"steps_per_second": 400})
    guide(lab).get_by_role("button", name="Check by running it").click()
    lab.until(lambda state: state["playing"], "training")
    assert lab.page.evaluate(place) == before
    guide(lab).get_by_role("button", name="Skip ahead").click()
    guide(lab).locator(".result").wait_for()
    assert lab.page.evaluate(place)[:-2] == before[:-2] and lab.page.evaluate(place)[-1] == before[-1], "only the text scrolls, to the result"


def test_a_step_finds_its_panels_as_it_means_them_whatever_was_left_behind(people):
    """Without the subtraction the third step of the softmax lab overflows; nobody should meet the fourth like that."""
    def options():
        return lab.page.evaluate("""async () => (await import('/stage.js')).all.peek().find(({ name }) => name === 'softmax').options.peek()""")

    lab = people().open("?lab=softmax&step=3", guided=True, first="softmax")
    lab.wait(lambda: options().get("subtract") is True, "the step's own options, also where it is come to by its address")
    panel = lab.panel("softmax")
    panel.get_by_role("button", name="Subtract the maximum").click()
    panel.get_by_label("add to all").fill("100")
    lab.wait(lambda: panel.get_by_text("NaN").count() == 4, "the overflow")
    guide(lab).get_by_role("button", name="Next", exact=True).click()
    lab.wait(lambda: at(lab) == 4 and options()["subtract"] is True and options()["shift"] == 0, "the options of step 4")
    lab.wait(lambda: panel.get_by_text("NaN").count() == 0 and panel.get_by_text("64 %").count() >= 1, "numbers again")
    panel.get_by_role("button", name="Subtract the maximum").click()
    lab.wait(lambda: options()["subtract"] is False, "the person's own choice")
    guide(lab).get_by_role("button", name="Start this step again").click()
    lab.wait(lambda: options()["subtract"] is True, "the step from its start")
