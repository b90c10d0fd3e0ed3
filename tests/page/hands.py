"""What a person has to use a lab with: a mouse, a keyboard, or a finger on a phone; and what the guide's steps ask of them."""
import re
import time
from contextlib import contextmanager

from .test_access import TOUCH, fits

CURVE = [(0.05, 0.15), (0.3, 0.4), (0.6, 0.7), (0.95, 0.85)]       # what a hand draws, in parts of the canvas


class Mouse:
    """Presses with a mouse."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page

    def press(self, locator):
        locator.scroll_into_view_if_needed()
        locator.click()

    def choose(self, locator):
        self.press(locator)

    def draw(self, canvas):
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in CURVE]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=8)
        self.page.mouse.up()

    def hover(self, neuron):
        neuron.hover()

    def slide(self, field, value):
        self.lab.type_exact(field, value)

    def menu(self, field, title):
        """Choose from the long list of a setting, which may lie under More."""
        more = self.lab.field(field).locator("xpath=ancestor::details[not(@open)]/summary")
        while more.count():
            self.press(more.first)
        self.press(self.lab.field(field).locator("button[aria-haspopup=menu]"))
        self.press(self.lab.field(field).locator(".menu").get_by_role("menuitemradio").filter(has=self.page.locator(".menu-title").get_by_text(title, exact=True)))

    # ---- the handles of panels

    @contextmanager
    def on_stage(self):
        """The panels are in reach."""
        yield

    def pick(self, radio):
        """One of several choices side by side."""
        self.press(radio)

    def option(self, select, title):
        select.scroll_into_view_if_needed()
        select.select_option(label=title)

    def pull(self, rail, share, keys):
        """A range to this share of its rail; `keys` lead there, too."""
        rail.scroll_into_view_if_needed()
        box = rail.bounding_box()
        self.touch_at(box["x"] + 8 + (box["width"] - 16) * share, box["y"] + box["height"] / 2)

    def touch_at(self, x, y):
        self.page.mouse.click(x, y)

    def drag(self, canvas, start, end, keys):
        """Something on a canvas from one place to another, in parts of it; `keys` move it, too."""
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        (x, y), (to_x, to_y) = [(box["x"] + box["width"] * a, box["y"] + box["height"] * b) for a, b in (start, end)]
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(to_x, to_y, steps=6)
        self.page.mouse.up()


class Finger(Mouse):
    """Touches a phone; the settings lie in a sheet of their own."""

    guided = False              # whether the guide lies open over the page

    def press(self, locator):
        locator.scroll_into_view_if_needed()
        locator.tap()

    def draw(self, canvas):
        self.trace(canvas, CURVE)

    def trace(self, canvas, places):
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        session = self.page.context.new_cdp_session(self.page)
        points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": 1, "radiusX": 1, "radiusY": 1, "force": 1}
                  for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        self.page.wait_for_timeout(150)             # held still before it is lifted, so that nothing is flung
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points[-1:]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.page.wait_for_timeout(400)             # a touch right after a drag makes no click; no person is that fast

    def hover(self, neuron):
        with self.on_stage():
            neuron.scroll_into_view_if_needed()
            neuron.tap()

    def slide(self, field, value):
        with self.settings():
            self.lab.type_exact(field, value)

    def menu(self, field, title):
        with self.settings():
            super().menu(field, title)

    @contextmanager
    def settings(self):
        """The sheet of the settings is open."""
        with self.on_stage():
            self.press(self.lab.button("Settings"))
            yield
            self.press(self.lab.button("Close the settings"))

    @contextmanager
    def on_stage(self):
        """The guide lies over the page here: it is closed, and opened again afterwards."""
        if not self.guided:
            yield
            return
        self.away()
        yield
        self.back()

    def touch_at(self, x, y):
        self.page.touchscreen.tap(x, y)

    def drag(self, canvas, start, end, keys):
        self.trace(canvas, [tuple(a + (b - a) * part / 6 for a, b in zip(start, end)) for part in range(7)])

    def away(self):
        self.touch_until(self.lab.button("Close the guide"), lambda: not guide(self.lab).is_visible(), "the guide to go")
        self.guided = False

    def back(self):
        self.touch_until(self.page.locator("#guide-open"), guide(self.lab).is_visible, "the guide to come")
        self.guided = True

    def touch_until(self, locator, seen, what):
        """Touch it, once more where the first touch only ended a gesture: a busy browser may take it for one."""
        for _ in range(2):
            self.press(locator)
            until = time.monotonic() + 5
            while time.monotonic() < until:
                if seen():
                    return
                self.page.wait_for_timeout(20)
        raise AssertionError(f"waited in vain for {what}")


class Keys(Mouse):
    """Never touches a mouse: Tab leads everywhere, and what is there is pressed with its own keys."""

    def press(self, locator):
        self.reach(locator)
        self.page.keyboard.press("Enter")

    def choose(self, locator):
        first = locator.page.locator(".guide-choice input").first
        self.reach(first)
        self.page.keyboard.press("Space")
        for _ in range(6):
            if locator.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert locator.is_checked()

    def reach(self, locator):
        locator.wait_for()
        for _ in range(120):
            if locator.evaluate("(one) => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {locator}")

    def draw(self, canvas):
        summary = self.page.locator(".draw-numbers summary")
        self.press(summary)
        for label, value in (("at the start", "0.7"), ("half-way", "0.4"), ("at the end", "0.2")):
            field = self.page.locator(".draw-fields").get_by_label(label)
            self.reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(value)
            self.page.keyboard.press("Tab")

    def hover(self, neuron):
        self.reach(self.page.locator(".net-tile[tabindex='0']"))
        self.page.keyboard.press("ArrowRight")

    def slide(self, field, value):
        exact = self.lab.field(field).locator("input.exact")
        self.reach(exact)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(str(value))
        self.page.keyboard.press("Enter")

    def menu(self, field, title):
        more = self.lab.field(field).locator("xpath=ancestor::details[not(@open)]/summary")
        while more.count():
            self.press(more.first)
        self.press(self.lab.field(field).locator("button[aria-haspopup=menu]"))
        for _ in range(40):
            if self.page.evaluate("() => document.activeElement.querySelector('.menu-title')?.textContent") == title:
                return self.page.keyboard.press("Enter")
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {title} in the list of {field}")

    def pick(self, radio):
        self.reach(radio.locator("xpath=ancestor::*[@role='radiogroup'][1]").locator("[role=radio][tabindex='0']"))
        for _ in range(6):
            if radio.get_attribute("aria-checked") == "true":
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"arrow keys do not lead to {radio}")

    def option(self, select, title):
        self.reach(select)
        self.page.keyboard.type(title)

    def pull(self, rail, share, keys):
        self.reach(rail)
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, canvas, start, end, keys):
        self.pull(canvas, None, keys)


def guide(lab):
    return lab.page.locator("#guide")


def marks(lab):
    return lab.page.evaluate("async () => (await import('/guide/guide.js')).marks.peek()")


def at(lab):
    return lab.page.evaluate("async () => (await import('/guide/guide.js')).at.peek()")


def complete(lab, number):
    return lab.page.evaluate("async (number) => (await import('/guide/guide.js')).complete(number)", number)


def do_step(lab, hand, step, number, doing=None):
    """Everything a step asks for, in its order; `doing` does by hand what only this lab's panels offer."""
    here = guide(lab)
    here.get_by_role("heading", name=step["title"]).wait_for()
    predict, when = step.get("predict"), step.get("do", {}).get("when")
    if predict and "choices" in predict:
        hand.choose(here.get_by_role("radio", name=predict["choices"][0]))
        lab.wait(lambda: marks(lab)[str(number)].get("predicted") == 0, "the prediction")
        assert not here.locator(".guide-choice-said").count(), "the answer is not told before it ran"
    elif predict:
        hand.draw(here.locator(".draw-canvas"))
        lab.wait(lambda: marks(lab)[str(number)].get("predicted"), "the drawn prediction")
    if when:
        if doing:
            with hand.on_stage():
                doing(lab, hand)
                lab.wait(lambda: marks(lab)[str(number)].get("did"), f"step {number} to notice that it was done, also where the guide is closed")
        elif "played" in when:
            hand.press(lab.button("Play"))
        elif "hovered" in when:
            hand.hover(lab.panel("network").get_by_label("neuron 1 of 2, layer 1"))
        elif "setting" in when:
            hand.slide(when["setting"], when["example"])
        else:
            raise AssertionError(f"no hand knows how to do {when}")
        lab.wait(lambda: marks(lab)[str(number)].get("did"), f"step {number} to notice that it was done")
    if "check" in step:
        hand.press(here.get_by_role("button", name=re.compile("Check")))
        lab.wait(lambda: marks(lab)[str(number)].get("answer"), "the measured answer")
        answer = marks(lab)[str(number)]["answer"]
        assert answer["passed"], answer
        assert here.locator(".result").inner_text().count(step["check"]["claim"]) == 1
        if predict and "choices" in predict:
            assert here.locator(".guide-choice-said").filter(has_text="what happens" if predict["answer"] else "as you predicted").count() == 1
            assert here.get_by_role("radio", name=predict["choices"][0]).is_disabled(), "a prediction stays as it was made"
        elif predict:
            lab.wait(lambda: "on average" in here.locator(".draw-off").inner_text(), "how far off the drawing was")
    assert complete(lab, number)


def walk(lab, hand, doing=None, after=lambda number: None):
    """All steps of the open lab from the first to the last.

    doing   what is done by hand, by the number of its step
    after   called with the number of each step when all it asks for is done
    """
    steps = lab.page.evaluate("async () => (await import('/store.js')).lab.peek().steps")
    for number, step in enumerate(steps, 1):
        assert at(lab) == number and fits(lab)
        shown = lab.page.evaluate("() => [...document.querySelectorAll('.stage .panel')].map((panel) => panel.dataset.panel)")
        assert not step.get("show") or set(shown) == set(step["show"]), "what the step is about, and nothing else"
        do_step(lab, hand, step, number, (doing or {}).get(number))
        after(number)
        if number < len(steps):
            hand.press(guide(lab).get_by_role("button", name="Next", exact=True))
            lab.wait(lambda number=number: at(lab) == number + 1, "the next step")
            lab.wait(lambda: lab.page.evaluate("() => document.activeElement.className") == "guide-title", "the reader to be led on")
    assert all(complete(lab, number) for number in range(1, len(steps) + 1))


HANDS = {"mouse": (Mouse, {}), "keyboard": (Keys, {}), "touch": (Finger, TOUCH)}
