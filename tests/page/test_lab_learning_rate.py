"""The panels of the learning-rate lab: six runs on one clock, the bowl, the landscape, sharpness, the range test, the schedule."""
import re

import pytest

from engine import Run

from .conftest import DESKTOP, PHONE
from .hands import guide
from .lab import number
from .test_access import LOOKS, TOUCH, axe, fits

ADDRESS = "?lab=learning_rate"


def opened(people, *panels, guided=False, **options):
    """The lab in free mode with one run, these panels on the stage."""
    lab = people(**options).open(ADDRESS, guided=guided, first="curves")
    if panels:
        scene(lab, "One run")
        lab.until(lambda state: len(state["runs"]) == 1, "one run")
        lab.show_panels(*panels)
    return lab


def scene(lab, name):
    """One of the lab's presets; on a phone they lie in a sheet."""
    lab.page.evaluate("async (name) => (await import('/controls/scenes.js')).setScene(name)", name)


def train_to(lab, step):
    """Training as far as that, and no further; small networks are there before one could see them play."""
    lab.command("stop_at", {"step": step, "loss": None, "epoch": None})
    lab.command("play")
    lab.until(lambda state: state["step"] >= step and not state["playing"], f"step {step}")


def share_in(text):
    """The share in "97 % of the path lies in this plane"."""
    return float(re.search(r"([\d.]+) %", text).group(1)) if "%" in text else None


def options(lab, name):
    return lab.page.evaluate("async (name) => (await import('/stage.js')).all.peek().find((one) => one.name === name).options.peek()", name)


def note(lab, name):
    return lab.panel(name).locator(".panel-note").inner_text()


def test_six_rates_from_one_start_and_the_largest_breaks(people):
    lab = opened(people, guided=True)
    assert [run["label"] for run in lab.state()["runs"]] == ["0.1", "0.001", "0.01", "0.03", "0.3", "0.8"]
    guide(lab).get_by_role("radio").nth(2).check()
    guide(lab).get_by_role("button", name="Check by running it").click()
    result = guide(lab).locator(".result")
    result.wait_for()
    assert result.get_attribute("data-passed") == "true", result.inner_text()
    runs = lab.state()["runs"]
    assert runs[5]["divergence"] and not any(run["divergence"] for run in runs[:5])
    assert lab.page.locator(".chip[aria-pressed=true]").all_inner_texts() == ["Six rates"], "scenes that differ by their runs are told apart"


@pytest.mark.parametrize("by", ["keyboard", "mouse", "touch"])
def test_the_bowls_rate_is_dragged_over_its_limit(people, by):
    lab = opened(people, "bowl", **(TOUCH if by == "touch" else {}))
    lab.drawn("bowl")
    axis = lab.panel("bowl").locator(".bowl-axis canvas")
    says = lab.panel("bowl").locator(".bowl-says")
    lab.wait(lambda: "2/λ = 0.25" in says.inner_text(), "the first path")
    axis.scroll_into_view_if_needed()
    if by == "keyboard":
        axis.focus()
        for _ in range(4):
            lab.page.keyboard.press("Shift+ArrowRight")
    else:
        box = axis.bounding_box()
        at = [(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5) for share in (0.5, 0.75)]
        if by == "mouse":
            lab.page.mouse.move(*at[0])
            lab.page.mouse.down()
            lab.page.mouse.move(*at[1], steps=6)
            lab.page.mouse.up()
        else:
            lab.page.touchscreen.tap(*at[1])
    lab.wait(lambda: "beyond 2/λ" in says.inner_text(), "what happens beyond it")
    rate = options(lab, "bowl")["rate"]
    assert rate > 0.25
    found = Run(lab.config()).probe("race", {"landscape": {"name": "bowl", "a": 1.0, "b": 8.0}, "start": [-2.5, 1.5], "steps": 60,
                                             "optimizers": [{"name": "gradient_descent", "learning_rate": rate}]})
    assert found["racers"][0]["diverged"] is not None


def test_another_curvature_moves_the_limit(people):
    lab = opened(people, "bowl")
    says = lab.panel("bowl").locator(".bowl-says")
    lab.wait(lambda: "2/λ = 0.25" in says.inner_text(), "the first path")
    lab.panel("bowl").get_by_label("steepest curvature").focus()
    lab.page.keyboard.press("End")
    lab.wait(lambda: "2/λ = 0.05" in says.inner_text(), "the limit of 40")


