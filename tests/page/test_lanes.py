"""Several runs on one stage: their chips, the one that is shown, curves of all, the twin and the map of the difference."""
import re

import numpy as np
import pytest

from .conftest import DESKTOP, PHONE
from .lab import number
from .test_access import LOOKS, axe, fits

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
RATES = ["0.03", "η = 0.0001", "η = 0.001", "η = 0.3"]


@pytest.fixture
def rates(people, school):
    """A lab that begins with four runs."""
    return opened(people(school))


def opened(lab, name="rates"):
    lab.open(f"?lab={name}")
    return lab


def chips(lab):
    return lab.page.locator(".lane-name").all_inner_texts()


def chip(lab, name):
    return lab.page.get_by_role("radio", name=re.compile(f"^{re.escape(name)}( loss| broke|$)"))


def name_or_remove(lab, name):
    """Open the card of a run."""
    chip(lab, name).click()
    lab.button(f"Name or remove {name}").click()


def losses(lab):
    return [number(text) for text in lab.page.locator(".lane-loss").all_inner_texts()]


def runs(lab):
    return lab.state()["runs"]


def twin(lab, path="optimizer.learning_rate", value=None):
    """Start a twin by its dialog."""
    lab.button("Twin").click()
    dialog = lab.page.get_by_role("dialog", name="Twin")
    dialog.get_by_label("Change").select_option(path)
    if value is not None:
        exact = dialog.get_by_label(re.compile("exact value"))
        exact.fill(str(value))
        exact.press("Tab")
    dialog.get_by_role("button", name="Start the twin").click()
    lab.until(lambda state: len(state["runs"]) == 2, "the twin")
    dialog.wait_for(state="detached")


def train(lab, steps):
    """So many steps, and everybody there."""
    step = lab.state()["step"] + steps
    lab.command("step", {"by": "batch", "count": steps})
    return lab.until(lambda state: all(run["step"] == step for run in state["runs"]) and state["step"] == step, f"step {step}")


