"""Screenshots of the lab as people will meet it, to be looked at:  python -m tests.look [--out DIR] [--only WORDS]

The pictures of one run are written under names that say what they show. `--readme` renews the README's picture.
"""
import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import live
from tests.page import chromium
from tests.page.lab import Lab

PHONE, LAPTOP, SCREEN = (390, 844), (1280, 720), (1920, 1080)
README = live.ROOT / "web" / "readme" / "playground.png"
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
    lab.button("Play").click()
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
    everything = lab.page.evaluate("async () => (await import('/stage.js')).all.peek().map(({ name }) => name)")
    lab.show_panels(*[name for name in everything if name in ("network", "digits", "confusion", "curves", "layers", "space")])


def many_columns(lab):
    trained(lab, 800, data__name="wine", model__hidden=[8])
    lab.show_panels("network", "surface", "confusion", "curves", "space")


def houses(lab):
    trained(lab, 800, data__name="house_price")
    lab.show_panels("network", "surface", "predicted", "curves", "layers")


def all_pictures(lab):
    trained(lab)
    everything = lab.page.evaluate("async () => (await import('/stage.js')).all.peek().map(({ name }) => name)")
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


def to_step(lab, name, first, number, steps=0):
    """A lab at one of its guided steps, trained so far."""
    lab.open(f"?lab={name}&step={number}", guided=True, first=first)
    if steps:
        trained(lab, steps)


def six_rates(lab):
    to_step(lab, "learning_rate", "curves", 1, 1000)


def bowl_beyond(lab):
    to_step(lab, "learning_rate", "bowl", 2)
    lab.page.evaluate("async () => { const panel = (await import('/stage.js')).all.peek().find(({ name }) => name === 'bowl'); panel.options.value = { ...panel.options.value, rate: 0.252 }; }")
    lab.wait(lambda: "beyond" in lab.panel("bowl").locator(".bowl-says").inner_text(), "the path beyond 2/λ")


def landscape_path(lab):
    to_step(lab, "learning_rate", "landscape", 3, 1000)


def at_the_edge(lab):
    to_step(lab, "learning_rate", "sharpness", 4, 1000)


def range_tested(lab):
    to_step(lab, "learning_rate", "curves", 6)
    lab.panel("range_test").get_by_role("button", name="Run the test").click()
    lab.panel("range_test").get_by_role("button", name="Use η").wait_for()


def warmed_up(lab):
    to_step(lab, "learning_rate", "schedule", 7, 1500)


def race_run(lab, step=40):
    """The race at a telling moment."""
    lab.open("?lab=optimizers", guided=True, first="race")
    moment(lab, step)


def moment(lab, step):
    scrub = lab.panel("race").locator(".race-scrub")
    lab.wait(lambda: scrub.get_attribute("max") and "of" in lab.panel("race").locator(".race-at").inner_text(), "the race")
    scrub.evaluate("(one, step) => { one.value = step; one.dispatchEvent(new Event('input', { bubbles: true })); }", step)


def race_bananas(lab):
    race_run(lab)
    lab.panel("race").get_by_label("Surface").select_option(label="Rosenbrock's banana")
    lab.wait(lambda: lab.panel("race").locator(".race-scrub").get_attribute("max") == "1500", "the race on it")
    moment(lab, 120)


def race_adam_fails(lab):
    to_step(lab, "optimizers", "race", 3)
    lab.page.locator("#guide").get_by_role("button", name="Show me").click()
    lab.wait(lambda: lab.panel("race").locator(".race-scrub").get_attribute("max") == "1500", "the race on it")
    moment(lab, 1500)


def five_optimizers(lab):
    to_step(lab, "optimizers", "curves", 4, 500)


def batch_sizes(lab):
    to_step(lab, "optimizers", "curves", 5, 1500)


def readme(lab):
    """Trained, and the line that says why it stopped is gone."""
    trained(lab)
    lab.forward()
    lab.until(lambda state: not state["stopped"], "the line to go")


