"""For everyone: keyboard alone, fingers, screen readers, small screens, reduced motion; and the strict policy of the page."""
import re

import pytest

from tests import live

from .conftest import DESKTOP, PHONE, missing

AXE = live.ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
LOOKS = ("light", "dark", "projector")
DRESSES = list(zip(LOOKS, (DESKTOP, PHONE, {"width": 1920, "height": 1080}), strict=True))


def axe(lab, what):
    """Fail on everything axe finds."""
    if not AXE.exists():
        missing("axe-core is not installed: npm ci in web/")
    if lab.page.evaluate("() => !window.axe"):
        lab.page.add_script_tag(path=AXE)
    found = lab.page.evaluate("""async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
        .map((one) => `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.slice(0, 4).map((node) => node.target.join(' ') + ' ' + node.html.slice(0, 90)
        + ' ' + (node.any[0]?.message ?? '')).join(' | '))""")
    assert not found, what + "\n" + "\n".join(found)


def frames(lab, count=1):
    """Wait for so many frames; a second at most, for a browser that has nothing new to draw may draw none."""
    lab.page.evaluate("""(count) => Promise.race([new Promise((done) => setTimeout(done, 1000)),
        (async () => { for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame); })()])""", count)


def fits(lab):
    """Whether nothing sticks out to the side."""
    return lab.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_axe_finds_nothing(people, size):
    lab = people(viewport=size, bypass_csp=True).open()
    lab.forward()
    for look in ("projector", "light", "dark"):
        lab.dress(look)
        for name in lab.page.locator(".panel").evaluate_all("(all) => all.slice(0, 2).map((one) => one.dataset.panel)"):
            lab.drawn(name)
        assert fits(lab)
        axe(lab, f"{look}, at rest")
    if size is PHONE:
        lab.button("Settings").click()
    lab.unfold()
    in_light_and_dark(lab, "all settings unfolded")
    if size is PHONE:
        lab.button("Close the settings").click()
    for name in ("share", "own-data", "keys", "panels"):
        lab.page.evaluate("async (name) => (await import('/dialogs/dialog.js')).show(name)", name)
        lab.page.get_by_role("dialog").wait_for()
        assert fits(lab), name
        in_light_and_dark(lab, f"dialog {name}")
        lab.page.keyboard.press("Escape")
        lab.page.get_by_role("dialog").wait_for(state="detached")


def in_every_dress(lab, *panels):
    """Axe finds nothing and nothing sticks out with these panels: light on a laptop, dark on a phone, in front of a class on a wall."""
    for look, size in DRESSES:
        lab.page.set_viewport_size(size)
        lab.dress(look)
        for name in panels:
            lab.drawn(name)
        assert fits(lab)
        axe(lab, look)


def in_light_and_dark(lab, what):
    for look in ("light", "dark"):
        lab.dress(look)
        axe(lab, f"{look}, {what}")


def test_axe_finds_nothing_in_any_panel(people):
    lab = people(viewport={"width": 1280, "height": 2600}, bypass_csp=True).open()
    everything = lab.every_panel()
    for dataset in ("spiral", "digits", "wine", "bumps"):
        lab.change({"data.name": dataset})
        lab.until(lambda state, dataset=dataset: state["config"]["data"]["name"] == dataset, dataset)
        lab.show_panels(*everything)
        lab.forward()
        for name in lab.page.locator(".panel").evaluate_all("(all) => all.map((one) => one.dataset.panel)"):
            lab.drawn(name)
        in_light_and_dark(lab, f"all panels on {dataset}")