def test_the_path_in_its_own_plane_and_in_a_random_one(people):
    lab = opened(people, "landscape")
    train_to(lab, 600)
    share = lab.panel("landscape").locator(".landscape-share")
    run = Run(lab.config())
    run.train(600)
    own = run.probe("loss_plane", {"plane": "path", "resolution": 3})["along"]
    lab.wait(lambda: share_in(share.inner_text()) == pytest.approx(100 * own, abs=0.6), "its share")
    canvas = lab.panel("landscape").locator("canvas[tabindex]")
    canvas.focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.wait(lambda: "step 600" in lab.panel("landscape").locator(".readout").inner_text(), "the last place of the path")
    lab.panel("landscape").get_by_role("radio", name="Two random directions").click()
    lab.wait(lambda: (share_in(share.inner_text()) or 100) < 25, "the random plane's share")


def test_sharpness_is_measured_live_against_the_limit(people):
    lab = opened(people, "sharpness", "curves")
    lab.wait(lambda: "2/η = 20" in note(lab, "sharpness"), "the first measurement")
    train_to(lab, 1000)
    run = Run(lab.config())
    run.train(1000)
    found = run.probe("sharpness", {"rows": 256, "iterations": 30, "tolerance": 0.01})["sharpness"]
    lab.wait(lambda: number(note(lab, "sharpness").split(",")[0].split("=")[1]) == pytest.approx(found, rel=0.02), "the sharpness there")
    assert "at the edge" in lab.panel("sharpness").locator(".sharp-says").inner_text()


def test_three_rates_meet_their_own_edges_in_one_picture(people):
    lab = people().open(ADDRESS, first="curves")
    scene(lab, "Three rates")
    lab.until(lambda state: len(state["runs"]) == 3, "three runs")
    lab.show_panels("sharpness")
    train_to(lab, 800)
    values = lab.panel("sharpness").locator(".plot-value")

    def edges():
        shown = [number(text) for text in values.all_inner_texts() if text != "–"]
        return len(shown) == 4 and 0.75 < shown[0] < 1.25 and shown[1] < 0.3 and 0.75 < shown[2] < 1.25 and shown[3] == 1
    lab.wait(edges, "two at the edge, one under it")


def test_a_range_test_suggests_a_rate_and_one_press_takes_it(people):
    lab = opened(people, "range_test")
    panel = lab.panel("range_test")
    panel.get_by_role("button", name="Run the test").click()
    use = panel.get_by_role("button", name="Use η")
    use.wait_for()
    found = Run(lab.config()).probe("range_test", {"low": 1e-4, "high": 100.0, "steps": 120})["suggested"]
    use.click()
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == pytest.approx(found, rel=0.06), "the suggested rate")
    panel.locator("canvas[tabindex]").focus()
    lab.page.keyboard.press("ArrowRight")
    use.click()
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] > found, "a rate chosen by hand")
    assert lab.state()["step"] == 0


def test_the_schedules_plan_and_its_handles(people):
    lab = opened(people, "schedule")
    panel = lab.panel("schedule")
    panel.get_by_label("Schedule", exact=True).select_option(label="Cosine")
    lab.until(lambda state: state["config"]["schedule"]["name"] == "cosine", "the schedule")
    panel.get_by_role("slider", name="steps").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.until(lambda state: state["config"]["schedule"]["steps"] < 2000, "fewer steps")
    for _ in range(3):
        lab.forward()
    lab.wait(lambda: "at step 3" in note(lab, "schedule"), "the present step")
    panel.get_by_label("Schedule", exact=True).select_option(label="Reduce on plateau")
    lab.wait(lambda: "cannot be drawn before" in note(lab, "schedule"), "that it cannot be known")


@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 1920, "height": 1080}], ids=lambda size: str(size["width"]))
def test_axe_finds_nothing_in_the_panels(people, size):
    lab = opened(people, "bowl", viewport=size, bypass_csp=True)
    for panels in (("bowl", "landscape"), ("sharpness", "range_test"), ("schedule", "curves")):
        lab.show_panels(*panels)
        for look in LOOKS:
            lab.dress(look)
            lab.drawn(panels[0])
            assert fits(lab)
            axe(lab, f"{look} {size['width']} {panels}")
