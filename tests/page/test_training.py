"""Playing, pausing, stepping, stopping, starting over, and running away: with the numbers of the engine."""
import numpy as np
import pytest

from .lab import number, twin


def same(found, run):
    """Whether the weights are those of the run, to the bit."""
    assert found.keys() == set(run.parameters)
    for name, values in found.items():
        np.testing.assert_array_equal(values, run.parameters[name], err_msg=name)


def test_the_page_opens_with_a_network_ready_and_nothing_moving(lab):
    assert lab.page.title() == "Playground · Neural Playground"
    state = lab.state()
    assert not state["playing"] and state["step"] == 0 and state["config"]["data"]["name"] == "spiral"
    assert lab.panel("network").locator(".net-tile").count() == 2 + 8 + 8 + 1
    for name in ("surface", "curves", "layers", "space"):
        lab.drawn(name)
    assert lab.button("Play").is_enabled() and lab.shown_step() == 0
    same(lab.parameters(), twin(state["config"]))


def test_play_trains(lab):
    lab.wait(lab.loss, "a first loss")
    before = lab.loss()
    state = lab.play_until(lambda: lab.shown_step() > 300 and lab.loss() < 0.7 * before, "the step to rise and the loss to fall")
    lab.wait(lambda: lab.shown_step() == state["step"], "the last step to be shown")
    assert float(lab.page.locator(".number-epoch").inner_text().replace(",", "")) == pytest.approx(state["epoch"], abs=1)


def test_what_was_trained_on_the_page_is_what_the_engine_trains(lab):
    state = lab.play_until(lambda: lab.shown_step() > 50, "a few steps")
    same(lab.parameters(), twin(state["config"], state["step"]))


@pytest.mark.parametrize("by", ["batch", "epoch"])
def test_forward_and_back_and_forward_give_the_same_numbers(lab, by):
    lab.by(by)
    steps, seen = [], []
    for _ in range(3):
        steps.append(lab.forward(by)["step"])
        seen.append(lab.parameters())
    size = 1 if by == "batch" else lab.state()["steps_per_epoch"]
    assert steps == [size, 2 * size, 3 * size]
    assert lab.back(by)["step"] == steps[1]
    assert lab.back(by)["step"] == steps[0]
    same(lab.parameters(), twin(lab.config(), steps[0]))
    lab.forward(by)
    lab.forward(by)
    assert lab.shown_step() == steps[2]
    same(lab.parameters(), twin(lab.config(), steps[2]))
    for name, values in lab.parameters().items():
        np.testing.assert_array_equal(values, seen[2][name])


def test_back_after_a_change_while_it_trained_gives_the_numbers_of_then(lab):
    lab.forward()
    lab.type_exact("optimizer.learning_rate", "0.3")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.3, "the new rate")
    lab.forward()
    middle = lab.parameters()
    lab.forward()
    lab.back()
    for name, values in lab.parameters().items():
        np.testing.assert_array_equal(values, middle[name])


@pytest.mark.parametrize("label, goal, reached", [
    ("training loss below", "0.3", lambda state: state["step"] > 0),
    ("at epoch", "12", lambda state: state["epoch"] == 12),
    ("at step", "77", lambda state: state["step"] == 77)])
def test_it_stops_by_itself(lab, label, goal, reached):
    lab.page.locator(".pace").click()
    field = lab.page.locator(".goal").filter(has_text=label).locator("input")
    field.fill(goal)
    field.press("Enter")
    lab.until(lambda state: float(goal) in state["stop_at"].values(), "the goal")
    lab.page.keyboard.press("Escape")
    lab.button("Play").click()
    state = lab.until(lambda state: state["stopped"] and not state["playing"], "training to stop by itself")
    assert reached(state), state
    lab.page.get_by_text(state["stopped"]).first.wait_for()
    assert lab.page.locator(".pace-goal").is_visible()
    if label.startswith("training"):
        assert twin(state["config"], state["step"]).metrics()["loss_train"] <= 0.3


def test_a_lab_begins_slow_enough_to_be_watched(lab):
    """What a class sees after pressing play must take seconds, not an instant."""
    lab.page.evaluate("sessionStorage.clear()")
    lab.page.reload()
    state = lab.until(lambda state: state is not None and state["speed"] is not None, "the lab's own speed")
    assert state["speed"] == 250
    assert "250/s" in lab.page.locator(".pace").inner_text()