def test_keyboard_alone(lab):
    page = lab.page
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(page.evaluate("() => document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"))
    assert names[:3] == ["All labs", "Labs", "Restart from the same weights"] and "Play" in names, names
    visible = page.evaluate("() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }")
    assert visible, names[-1]
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Space")
    lab.until(lambda state: state["playing"], "Space to play")
    lab.wait(lambda: lab.shown_step() > 10, "steps")
    page.keyboard.press("Space")
    here = lab.until(lambda state: not state["playing"], "Space to pause")["step"]
    page.keyboard.press("ArrowRight")
    lab.until(lambda state: state["step"] == here + 1, "→ to step")
    page.keyboard.press("ArrowLeft")
    lab.until(lambda state: state["step"] == here, "← to step back")
    page.keyboard.press("Shift+ArrowRight")
    lab.until(lambda state: state["step"] > here, "Shift → to end the epoch")
    page.keyboard.press("r")
    lab.until(lambda state: state["step"] == 0, "R to restart")
    seed = lab.config()["seed"]
    page.keyboard.press("Shift+R")
    lab.until(lambda state: state["config"]["seed"] != seed, "Shift R for new weights")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    page.keyboard.press("Space")
    assert not lab.state()["playing"], "keys rest while a dialog is open"
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.keyboard.press("p")
    lab.wait(lambda: page.evaluate("() => 'present' in document.documentElement.dataset"), "P to present")
    page.keyboard.press("Escape")
    lab.wait(lambda: page.evaluate("() => !('present' in document.documentElement.dataset)"), "Escape to end it")


def test_space_on_a_button_presses_the_button_and_not_play(lab):
    lab.button("Forward one batch").focus()
    lab.page.keyboard.press("Space")
    lab.until(lambda state: state["step"] == 1, "one step")
    assert not lab.state()["playing"]
    lab.page.get_by_label("Learning rate, exact value").focus()
    lab.page.keyboard.type(" r?p")
    assert not lab.state()["playing"] and lab.page.get_by_role("dialog").count() == 0 and lab.state()["step"] == 1
    lab.page.keyboard.press("Escape")


def test_the_cross_hair_reads_adds_and_erases(lab):
    lab.drawn("surface")
    canvas = lab.panel("surface").locator("canvas[tabindex]").first
    canvas.focus()
    before = lab.state()["data"]["rows_train"]
    lab.page.keyboard.press("ArrowRight")
    first = lab.panel("surface").locator(".readout-line:visible").all_inner_texts()
    lab.page.keyboard.press("Shift+ArrowUp")
    assert lab.panel("surface").locator(".readout-line:visible").all_inner_texts() != first
    said = lab.page.locator("p.only-read[aria-live]").last
    lab.wait(lambda: "x₁" in lab.page.evaluate("async () => (await import('/store.js')).spoken.peek()"), "the place to be said")
    assert said.count()
    lab.page.keyboard.press("Enter")
    lab.until(lambda state: state["data"]["rows_train"] == before + 1, "Enter to add a point")
    lab.page.keyboard.press("Delete")
    lab.until(lambda state: state["data"]["rows_train"] <= before, "Delete to erase")
    assert lab.state()["step"] == 0, "the arrows moved the cross-hair, not the training"


def test_neurons_are_reached_with_the_arrows(lab):
    first = lab.panel("network").locator(".net-tile[tabindex='0']")
    first.focus()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("ArrowRight")
    label = lab.page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert "layer 2" in label, label
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.page.evaluate("() => document.activeElement.getAttribute('aria-pressed')") == "true", "the neuron to be kept")
    assert not lab.state()["playing"] and lab.state()["step"] == 0


