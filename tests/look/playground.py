"""The Playground lab, the shelf and the dialogs, as people will meet them."""
from tests.look.sizes import LAPTOP, PHONE, SCREEN

STEPS = 2500
TABLE = "petal;sepal;kind\n" + "\n".join(
    f"{1 + k % 9 * 0.3 + 2 * (k % 3):.1f};{(k * 37 % 50) / 10 + k % 3:.1f};{('rose', 'lily', 'iris')[k % 3]}" for k in range(150)) + "\n"


def rest(lab):
    """As it opens."""


def trained(lab, steps=STEPS, **changes):
    """After some training, always the same."""
    if changes:
        lab.change({path.replace("__", "."): value for path, value in changes.items()})
    lab.command("stop_at", {"step": steps, "loss": None, "epoch": None})
    lab.command("speed", {"steps_per_second": 1000})        # slow enough for curves with all their bends on a busy machine
    lab.page.locator("button.play").click()
    lab.until(lambda state: not state["playing"] and state["step"] >= steps, "training")
    lab.wait(lambda: lab.shown_step() >= steps, "the last step on the page")
    lab.command("stop_at", {"step": None, "loss": None, "epoch": None})
    lab.command("speed", {"steps_per_second": None})


def projector(lab):
    """Large type for the back row."""
    trained(lab)
    lab.page.evaluate("async () => (await import('/theme.js')).present(true)")


def several_classes(lab):
    trained(lab, data__name="blobs", model__hidden=[6])


def many_spirals(lab):
    trained(lab, data__name="spirals", model__hidden=[16, 16])


def regression(lab):
    trained(lab, data__name="bumps")


def curve(lab):
    trained(lab, data__name="curve")


def digits(lab):
    trained(lab, 600, data__name="digits", model__hidden=[32, 16])
    everything = lab.every_panel()
    lab.show_panels(*[name for name in everything if name in ("network", "digits", "confusion", "curves", "layers", "space")])


def many_columns(lab):
    trained(lab, 800, data__name="wine", model__hidden=[8])
    lab.show_panels("network", "surface", "confusion", "curves", "space")


def houses(lab):
    trained(lab, 800, data__name="house_price")
    lab.show_panels("network", "surface", "predicted", "curves", "layers")


def all_pictures(lab):
    trained(lab)
    everything = lab.every_panel()
    lab.show_panels(*everything)


def own_table(lab):
    if lab.page.viewport_size["width"] < 760:
        lab.button("Settings").click()
    lab.button("Own data …").click()
    lab.page.locator("#pasted").fill(TABLE)
    lab.page.locator("#pasted").blur()
    lab.page.get_by_role("dialog").locator(".found-head").wait_for()


def own_table_trained(lab):
    own_table(lab)
    lab.button("Train on it").click()
    lab.until(lambda state: state["config"]["data"]["name"] == "csv", "the own data")
    trained(lab, 800)


def enlarged(lab):
    trained(lab)
    lab.panel("network").get_by_role("button", name="Enlarge Network").click()


def enlarged_plane(lab):
    trained(lab)
    lab.panel("surface").get_by_role("button", name="Enlarge Output").click()


def formula(lab):
    trained(lab)
    lab.panel("network").get_by_label("neuron 3 of 8, layer 2").hover()
    lab.panel("network").locator(".formula").wait_for()


def divergence(lab):
    lab.change({"data.name": "bumps"})
    lab.change({"optimizer.name": "sgd"})
    lab.change({"optimizer.learning_rate": 10})
    lab.button("Play").click()
    lab.page.locator(".banner[role=alert]").wait_for()


def sharing(lab):
    lab.button("Share").click()
    lab.page.get_by_text("Choose what students see").click()


def empty_own_data(lab):
    lab.button("Own data …").click()


def keys(lab):
    lab.page.keyboard.press("?")


def help_card(lab):
    lab.field("optimizer.name").locator(".what").click()
    lab.page.locator(".help-card .katex").first.wait_for()


def menu(lab):
    lab.field("data.name").locator("button[aria-haspopup=menu]").click()


def unfolded(lab):
    lab.unfold()
    lab.page.locator(".rail").evaluate("(rail) => { rail.scrollTop = 420; }")


