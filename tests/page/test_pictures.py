"""Pointing, painting, pressing in the pictures: what they say is what the engine says."""
import re

import numpy as np
import pytest

from .lab import number, twin
from .test_access import frames


def points(lab):
    """How many training points the run has."""
    return lab.state()["data"]["rows_train"]


def spot(lab, across, up):
    """A place in the plane in pixels of the window, by shares of the square the data lies in."""
    box = lab.panel("surface").locator("canvas[tabindex]").first.bounding_box()
    return box["x"] + box["width"] * across, box["y"] + box["height"] * (1 - up)


def read_out(lab, x, y):
    """What is written beside the pointer there."""
    lab.page.mouse.move(x - 3, y - 3)
    lab.page.mouse.move(x, y)
    lines = lab.panel("surface").locator(".readout-line:visible")
    lines.first.wait_for()
    return lines.all_inner_texts()


def place_of(lines):
    """The coordinates in a read-out."""
    words = next(line for line in lines if "x₁ =" in line)
    return [number(value) for value in re.findall(r"= ([−\d.]+)", words)]


def test_a_neurons_formula_has_the_engines_numbers(lab):
    for _ in range(3):
        lab.forward()
    run = twin(lab.config(), 3)
    for layer, unit in (("layer1", 2), ("layer2", 5)):
        lab.panel("network").get_by_label(f"neuron {unit + 1} of 8, layer {layer[-1]}").hover()
        formula = lab.panel("network").locator(".formula")
        lab.wait(lambda formula=formula, layer=layer: formula.is_visible() and ("x₁" in formula.inner_text()) == (layer == "layer1"), "the formula")
        words = formula.inner_text()
        layers = run.forward(run.data.raw_train[:1], ["input", "layer1.output", f"{layer}.preactivation", f"{layer}.output"])
        weights = run.parameters[f"{layer}.weight"][:, unit]
        shown = [number(("−" if button.startswith("−") else "") + re.search(r"[\d.]+", button).group())
                 for button in formula.locator(".term:visible").all_inner_texts()]
        assert all(min(abs(np.append(weights, run.parameters[f"{layer}.bias"][unit]) - value)) < 0.006 for value in shown), (shown, weights)
        if layer == "layer1":
            assert shown[:2] == pytest.approx(list(weights), abs=0.006)
        z, a = (number(value) for value in re.findall(r"= ([−\d.]+)(?:,|\s|$)", words)[-2:])
        assert z == pytest.approx(layers[f"{layer}.preactivation"][0, unit], abs=0.006)
        assert a == pytest.approx(layers[f"{layer}.output"][0, unit], abs=0.006)


def test_a_weight_typed_at_a_neuron_counts_at_once(lab):
    lab.forward()
    network = lab.panel("network")
    network.get_by_label("neuron 1 of 8, layer 1").click()
    network.locator(".formula .term").first.click()
    network.locator(".editor input").fill("2.5")
    network.locator(".editor input").press("Enter")
    lab.wait(lambda: lab.parameters()["layer1.weight"][0, 0] == 2.5, "the weight")
    run = twin(lab.config(), 1)
    run.parameters["layer1.weight"][0, 0] = 2.5
    expected = run.metrics()["loss_train"]
    lab.wait(lambda: lab.loss() == pytest.approx(expected, rel=0.006), f"the loss with the new weight, {expected}")
    assert lab.state()["step"] == 1
    np.testing.assert_array_equal(lab.parameters()["layer1.weight"], run.parameters["layer1.weight"])