def test_fingers_on_a_phone(people):
    lab = people(**TOUCH).open()
    assert fits(lab)
    small = lab.page.evaluate("""() => [...document.querySelectorAll('.transport button, .transport input, .sheet-button')]
        .filter((one) => one.checkVisibility()).map((one) => [one.getAttribute('aria-label') ?? one.textContent, one.getBoundingClientRect()])
        .filter(([, { width, height }]) => width && (width < 44 || height < 44)).map(([name, { width, height }]) => `${name} ${width}×${height}`)""")
    assert not small, small
    lab.button("Play").tap()
    lab.wait(lambda: lab.shown_step() > 10, "training")
    lab.button("Pause").tap()
    lab.until(lambda state: not state["playing"], "the pause")
    lab.button("Settings").tap()
    slider = lab.field("optimizer.learning_rate").locator("input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    lab.page.touchscreen.tap(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] < 0.03, "a smaller rate")
    assert fits(lab)
    lab.button("Close the settings").tap()
    canvas = lab.panel("surface").locator("canvas[tabindex]").first
    canvas.scroll_into_view_if_needed()
    lab.drawn("surface")
    before = lab.state()["data"]["rows_train"]
    box = canvas.bounding_box()
    lab.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lab.until(lambda state: state["data"]["rows_train"] == before + 1, "the point under the finger")
    tile = lab.panel("network").get_by_label("neuron 2 of 8, layer 1")
    tile.scroll_into_view_if_needed()
    tile.tap()
    lab.panel("network").locator(".formula").wait_for()


def test_reduced_motion_is_respected(people):
    lab = people(reduced_motion="reduce").open()
    moving = lab.page.evaluate("""() => [...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationDuration } = getComputedStyle(one);
        return [transitionDuration, animationDuration].some((all) => all.split(',').some((time) => parseFloat(time) * (time.includes('ms') ? 1 : 1000) > 20));
    }).map((one) => one.className || one.tagName)""")
    assert not moving, moving[:5]


def test_the_theme_follows_the_system_until_one_is_chosen(people):
    lab = people(color_scheme="dark").open()
    assert lab.page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    lab.button("Light page").click()
    assert lab.page.evaluate("() => document.documentElement.dataset.theme") == "light"
    lab.page.reload()
    lab.ready()
    assert lab.page.evaluate("() => document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize("present", [False, True], ids=["page", "projector"])
def test_nothing_sticks_out_and_nothing_overlaps_in_the_head_of_any_screen(lab, present):
    lab.page.evaluate("async (on) => (await import('/theme.js')).present(on)", present)
    for width in (*(() if present else (320, 390, 600)), 760, 800, 960, 1024, 1100, 1280, 1440, 1600, 1920, 2560, 3840):
        lab.page.set_viewport_size({"width": width, "height": 844 if width < 760 else 900})
        frames(lab)
        assert fits(lab), width
        boxes = lab.page.evaluate("""() => [...document.querySelectorAll('header.top :is(button, dl > div, fieldset, h1, .where)')]
            .filter((one) => one.checkVisibility()).map((one) => { const { left, right, top, bottom } = one.getBoundingClientRect();
                return [one.getAttribute('aria-label') ?? one.textContent, left, right, top, bottom]; })""")
        over = [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[i + 1:]
                if min(a[2], b[2]) - max(a[1], b[1]) > 1 and min(a[4], b[4]) - max(a[3], b[3]) > 1]
        assert not over, (width, over)
        assert all(box[1] >= -1 and box[2] <= width + 1 for box in boxes), (width, boxes)


def test_the_figures_of_the_curves_are_as_large_on_a_sharp_screen(people):
    sizes = []
    for factor in (1, 2):
        lab = people(device_scale_factor=factor).open()
        lab.drawn("curves")
        sizes.append(lab.page.evaluate("""async () => {
            const { default: uPlot } = await import('uplot');
            return [...document.querySelectorAll('.panel[data-panel=curves] canvas')].map((one) => one.getContext('2d').font).find((font) => font.includes('Inter')) ?? '';
        }"""))
    pixels = [float(re.search(r"([\d.]+)px", size).group(1)) for size in sizes]
    assert pixels[1] == 2 * pixels[0], sizes


def test_the_policy_of_the_page_is_strict_and_everything_comes_from_this_server(people, server):
    status, headers, body = live.get(server)
    policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";") if part.strip()}
    assert status == 200 and policy["default-src"] == ["'self'"] and policy["object-src"] == ["'none'"]
    assert not any(unsafe in words for words in policy.values() for unsafe in ("'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:")
                   if words is not policy["img-src"])
    assert not re.search(r"https?://(?!www\.w3\.org)", body.decode())
    lab = people(fresh=True).open()
    assert len(lab.requests) > 20 and all(address.startswith((server, "blob:", "data:")) for address in lab.requests)
    blocked = lab.page.evaluate("""() => new Promise((resolve) => {
        addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.broken = true';
        document.head.append(script);
    })""")
    assert blocked.startswith("script-src") and lab.page.evaluate("() => window.broken === undefined")
    lab.expected.append("Content Security Policy")
