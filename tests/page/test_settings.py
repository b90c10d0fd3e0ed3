"""Every control of the rail while it trains; layers and neurons in place; undo; every dataset."""
import numpy as np
import pytest

from .lab import FIRST_USE


def settled(lab):
    """Wait until everything that was asked for was answered."""
    lab.wait(lambda: lab.page.evaluate("""async () => {
        const { pending } = await import('/commands.js');
        return Object.keys(pending.peek()).length === 0;
    }"""), "the answers")


def refusals(lab):
    return lab.page.evaluate("async () => (await import('/commands.js')).refused.peek()")


def test_every_control_of_the_rail_does_what_it_says_while_it_trains(lab):
    lab.unfold()
    lab.page.locator(".pace").click()
    lab.page.locator("#pace").fill("1")
    lab.page.keyboard.press("Escape")
    lab.play()
    paths = lab.page.locator(".field").evaluate_all("(fields) => fields.map((one) => one.dataset.path)")
    assert {"data.noise", "optimizer.learning_rate", "model.hidden", "regularization.l1", "clip", "precision", "seed"} <= set(paths)
    for path in paths:
        if path not in ("data.name", "model.hidden"):
            work(lab, path)
    state = lab.state()
    assert not state["divergence"], state["divergence"]
    here = lab.shown_step()
    if not state["playing"]:
        lab.play()
    lab.wait(lambda: lab.shown_step() != here, "training to go on")


def work(lab, path):
    """Move, choose, tick, switch each control of one field; each must change the setting, and none be refused."""
    start = value(lab.config(), path)
    field, done = lab.field(path), [0]

    def changes(act, what):
        before = value(lab.config(), path)
        act()
        lab.until(lambda state: value(state["config"], path) != before, f"{path} to change by {what}; refused: {refusals(lab)}")
        settled(lab)
        assert not refusals(lab), (path, what)
        done[0] += 1

    for slider in field.locator("input[type=range]").all():
        top = slider.input_value() == slider.get_attribute("max")
        changes(lambda slider=slider, top=top: slider.press("ArrowLeft" if top else "ArrowRight"), "its slider")
        changes(lambda slider=slider, top=top: slider.press("ArrowRight" if top else "ArrowLeft"), "its slider back")
    radios = field.get_by_role("radio")
    for at in range(radios.count()):                            # what is chosen may come to stand beside the first ones
        if at < radios.count() and not radios.nth(at).is_checked():
            changes(radios.nth(at).click, f"choice {at + 1}")
    for switch in field.locator("input[type=checkbox]").all():
        changes(switch.click, "its switch")
        changes(switch.click, "its switch back")
    ticks = field.locator(".tick:not([aria-disabled=true])")
    for at in range(ticks.count()):
        changes(ticks.nth(min(at, ticks.count() - 1)).click, f"tick {at + 1}")
    items = field.locator(".menu [role=menuitemradio]")
    for at in range(items.count()):
        if items.nth(at).get_attribute("aria-checked") != "true":
            field.locator("button[aria-haspopup=menu]").click()
            changes(items.nth(at).click, items.nth(at).locator(".menu-title").text_content())
    if not done[0] and field.locator("input.exact").count():
        changes(lambda: lab.type_exact(path, "5"), "typing")
    assert done[0] or path == "loss.name", f"nothing in {path} changes anything"
    lab.change({path: start})
    lab.until(lambda state: value(state["config"], path) == start, f"{path} as it was")


def value(config, path):
    for name in path.split("."):
        config = config[name]
    return config


def test_a_control_says_what_it_is_and_what_a_change_does(lab):
    lab.unfold()
    asks = lab.page.locator(".rail .what")
    assert asks.count() >= 20
    for at in range(asks.count()):
        asks.nth(at).click()
        card = lab.page.locator(".help-card")
        card.wait_for()
        assert len(card.locator(".help-text").first.inner_text()) > 15, asks.nth(at).get_attribute("aria-label")
        lab.page.keyboard.press("Escape")
    for at in range(lab.page.locator(".panel .what").count()):
        lab.page.locator(".panel .what").nth(at).click()
        assert len(lab.page.locator(".help-card .help-text").first.inner_text()) > 15
        lab.page.keyboard.press("Escape")


def test_a_formula_is_set_as_a_formula(lab):
    lab.field("optimizer.name").locator(".what").click()
    lab.page.locator(".help-card .katex").first.wait_for()


def test_a_live_change_neither_restarts_nor_stops(lab):
    lab.play()
    lab.wait(lambda: lab.shown_step() > 10, "a few steps")
    before = lab.shown_step()
    lab.field("optimizer.learning_rate").locator("input[type=range]").press("ArrowLeft")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.025, "the next spoken rate")
    assert lab.state()["playing"]
    lab.wait(lambda: lab.shown_step() > before, "training to go on")