def train_slowly(lab, steps, parts=10):
    """So many steps, a few at a time, so that the curves have samples on the way."""
    for _ in range(parts):
        state = train(lab, steps // parts)
        lab.page.wait_for_timeout(150)
    return state


def subscribed(lab):
    """(probe, run) of every picture this page asks for now."""
    return lab.page.evaluate("async () => [...(await import('/stage.js')).subscriptions.streams.values()].map(({ probe, run }) => [probe, run ?? null])")


def curve(lab, run):
    """A run's training loss as the server kept it."""
    with lab.beside() as other:
        other.do("subscribe", key="c", probe="curves", rate=20, run=run)
        frame = other.until(lambda found: "parts" in found and found["parts"])
        return frame["parts"][0]["arrays"]


def test_every_run_has_a_chip_with_its_one_difference_and_its_loss(rates):
    assert chips(rates) == RATES and rates.page.locator(".lanes-title").inner_text() == "Learning rate"
    state = train(rates, 300)
    rates.wait(lambda: all(loss is not None for loss in losses(rates)), "all losses")

    def right():
        for run, loss in zip(state["runs"], losses(rates), strict=True):
            found = curve(rates, run["id"])
            if found["step"][-1] != state["step"] or loss != pytest.approx(found["loss_train"][-1], rel=6e-3):
                return False
        return True
    rates.wait(right, "the losses the server says")
    assert losses(rates)[1] > 2 * losses(rates)[0], "0.0001 is far too slow"


def test_a_press_shows_a_run_and_panels_follow(rates):
    train(rates, 200)
    rates.drawn("surface")
    assert ["surface", None] in subscribed(rates)
    first = rates.panel("surface").screenshot()
    chip(rates, "η = 0.0001").click()
    second = runs(rates)[1]["id"]
    rates.wait(lambda: ["surface", second] in subscribed(rates) and ["surface", None] not in subscribed(rates), "the other run's surface")
    rates.wait(lambda: rates.panel("surface").screenshot() != first, "another picture")
    assert rates.page.get_by_label("Learning rate, exact value").input_value() == "0.0001"
    assert rates.page.locator(".panel-run:visible").count() >= 2
    # The surface on the page is that of the second run's own weights, not of the first's.
    drawn = rates.page.evaluate("""async () => { const { subscriptions } = await import('/stage.js');
        const { last } = [...subscriptions.streams.values()].find(({ probe }) => probe === 'surface'); return [Array.from(last.arrays.values), last.meta.run]; }""")
    real = [rates.measure("surface", {"resolution": 80, "axes": [0, 1]}, run)[1]["values"].ravel() for run in (None, second)]
    assert drawn[1] == second and np.array_equal(drawn[0], real[1]) and not np.array_equal(drawn[0], real[0])


def test_number_keys_and_arrow_keys_choose_a_run(rates):
    rates.page.keyboard.press("3")
    rates.wait(lambda: chip(rates, RATES[2]).get_attribute("aria-checked") == "true", "the third run")
    chip(rates, RATES[2]).focus()
    rates.page.keyboard.press("ArrowRight")
    assert chip(rates, RATES[3]).get_attribute("aria-checked") == "true"
    rates.page.keyboard.press("ArrowRight")
    assert chip(rates, RATES[0]).get_attribute("aria-checked") == "true"
    assert rates.page.evaluate("() => document.activeElement.textContent").startswith(RATES[0])
    assert rates.state()["step"] == 0, "arrow keys among the chips are no steps of the training"


def test_a_setting_goes_to_all_runs_but_what_makes_a_run_different_is_its_own(rates):
    chip(rates, RATES[1]).click()
    rates.type_exact("optimizer.learning_rate", "0.0005")
    rates.until(lambda state: state["runs"][1]["changes"] == {"optimizer.learning_rate": 0.0005}, "the second run's own rate")
    assert rates.config()["optimizer"]["learning_rate"] == 0.03
    rates.type_exact("batch_size", "16")
    state = rates.until(lambda state: state["config"]["batch_size"] == 16, "the batch size of all")
    assert [run["changes"].get("optimizer.learning_rate") for run in state["runs"]] == [None, 0.0005, 0.001, 0.3]


def test_runs_are_named_added_and_removed(rates):
    name_or_remove(rates, RATES[3])
    rates.page.get_by_role("dialog", name=f"The run {RATES[3]}").get_by_label("Name").fill("wild")
    rates.page.keyboard.press("Enter")
    rates.wait(lambda: chips(rates)[3] == "wild", "the name")
    name_or_remove(rates, RATES[1])
    rates.button("Remove this run").click()
    rates.wait(lambda: chips(rates) == [RATES[0], RATES[2], "wild"], "three runs")
    rates.button("Run").click()
    dialog = rates.page.get_by_role("dialog", name="One more run")
    dialog.get_by_label("Change").select_option("batch_size")
    dialog.get_by_role("button", name="Add the run").click()
    state = rates.until(lambda state: len(state["runs"]) == 4, "a fourth run")
    assert list(state["runs"][3]["changes"]) == ["batch_size"] and chips(rates)[3].startswith("A · Batch size")


def test_curves_of_all_runs_lie_over_one_another_with_one_read_out(rates):
    state = train_slowly(rates, 400)
    panel = rates.panel("curves")
    entries = panel.locator(".plot-entry")
    rates.wait(lambda: entries.count() == 4, "a line for each run")
    assert [text.split("\n")[0] for text in entries.all_inner_texts()] == ["0.03", "0.0001", "0.001", "0.3"]
    assert "Learning rate" in panel.locator(".plot-lead").inner_text()
    plot = panel.locator(".u-over")
    box = plot.bounding_box()
    rates.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    rates.wait(lambda: panel.locator(".plot-at").inner_text().startswith("at step"), "the step under the pointer")
    at = number(panel.locator(".plot-at").inner_text().removeprefix("at step "))
    assert 100 < at < 300
    for run, value in zip(state["runs"], panel.locator(".plot-value").all_inner_texts(), strict=True):
        kept = curve(rates, run["id"])
        before = np.flatnonzero(kept["step"] <= at)[-1]
        assert number(value) == pytest.approx(kept["loss_train"][before], rel=6e-3), run["label"]


def test_pictures_of_one_axis_share_their_cursor(rates):
    rates.show_panels("curves", "gradients", "network")
    rates.drawn("gradients")
    train_slowly(rates, 400)
    rates.page.mouse.move(2, 2)
    before = rates.panel("gradients").locator("canvas").first.screenshot()
    box = rates.panel("curves").locator(".u-over").bounding_box()
    rates.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    rates.wait(lambda: rates.panel("gradients").locator("canvas").first.screenshot() != before, "the mark in the other picture")
    rates.page.mouse.move(2, 2)
    rates.wait(lambda: rates.panel("gradients").locator("canvas").first.screenshot() == before, "the mark to go")
    box = rates.panel("gradients").locator("canvas").first.bounding_box()
    rates.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    rates.wait(lambda: rates.panel("curves").locator(".plot-at").inner_text().startswith("at step"), "the curves to follow")


def test_a_run_that_breaks_says_so_and_the_others_go_on(people, school):
    lab = opened(people(school), "rings")
    lab.change({"data.name": "bumps"})
    lab.change({"optimizer.name": "sgd"})
    lab.until(lambda state: state["config"]["optimizer"]["name"] == "sgd", "plain steps")
    twin(lab, value=10)
    lab.play()
    state = lab.until(lambda state: state["runs"][1]["divergence"], "the second to break")
    assert state["playing"]
    lab.wait(lambda: lab.shown_step() > state["runs"][1]["step"] + 50, "the first to go on")
    lab.page.locator(".lane-chip[data-diverged=true]").get_by_text("broke at").wait_for()
    lab.pause()


def test_a_twin_begins_from_the_same_start_with_one_thing_different_and_its_difference_is_mapped(people, school):
    lab = opened(people(school), "rings")
    train(lab, 100)
    alone = lab.parameters()
    twin(lab, value=0.001)
    state = lab.until(lambda state: all(run["step"] == 100 for run in state["runs"]), "the twin to catch up")
    assert [run["changes"] for run in state["runs"]] == [{}, {"optimizer.learning_rate": 0.001}] and chips(lab) == ["A · 0.03", "B · 0.001"]
    for name, values in lab.parameters().items():
        assert (values == alone[name]).all(), "a twin changes nothing of the first run"
    lab.drawn("difference")
    (about_a, a), (about_b, b) = (lab.measure("surface", {"resolution": 80}, run["id"]) for run in state["runs"])
    real = (b["values"] * about_b["scale"] - a["values"] * about_a["scale"]) / 127
    share = np.mean((a["values"] > 0) != (b["values"] > 0))
    lab.wait(lambda: lab.panel("difference").locator(".panel-note").inner_text() == f"they disagree on {percent(share)}", f"{percent(share)}")
    canvas = lab.panel("difference").locator("canvas").first
    canvas.focus()
    lab.page.keyboard.press("ArrowRight")
    reading = lab.panel("difference").locator(".readout-line").all_inner_texts()
    said = number(reading[0].split(": ")[1].replace("+", ""))
    assert reading[1].startswith("A: ") and np.abs(real - said).min() < 0.011 and np.abs(real).max() > 0.05


def percent(share):
    """As the page writes it."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 or value == 0 else f"{value:.2g} %"


def test_ending_a_twin_keeps_the_setting_that_is_shown(people, school):
    lab = opened(people(school), "rings")
    stood = lab.page.locator(".panel").evaluate_all("(all) => all.map(({ dataset }) => dataset.panel)")
    twin(lab, value=0.3)
    train(lab, 50)
    second = lab.parameters(runs(lab)[1]["id"])
    lab.page.keyboard.press("2")
    with lab.saying("One run again."):
        lab.button("End twin").click()
    state = lab.until(lambda state: len(state["runs"]) == 1 and state["step"] == 50 and state["config"]["optimizer"]["learning_rate"] == 0.3,
                      "one run with the twin's setting at the same step")
    assert not state["runs"][0]["changes"]
    mine = lab.parameters()
    assert all(np.array_equal(mine[name], values) for name, values in second.items()), "made anew, it is the twin bit for bit"
    lab.wait(lambda: lab.page.locator(".panel").evaluate_all("(all) => all.map(({ dataset }) => dataset.panel)") == stood, "the panels of before")
    assert lab.page.locator(".lanes").count() == 0


@pytest.mark.parametrize("data, form", [("blobs", "canvas"), ("wine", ".confusion td"), ("house_price", "canvas")])
def test_the_difference_of_every_kind_of_data(people, school, data, form):
    lab = opened(people(school), "rings")
    lab.change({"data.name": data})
    lab.until(lambda state: state["config"]["data"]["name"] == data, data)
    twin(lab, value=0.0001)
    train(lab, 150)
    lab.panel("difference").locator(form).first.wait_for()
    lab.wait(lambda: re.search(r"disagree|apart|right", lab.panel("difference").locator(".panel-note").inner_text()), "what is different")
    lab.drawn("difference")


def test_runs_come_back_after_a_reload_in_a_link_and_in_another_lab(rates, people, school):
    train(rates, 30)
    name_or_remove(rates, RATES[1])
    rates.button("Remove this run").click()
    rates.wait(lambda: len(chips(rates)) == 3, "three runs")
    rates.page.reload()
    rates.ready()
    assert len(chips(rates)) == 3 and rates.state()["step"] == 30
    address = rates.page.evaluate("async () => (await import('/share.js')).makeLink([])")
    other = people(school)
    other.page.goto(address)
    other.ready()
    assert chips(other) == chips(rates) and [run["changes"] for run in runs(other)] == [run["changes"] for run in runs(rates)]
    rates.page.get_by_role("link", name="All labs").click()
    rates.page.get_by_role("link", name="Rings", exact=True).click()
    rates.ready()
    assert rates.page.locator(".lanes").count() == 0 and rates.page.evaluate("async () => (await import('/store.js')).shown.peek()") is None


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 1920, "height": 1080}], ids=["1280", "390", "1920"])
def test_everyone_can_use_several_runs(people, school, size):
    lab = opened(people(school, viewport=size, bypass_csp=True))
    train(lab, 50)
    lab.show_panels("network", "surface", "curves", "difference")
    lab.panel("difference").scroll_into_view_if_needed()
    lab.drawn("difference")
    for look in LOOKS:
        lab.dress(look)
        axe(lab, f"several runs, {look}")
        assert fits(lab)
        lab.button("Twin").click()
        lab.page.get_by_role("dialog", name="One more run").wait_for()
        axe(lab, f"the twin's dialog, {look}")
        lab.page.keyboard.press("Escape")
        lab.page.get_by_role("dialog").wait_for(state="detached")


def test_fingers_choose_runs_and_start_a_twin(people, school):
    lab = opened(people(school, **TOUCH))
    for name in RATES[1:]:
        chip(lab, name).tap()
        lab.wait(lambda: chip(lab, name).get_attribute("aria-checked") == "true", name)     # noqa: B023
        assert chip(lab, name).bounding_box()["height"] >= 44
    other = opened(people(school, **TOUCH), "rings")
    other.button("Twin").tap()
    other.button("Start the twin").tap()
    other.until(lambda state: len(state["runs"]) == 2, "the twin")