def scenes():
    """(name, size, theme, what to do)."""
    for theme in ("light", "dark"):
        for size in (PHONE, LAPTOP, SCREEN):
            for act in (rest, trained):
                yield f"{act.__name__}-{size[0]}-{theme}", size, theme, act
        yield f"projector-1280-{theme}", LAPTOP, theme, projector
        for size in (PHONE, LAPTOP, SCREEN):
            for act in (shelf, twin, seven_runs):
                yield f"{act.__name__.replace('_', '-')}-{size[0]}-{theme}", size, theme, act
        for act in (shelf_projector, twin_projector):
            yield f"{act.__name__.replace('_', '-')}-1280-{theme}", LAPTOP, theme, act
    for act in (several_classes, many_spirals, regression, curve, digits, many_columns, houses, own_table, own_table_trained, enlarged,
                enlarged_plane, formula, divergence, sharing, empty_own_data, keys, help_card, menu, unfolded, deep_and_wide, all_pictures, shelf_search,
                twin_dialog, twin_shown):
        yield act.__name__.replace("_", "-"), LAPTOP, "light", act
    for act in (several_classes, digits, sharing, divergence, regression):
        yield f"{act.__name__.replace('_', '-')}-dark", LAPTOP, "dark", act
    for act in (phone_settings, whole_phone, sharing, own_table, divergence, digits):
        yield f"{act.__name__.replace('_', '-')}-390", PHONE, "light", act


    for act in (six_rates, bowl_beyond, landscape_path, at_the_edge, range_tested, warmed_up, race_run, race_bananas, race_adam_fails,
                five_optimizers, batch_sizes):
        for size, theme in ((LAPTOP, "light"), (SCREEN, "dark"), (PHONE, "light")):
            yield f"{act.__name__.replace('_', '-')}-{size[0]}-{theme}", size, theme, act


def take(browser, url, size, theme, act, file):
    """One scene, in a context of its own."""
    phone = size == PHONE
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce",
                                  has_touch=phone, is_mobile=phone, device_scale_factor=2 if phone else 1)
    lab = Lab(context.new_page(), url)
    try:
        lab.open()
        act(lab)
        lab.page.mouse.move(1, 1) if act not in (formula, twin_shown) else None
        still(lab)
        lab.page.screenshot(path=file, animations="disabled")
    finally:
        context.close()
    return lab.troubles


def still(lab):
    """Wait until what is on the stage has been drawn, and twice looks the same."""
    lab.page.evaluate("() => document.fonts.ready")
    before = [b""]

    def same():
        now = lab.page.screenshot(animations="disabled")
        found, before[0] = now == before[0], now
        return found
    lab.wait(same, "the picture to stand still")


def main():
    """Take all pictures; gives 1 where a page had troubles."""
    parser = argparse.ArgumentParser(prog="python -m tests.look", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=live.ROOT / "looks", metavar="DIR", help="folder for the pictures (looks)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only scenes whose names have these words in them")
    parser.add_argument("--readme", action="store_true", help="renew the README's picture instead")
    options = parser.parse_args()
    wanted = [("playground", LAPTOP, "light", readme)] if options.readme else \
        [scene for scene in scenes() if any(word in scene[0] for word in options.only.split() or [""])]
    out = README.parent if options.readme else options.out
    out.mkdir(parents=True, exist_ok=True)
    if chromium.find() is None:
        sys.exit(chromium.HOW_TO_GET_ONE)
    port, failed = live.free_port(), 0
    with tempfile.TemporaryDirectory() as home, live.process(Path(home), port), sync_playwright() as playwright:
        live.healthy(port)
        live.wait_for(lambda: live.healthy(port)["ready"])
        browser = chromium.launch(playwright)
        for name, size, theme, act in wanted:
            file = out / f"{name}.png"
            try:
                troubles = take(browser, f"http://127.0.0.1:{port}/", size, theme, act, file)
            except Exception as problem:
                troubles = [f"{type(problem).__name__}: {str(problem)[:300]}"]
            failed += bool(troubles)
            print(f"{file}" + "".join(f"\n    {trouble}" for trouble in troubles), flush=True)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