def test_a_line_can_be_pressed_and_a_bias_edited_with_the_keyboard(lab):
    network = lab.panel("network")
    canvas = network.locator("canvas").first.bounding_box()
    tiles = [network.locator(f'[data-keep="{key}"]').bounding_box() for key in ("0.0", "1.0")]
    x = (tiles[0]["x"] + tiles[0]["width"] + tiles[1]["x"]) / 2
    network.scroll_into_view_if_needed()
    for y in range(int(canvas["y"]) + 40, int(canvas["y"] + canvas["height"]) - 40, 3):
        lab.page.mouse.move(x, y)
        frames(lab, 2)
        if network.locator(".readout-line:visible").count():
            break
    words = network.locator(".readout-line:visible").all_inner_texts()
    assert "→" in words[0] and "weight" in words[1], words
    lab.page.mouse.click(x, y)
    network.locator(".editor").wait_for()
    network.locator(".editor input").fill("-1.75")
    network.locator(".editor input").press("Enter")
    lab.wait(lambda: (lab.parameters()["layer1.weight"] == -1.75).sum() == 1, "the weight of the line")

    network.get_by_label("neuron 1 of 8, layer 2").focus()
    lab.page.keyboard.press("b")
    network.locator(".editor input").fill("0.625")
    network.locator(".editor input").press("Enter")
    lab.wait(lambda: lab.parameters()["layer2.bias"][0] == 0.625, "the bias")


def test_the_plane_says_what_the_network_answers_there(lab):
    lab.forward()
    run = twin(lab.config(), 1)
    for across, up in ((0.45, 0.45), (0.55, 0.6), (0.5, 0.5)):
        lines = read_out(lab, *spot(lab, across, up))
        place = place_of(lines)
        shown = number(re.search(r"output ([−\d.]+)", " ".join(lines)).group(1))
        logit = float(np.ravel(run.predict(np.array([place])))[0])
        answers = (2 / (1 + np.exp(-logit)) - 1, 2 * logit - 1, logit)
        assert min(abs(shown - answer) for answer in answers[:2]) < 0.05, (lines, logit)


def test_points_are_painted_and_erased_while_it_trains_and_undone(lab):
    lab.drawn("surface")
    surface = lab.panel("surface")
    lab.play()
    before = points(lab)
    x, y = spot(lab, 0.5, 0.5)
    lines = read_out(lab, x, y)
    lab.page.mouse.click(x, y)
    state = lab.until(lambda state: state["data"]["rows_train"] == before + 1, "the point")
    assert state["playing"]
    *place, label = state["config"]["data"]["painted"][0]
    assert place == pytest.approx(place_of(lines), abs=0.02) and label == 1

    surface.get_by_role("radio", name="Add points of orange").click()
    lab.page.mouse.click(*spot(lab, 0.4, 0.5))
    lab.until(lambda state: len(state["config"]["data"]["painted"]) == 2 and state["config"]["data"]["painted"][1][2] == 0, "the other class")

    surface.get_by_role("radio", name="Erase").click()
    lab.page.mouse.click(*spot(lab, 0.4, 0.5))
    lab.until(lambda state: len(state["config"]["data"]["painted"]) < 2 or state["config"]["data"]["erased"], "points erased")
    fewer = points(lab)
    surface.get_by_role("button", name="Undo").click()
    lab.until(lambda state: state["data"]["rows_train"] > fewer, "the erased points again")
    lab.page.locator(".rail-foot").get_by_text("Redo").click()
    lab.until(lambda state: state["data"]["rows_train"] == fewer, "erased again")
    for _ in range(3):
        lab.page.locator("body").press("Control+z")
    lab.until(lambda state: state["data"]["rows_train"] == before, "everything as it was")
    assert lab.state()["playing"]


def test_a_stroke_paints_many_points(lab):
    lab.drawn("surface")
    before = points(lab)
    lab.page.mouse.move(*spot(lab, 0.3, 0.7))
    lab.page.mouse.down()
    for share in range(1, 11):
        lab.page.mouse.move(*spot(lab, 0.3 + 0.04 * share, 0.7), steps=3)
    lab.page.mouse.up()
    lab.until(lambda state: state["data"]["rows_train"] >= before + 5, "the stroke")


def test_points_of_any_class_among_several(lab):
    lab.menu("data.name", "Blobs")
    lab.until(lambda state: state["config"]["data"]["name"] == "blobs" and len(state["data"]["classes"]) > 2, "several classes")
    state = lab.state()
    last = len(state["data"]["classes"]) - 1
    brushes = lab.panel("surface").get_by_role("radio", name="Add points of")
    lab.wait(lambda: brushes.count() == last + 1, "a brush for each class")
    brushes.nth(last).click()
    lab.drawn("surface")
    lab.page.mouse.click(*spot(lab, 0.5, 0.5))
    lab.until(lambda state: state["config"]["data"]["painted"] and state["config"]["data"]["painted"][0][2] == last, "the point")


