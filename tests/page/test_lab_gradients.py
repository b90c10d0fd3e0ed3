"""The lab of vanishing and exploding gradients as people meet it: walked, dragged, read; what is shown is what the engine says."""
import pytest

from engine import Run

from .hands import guide
from .lab import number
from .test_access import TOUCH, fits, in_every_dress

ADDRESS = "?lab=gradients"


def opened(people, *panels, guided=False, **options):
    lab = people(**options).open(ADDRESS, guided=guided, first="profile")
    if panels:
        lab.show_panels(*panels)
    return lab


def note(lab, name):
    return lab.panel(name).locator(".panel-note").inner_text()


def handle(lab):
    """The slider under the profile."""
    return lab.panel("profile").locator("input[type=range]")


def drag_to(lab, least):
    """Press the arrow key on the profile's slider until the spread of the weights is so large."""
    handle(lab).focus()
    for _ in range(200):
        if lab.config()["initializer"].get("std", 0) >= least:
            shown = lab.panel("profile").locator(".knob-value")
            lab.wait(lambda: number(shown.inner_text()) == lab.config()["initializer"]["std"], "the last press to arrive")
            return
        lab.page.keyboard.press("ArrowRight")
        lab.page.wait_for_timeout(40)
    raise AssertionError(lab.config()["initializer"])


def ratio(run):
    found = run.probe("layers")["layers"]
    return found[0]["gradient_norm"] / found[-1]["gradient_norm"]


def test_the_whole_profile_moves_with_the_scale(people):
    lab = opened(people)
    lab.wait(lambda: number(note(lab, "profile").split(":")[1]) == pytest.approx(ratio(Run(lab.config())), rel=0.06), "the ratio at the start")
    lab.button("Exploding").click()
    lab.until(lambda state: state["config"]["initializer"]["name"] == "normal", "the scene")
    before = lab.measure("layers")[0]["layers"]
    drag_to(lab, 1.95)
    std = lab.config()["initializer"]["std"]
    after = lab.measure("layers")[0]["layers"]
    for place in range(10):
        grown = after[place]["size"] / before[place]["size"]
        assert grown == pytest.approx(std ** (place + 1), rel=0.01), "ReLU layers without biases: each is larger by the factor of all before it"
    assert lab.state()["step"] == 0
    words = lab.panel("profile").locator(".only-read").last
    lab.wait(lambda: "Gradient norm from first to last layer" in words.inner_text(), "the profile in words")


def test_dragging_takes_he_over_to_a_spread_of_ones_own(people):
    lab = opened(people, **TOUCH)
    lab.page.evaluate("async () => (await import('/commands.js')).command('set', { changes: { 'initializer.name': 'kaiming_normal' } })")
    lab.wait(lambda: "spread" in lab.panel("profile").locator(".knob-name").inner_text(), "the handle of a spread")
    shown = number(lab.panel("profile").locator(".knob-value").inner_text())
    assert shown == pytest.approx((2 / 16) ** 0.5, rel=0.15), "the spread that He's weights have, as measured"
    box = handle(lab).bounding_box()
    lab.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    lab.until(lambda state: state["config"]["initializer"]["name"] == "normal" and state["config"]["initializer"]["std"] > 1, "weights of that size")


def test_singular_values_are_the_engines_through_depth_and_alone(people):
    lab = opened(people, "jacobian", "profile")
    found = Run(lab.config()).probe("jacobian", {"examples": 4})["layers"]
    lab.wait(lambda: number(note(lab, "jacobian").split("×", 1)[1]) == pytest.approx(found[-1]["through_largest"], rel=0.06), "the product of all")
    lab.panel("jacobian").get_by_role("radio", name="Each layer alone").click()
    words = lab.panel("jacobian").locator(".only-read").last
    lab.wait(lambda: "each layer alone" in words.inner_text() and number(words.inner_text().split("layer 5 ")[1].split(",")[0]) == pytest.approx(found[4]["largest"], rel=0.06), "layer 5 alone")


def test_fifty_layers_stand_in_every_panel(people):
    lab = opened(people, "gradients", "layers", "profile", "jacobian")
    lab.button("Residual").click()
    lab.until(lambda state: len(state["layers"]) == 50, "fifty layers")
    for name in ("gradients", "layers", "profile", "jacobian"):
        lab.drawn(name)
    lab.wait(lambda: lab.panel("layers").locator("thead th").count() == 50, "a column a layer")
    assert fits(lab)


def test_axe_finds_nothing_in_the_panels(people):
    lab = opened(people, "profile", "jacobian", bypass_csp=True)
    in_every_dress(lab, "profile", "jacobian")
    assert guide(lab).count() == 0
