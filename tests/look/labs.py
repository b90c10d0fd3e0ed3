"""Every lab of the shelf: whole at rest and mid-run, each guided step when all it asks for is done, and a few moments besides."""
from functools import partial

from tests.labs import shelf
from tests.look.playground import trained
from tests.look.sizes import LAPTOP, PHONE, PROJECTOR, SCREEN
from tests.page.doing import DOING
from tests.page.hands import Finger, Mouse, walk

MID_RUN = 300                  # steps


def whole(lab, name, shoot, present=False):
    """All panels the lab begins with, without its guide."""
    opened(lab, f"?lab={name}", present=present)
    shoot("rest")
    trained(lab, MID_RUN)
    shoot("midrun")


def told(lab, name, shoot, present=False):
    """Its steps, done as the tests do them, with what was measured; in front of a class as they are opened."""
    if present:
        for number in range(1, len(shelf().lab(name)["steps"]) + 1):
            opened(lab, f"?lab={name}&step={number}", guided=True, present=True)
            shoot(f"step{number}")
        return
    opened(lab, f"?lab={name}", guided=True)
    hand = (Finger if lab.page.viewport_size["width"] == PHONE[0] else Mouse)(lab)
    if isinstance(hand, Finger):
        hand.back()
    shoot("guide")

    def after(number):
        if lab.state()["playing"]:                  # a picture of something that moves shows nothing twice
            lab.command("pause")
            lab.until(lambda state: not state["playing"], "training to pause")
        shoot(f"step{number}")
        if isinstance(hand, Finger):
            with hand.on_stage():
                shoot(f"step{number}-stage")

    walk(lab, hand, DOING.get(name), after)


def opened(lab, address, guided=False, present=False):
    """The lab at this address, whichever panel it begins with; `present`: in front of a class."""
    lab.page.goto("about:blank")
    lab.page.goto(lab.url + address)
    first = lab.page.locator(".panel").first
    first.wait_for()
    lab.ready(guided, first.get_attribute("data-panel"))
    if present:
        lab.page.evaluate("async () => (await import('/theme.js')).present(true)")


def to_step(lab, name, first, number, steps=0):
    """A lab at one of its guided steps, trained so far."""
    lab.open(f"?lab={name}&step={number}", guided=True, first=first)
    if steps:
        trained(lab, steps)


def landscape_path(lab):
    to_step(lab, "learning_rate", "landscape", 3, 1000)


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


def scenes():
    """(name, size, theme, what to do, whether that takes its own pictures)."""
    for name in (lab["name"] for lab in shelf().labs()):
        for act in (whole, told):
            for size, theme in ((LAPTOP, "light"), (SCREEN, "dark"), (PHONE, "light"), (PROJECTOR, "light")):
                yield f"{name}-{size[0]}-{theme}" + ("-projector" if size is PROJECTOR else ""), size, theme, partial(act, name=name, present=size is PROJECTOR), True
    for act in (landscape_path, warmed_up, race_run, race_bananas):
        for size, theme in ((LAPTOP, "light"), (SCREEN, "dark"), (PHONE, "light")):
            yield f"{act.__name__.replace('_', '-')}-{size[0]}-{theme}", size, theme, act, False