def deep_and_wide(lab):
    trained(lab, 400, model__hidden=[32, 24, 16, 12, 8, 8], model__activation="relu")


def phone_settings(lab):
    lab.button("Settings").click()


def whole_phone(lab):
    trained(lab)
    height = lab.page.evaluate("() => document.scrollingElement.scrollHeight")
    lab.page.set_viewport_size({"width": PHONE[0], "height": min(height, 4000)})


def shelf(lab):
    """The home page, with every miniature measured, after a visit."""
    lab.page.get_by_role("link", name="All labs").click()
    lab.page.locator(".lab-card").first.wait_for()
    for card in lab.page.locator(".lab-card").all():
        card.locator('.miniature[data-ready="true"] canvas').wait_for()


def shelf_projector(lab):
    shelf(lab)
    lab.page.evaluate("async () => (await import('/theme.js')).present(true)")


def shelf_search(lab):
    shelf(lab)
    lab.page.keyboard.press("/")
    lab.page.keyboard.type("x")


def twin_dialog(lab):
    lab.button("Twin").click()


def twin(lab, path="optimizer.learning_rate", value="0.003"):
    """Two runs, one thing different."""
    twin_dialog(lab)
    dialog = lab.page.get_by_role("dialog", name="Twin")
    dialog.get_by_label("Change").select_option(path)
    dialog.get_by_label("exact value").fill(value)
    dialog.get_by_label("exact value").press("Tab")
    dialog.get_by_role("button", name="Start the twin").click()
    lab.until(lambda state: len(state["runs"]) == 2, "the twin")
    trained(lab)


def twin_shown(lab):
    """The second of the two is shown, and the pointer reads the curves of both."""
    twin(lab)
    lab.page.keyboard.press("2")
    box = lab.panel("curves").locator(".u-over").bounding_box()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def twin_projector(lab):
    twin(lab)
    lab.page.evaluate("async () => (await import('/theme.js')).present(true)")


def seven_runs(lab):
    """As many runs as the lab of the learning rate has, from far too small to breaking."""
    rates = [0.0001, 0.001, 0.01, 0.1, 0.3, 1]
    lab.command("runs", {"runs": [{"label": "0.03"}, *({"label": f"{rate:g}", "changes": {"optimizer.learning_rate": rate}} for rate in rates)]})
    trained(lab)


def readme(lab):
    """Trained, and the line that says why it stopped is gone."""
    trained(lab)
    lab.forward()
    lab.until(lambda state: not state["stopped"], "the run to go on")
    for line in lab.page.get_by_role("button", name="Close this message").all():
        line.click()


POINTED = (formula, twin_shown)         # the pointer stays where it is


def scenes():
    """(name, size, theme, what to do, whether that takes its own pictures)."""
    for theme in ("light", "dark"):
        for size in (PHONE, LAPTOP, SCREEN):
            for act in (rest, trained):
                yield f"{act.__name__}-{size[0]}-{theme}", size, theme, act, False
        yield f"projector-1280-{theme}", LAPTOP, theme, projector, False
        for size in (PHONE, LAPTOP, SCREEN):
            for act in (shelf, twin, seven_runs):
                yield f"{act.__name__.replace('_', '-')}-{size[0]}-{theme}", size, theme, act, False
        for act in (shelf_projector, twin_projector):
            yield f"{act.__name__.replace('_', '-')}-1280-{theme}", LAPTOP, theme, act, False
    for act in (several_classes, many_spirals, regression, curve, digits, many_columns, houses, own_table, own_table_trained, enlarged,
                enlarged_plane, formula, divergence, sharing, empty_own_data, keys, help_card, menu, unfolded, deep_and_wide, all_pictures, shelf_search,
                twin_dialog, twin_shown):
        yield act.__name__.replace("_", "-"), LAPTOP, "light", act, False
    for act in (several_classes, digits, sharing, divergence, regression):
        yield f"{act.__name__.replace('_', '-')}-dark", LAPTOP, "dark", act, False
    for act in (phone_settings, whole_phone, sharing, own_table, divergence, digits):
        yield f"{act.__name__.replace('_', '-')}-390", PHONE, "light", act, False