def test_neurons_and_layers_come_and_go_and_the_others_keep_their_weights(lab):
    lab.play_until(lambda: lab.shown_step() > 30, "a few steps")
    before = lab.parameters()
    step = lab.state()["step"]
    lab.page.get_by_role("button", name="Neurons in layer 1: one more").click()
    state = lab.until(lambda state: state["config"]["model"]["hidden"] == [9, 8], "the ninth neuron")
    assert state["step"] == step
    wider = lab.parameters()
    np.testing.assert_array_equal(wider["layer1.weight"][:, :8], before["layer1.weight"])
    np.testing.assert_array_equal(wider["layer2.weight"][:8], before["layer2.weight"])
    np.testing.assert_array_equal(wider["layer3.weight"], before["layer3.weight"])
    lab.wait(lambda: lab.panel("network").locator(".net-tile").count() == 20, "the tile of the new neuron")

    lab.panel("network").get_by_role("button", name="One neuron less in layer 2").click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [9, 7], "one neuron less")
    np.testing.assert_array_equal(lab.parameters()["layer2.weight"], wider["layer2.weight"][:, :7])

    lab.button("Add a layer").click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [9, 7, 7], "a third layer")
    deeper = lab.parameters()
    np.testing.assert_array_equal(deeper["layer1.weight"], wider["layer1.weight"])
    np.testing.assert_array_equal(deeper["layer2.weight"], wider["layer2.weight"][:, :7])
    lab.button("Remove layer 3").click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [9, 7], "two layers again")
    np.testing.assert_array_equal(lab.parameters()["layer1.weight"], wider["layer1.weight"])
    assert lab.state()["step"] == step


def test_layers_change_while_it_trains_down_to_none(lab):
    lab.play()
    network = lab.panel("network")
    for hidden in ([8], []):
        network.get_by_role("button", name="One hidden layer less: the last one goes").click()
        lab.until(lambda state, hidden=hidden: state["config"]["model"]["hidden"] == hidden, f"hidden layers {hidden}")
    lab.page.get_by_text("No hidden layer: the network can only draw one straight line.").wait_for()
    network.get_by_role("button", name="One hidden layer more, before the output").click()
    lab.until(lambda state: len(state["config"]["model"]["hidden"]) == 1, "a hidden layer")
    here = lab.shown_step()
    assert lab.state()["playing"]
    lab.wait(lambda: lab.shown_step() > here, "training to go on")


def test_each_layer_has_its_own_activation(lab):
    lab.page.get_by_label("Activation of layer 2").first.select_option("relu")
    lab.until(lambda state: state["config"]["model"]["activation"] == ["tanh", "relu"], "two activations")
    assert lab.field("model.activation").get_by_text("mixed").is_visible()
    lab.panel("network").get_by_label("Activation of layer 1").select_option("sigmoid")
    lab.until(lambda state: [one["activation"] for one in state["layers"]][:2] == ["sigmoid", "relu"], "both in the network")
    lab.segment("model.activation", "Tanh").click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "tanh", "one for all")


def test_undo_and_redo_of_settings(lab):
    lab.type_exact("optimizer.learning_rate", "0,5")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.5, "the rate, typed with a comma")
    lab.type_exact("batch_size", "20")
    lab.until(lambda state: state["config"]["batch_size"] == 20, "another batch size")
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.page.keyboard.press("Control+z")
    lab.until(lambda state: state["config"]["batch_size"] == 32, "the batch size taken back")
    lab.page.locator(".rail-foot").get_by_text("Undo").click()
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.03, "the rate taken back")
    lab.page.locator(".rail-foot").get_by_text("Redo").click()
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.5, "the rate again")
    lab.page.keyboard.press("Control+Shift+z")
    lab.until(lambda state: state["config"]["batch_size"] == 20, "the batch size again")


def test_what_is_refused_is_said_at_the_control(lab):
    lab.type_exact("optimizer.learning_rate", "-4")
    lab.field("optimizer.learning_rate").locator(".field-error").wait_for()
    assert lab.config()["optimizer"]["learning_rate"] == 0.03
    lab.type_exact("optimizer.learning_rate", "0.1")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.1, "a good rate")
    lab.wait(lambda: lab.field("optimizer.learning_rate").locator(".field-error").count() == 0, "the error to go")


def names_of_datasets():
    import engine
    return [one["name"] for one in engine.describe()["datasets"] if one["name"] != "csv"]


def forgotten(lab):
    """What came of the network before counts no more: a panel that still shows it would pass for one that draws this one."""
    lab.page.evaluate("async () => { for (const stream of (await import('/stage.js')).subscriptions.streams.values()) stream.last = null; }")


def missing(lab):
    """What panels want and nothing came of."""
    return lab.page.evaluate("async () => [...(await import('/stage.js')).subscriptions.streams.values()].filter(({ last }) => !last).map(({ probe }) => probe)")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_dataset_opens_and_all_its_pictures_draw(people, part):
    lab = people(viewport={"width": 1400, "height": 3200}).open()
    everything = lab.every_panel()
    lab.show_panels(*everything)
    for name in names_of_datasets()[part::3]:
        before = lab.state()["data"]["version"]
        if name != lab.config()["data"]["name"]:
            lab.change({"data.name": name})
            lab.until(lambda state, name=name, before=before: state["config"]["data"]["name"] == name
                      and state["data"]["version"] != before, name)
        lab.compiled()
        forgotten(lab)
        lab.forward()
        shown = lab.page.locator(".panel").evaluate_all("(all) => all.map((one) => one.dataset.panel)")
        assert {"network", "curves", "layers"} <= set(shown)
        for panel in shown:
            lab.drawn(panel)
        lab.wait(lambda: not missing(lab), "a picture of this network in every panel", FIRST_USE)
        assert not lab.real_troubles(), name
    assert lab.page.locator(".panel-failed").count() == 0