def test_a_curve_is_painted_by_the_height_of_the_click(lab):
    lab.menu("data.name", "Curve")
    lab.until(lambda state: state["config"]["data"]["name"] == "curve", "the curve")
    lab.drawn("surface")
    before = points(lab)
    lab.page.mouse.click(*spot(lab, 0.6, 0.6))
    state = lab.until(lambda state: state["data"]["rows_train"] == before + 1, "the point")
    assert len(state["config"]["data"]["painted"][0]) == 2


def test_hovering_a_neuron_shows_it_in_the_plane(lab):
    lab.drawn("surface")
    lab.panel("network").get_by_label("neuron 3 of 8, layer 1").hover()
    label = lab.panel("surface").locator(".surface-label")
    label.get_by_text("Neuron 3 of layer 1").wait_for()
    lab.page.mouse.move(640, 20)
    label.wait_for(state="hidden")


def test_two_columns_of_many_can_be_chosen_for_the_plane(lab):
    lab.menu("data.name", "Wine")
    lab.until(lambda state: state["config"]["data"]["name"] == "wine", "wine")
    lab.drawn("surface")
    across = lab.panel("surface").get_by_label("Across")
    names = across.locator("option").all_inner_texts()
    assert len(names) == 13
    across.select_option("4")
    lab.wait(lambda: lab.page.evaluate("""async () => {
        const { all } = await import('/stage.js');
        return all.peek().find((one) => one.name === 'surface').options.peek().axes?.[0];
    }""") == 4, "the fifth column")
    lab.drawn("surface")


def test_a_picture_is_enlarged_and_put_back(lab):
    for name in ("surface", "curves"):
        lab.panel(name).get_by_role("button", name=re.compile("^Enlarge")).click()
        lab.wait(lambda: lab.page.locator(".stage .panel").count() == 1, "one picture alone")
        lab.drawn(name)
        lab.page.keyboard.press("Escape")
        lab.wait(lambda: lab.page.locator(".stage .panel").count() == 5, "all pictures again")


def test_pictures_are_chosen_and_the_choice_outlives_a_reload(lab):
    lab.button("Panels").click()
    lab.page.get_by_role("checkbox", name=re.compile("^Curves")).uncheck()
    lab.page.get_by_role("checkbox", name=re.compile("^One example")).check()
    lab.button("Close").click()
    lab.panel("curves").wait_for(state="detached")
    lab.drawn("walk")
    lab.page.reload()
    lab.ready()
    lab.panel("walk").wait_for()
    assert lab.panel("curves").count() == 0


def test_one_example_is_walked_forward_and_back_and_its_gradient_checked(lab):
    lab.show_panels("network", "walk")
    lab.drawn("walk")
    walk = lab.panel("walk")
    said = []
    while True:
        said.append(walk.locator(".walk-words").inner_text())
        following = walk.get_by_role("button", name=re.compile("Next"))
        if following.is_disabled():
            break
        following.click()
    assert len(said) >= 6 and len(set(said)) == len(said), said
    assert any("loss" in words.lower() for words in said)
    walk.get_by_role("button", name=re.compile("Back")).click()
    assert walk.locator(".walk-words").inner_text() == said[-2]


def test_a_picture_says_that_what_it_needs_is_being_compiled_until_it_is_drawn(lab):
    assert "confusion" in lab.every_panel()
    said = lab.page.evaluate("""async () => {
        const { progress } = await import('/store.js'), { chosen } = await import('/stage.js');
        progress.value = { done: 1, total: 2, name: 'dense forward' };
        chosen.value = ['network', 'confusion'];
        return ['network', 'confusion'].map((name) => {
            const words = document.querySelector(`.panel[data-panel="${name}"] .panel-waiting`);
            return words.checkVisibility() && words.textContent;
        });
    }""")
    assert said == [False, "What this picture needs is being compiled, once for this computer …"]
    lab.drawn("confusion")
    lab.wait(lambda: not lab.panel("confusion").locator(".panel-waiting").is_visible(), "the words to go")
    lab.page.evaluate("async () => { (await import('/store.js')).progress.value = null; }")