def test_slow_motion_and_full_speed(lab):
    lab.page.locator(".pace").click()
    slider = lab.page.locator("#pace")
    slider.press("Home")
    lab.until(lambda state: state["speed"] == 1, "one step a second")
    assert "1 step a second" in slider.get_attribute("aria-valuetext")
    lab.page.keyboard.press("Escape")
    lab.play()
    lab.wait(lambda: lab.shown_step() >= 1, "the first step")
    assert lab.shown_step() < 100
    lab.page.locator(".pace").click()
    slider.press("End")
    lab.until(lambda state: state["speed"] is None, "full speed")
    lab.wait(lambda: lab.shown_step() > 500, "many steps")


def test_restart_from_the_same_and_from_new_weights(lab):
    first = lab.parameters()
    lab.play_until(lambda: lab.shown_step() > 20, "a few steps")
    lab.button("Restart from the same weights").click()
    lab.until(lambda state: state["step"] == 0, "the start")
    lab.wait(lambda: lab.shown_step() == 0, "the start on the page")
    for name, values in lab.parameters().items():
        np.testing.assert_array_equal(values, first[name])
    seed = lab.config()["seed"]
    lab.button("Restart from new weights").click()
    state = lab.until(lambda state: state["config"]["seed"] != seed, "another seed")
    assert not np.array_equal(lab.parameters()["layer1.weight"], first["layer1.weight"])
    same(lab.parameters(), twin(state["config"]))


@pytest.mark.parametrize("way", ["Go back", "Halve the learning rate"])
def test_running_away_is_explained_and_taken_back(lab, way):
    lab.menu("data.name", "Bumps")
    lab.until(lambda state: state["data"]["task"] == "regression", "the regression")
    lab.forward()
    lab.segment("optimizer.name", "SGD").click()
    lab.type_exact("optimizer.learning_rate", "10")
    lab.until(lambda state: state["config"]["optimizer"] == {"name": "sgd", "learning_rate": 10}, "the rate of 10")
    lab.button("Play").click()
    state = lab.until(lambda state: state["divergence"], "training to run away")
    banner = lab.page.locator(".banner[role=alert]")
    banner.wait_for()
    words = banner.inner_text().lower()
    assert state["divergence"]["tensor"] in words and str(state["divergence"]["step"]) in words, words
    assert not state["playing"]
    for name in ("network", "surface", "curves"):
        assert lab.panel(name).locator(".panel-failed").count() == 0
    if way == "Go back":
        lab.button("Go back").click()
        state = lab.until(lambda state: not state["divergence"], "the way back")
    else:
        lab.button("Halve the learning rate").click()
        state = lab.until(lambda state: not state["divergence"] and state["config"]["optimizer"].get("learning_rate") == 5, "half the rate")
    assert banner.count() == 0 and all(np.isfinite(values).all() for values in lab.parameters().values())
    assert state["config"]["data"]["name"] == "bumps", "the way back is one of weights, not to other data"
    assert state["config"]["optimizer"]["name"] == "sgd"


def test_the_curves_show_the_engines_losses(lab):
    for _ in range(3):
        lab.forward()
    run = twin(lab.config(), 3)
    lab.wait(lambda: lab.loss() == pytest.approx(run.metrics()["loss_train"], rel=0.02), "the engine's loss in the legend")
    lab.panel("curves").get_by_role("button", name="Table").click()
    table = lab.panel("curves").locator("table")
    table.wait_for()
    cells = [number(cell) for cell in table.locator("tbody tr").first.locator("td").all_inner_texts()]
    assert cells[0] == 3 and cells[2] == pytest.approx(run.metrics()["loss_train"], rel=0.02)
    assert cells[3] == pytest.approx(run.metrics()["loss_test"], rel=0.02)


def test_every_figure_on_the_stage_is_of_the_step_it_stopped_at(lab):
    lab.play_until(lambda: lab.shown_step() > 400, "some hundred steps")
    meta, _ = lab.measure("layers")
    rows = lab.panel("layers").locator("table tr").filter(has_text="gradient norm").locator("td")

    def agree():
        shown = [number(cell) for cell in rows.all_inner_texts()]
        return shown == pytest.approx([layer["gradient_norm"] for layer in meta["layers"]], rel=0.06)
    lab.wait(agree, f"the table of the layers to say {[layer['gradient_norm'] for layer in meta['layers']]}")
    metrics = twin(lab.config(), lab.state()["step"]).metrics()
    lab.wait(lambda: lab.loss() == pytest.approx(metrics["loss_train"], rel=0.02), "the loss of the last step in the legend")
    words = lab.panel("curves").locator("p.only-read")
    lab.wait(lambda: f"At step {lab.state()['step']:,}:" in words.text_content(), "the last step in the words for a screen reader")
