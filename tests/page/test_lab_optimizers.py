"""The race as people meet it: dropping, playing, scrubbing, turning, by mouse, keyboard and touch; what is shown is what the engine says."""
import pytest

from engine import Run

from .conftest import DESKTOP, PHONE
from .hands import guide
from .lab import number
from .test_access import LOOKS, TOUCH, axe, fits

ADDRESS = "?lab=optimizers"


def opened(people, guided=False, **options):
    return people(**options).open(ADDRESS, guided=guided, first="race")


def options(lab):
    """What the panel was set to."""
    return lab.page.evaluate("async () => (await import('/stage.js')).all.peek().find(({ name }) => name === 'race').options.peek()")


def race(lab):
    return lab.panel("race")


def board(lab):
    """The scoreboard's lines as texts."""
    return [row.split("\t") for row in race(lab).locator(".race-board tbody tr").all_inner_texts()]


def engines_race(lab, **changed):
    """The race the panel shows, run here."""
    asked = {**options(lab), **changed}
    asked["optimizers"] = asked.pop("racers")
    return Run(lab.config()).probe("race", asked)


def shown_number(text):
    """A number of the board; what is tiny is told by its power of ten."""
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return 10.0 ** int(text[2:].translate(powers)) if text.startswith("10") and not text[2:3].isascii() else number(text)


def at_end(lab):
    """Wait until the last step is shown, and its numbers."""
    scrub = race(lab).locator(".race-scrub")
    lab.wait(lambda: scrub.evaluate("(one) => one.max > 0 && one.value === one.max"), "the end of the race")
    lab.wait(lambda: any(char.isdigit() for char in board(lab)[0][1]), "numbers on the board")


def test_the_board_says_what_the_engine_says(people):
    lab = opened(people)
    at_end(lab)
    found = engines_race(lab)
    for row, racer in zip(board(lab), found["racers"]):
        assert row[3] == (str(racer["reached"]) if racer["reached"] is not None else "–")
        told = shown_number(row[2])
        assert told == pytest.approx(racer["distance"], rel=0.06) or told <= racer["distance"] < 10 * told < 0.01
    scrub = race(lab).locator(".race-scrub")
    scrub.focus()
    lab.page.keyboard.press("Home")
    lab.wait(lambda: race(lab).locator(".race-at").inner_text() == "step 0 of 300", "the start")
    lab.wait(lambda: all(number(row[1]) == pytest.approx(found["0.value"][0], rel=0.06) for row in board(lab)), "all at one height")
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    lab.wait(lambda: race(lab).locator(".race-at").inner_text() == "step 3 of 300", "three steps on")
    lab.wait(lambda: number(board(lab)[3][1]) == pytest.approx(found["3.value"][3], rel=0.06), "Adam's height there")
    assert lab.state()["step"] == 0, "arrow keys of the race step no training"


@pytest.mark.parametrize("by", ["mouse", "keyboard", "touch"])
def test_all_are_dropped_where_one_points(people, by):
    lab = opened(people, **(TOUCH if by == "touch" else {}))
    at_end(lab)
    canvas = race(lab).locator("canvas[tabindex]").first
    canvas.scroll_into_view_if_needed()
    if by == "keyboard":
        canvas.focus()
        lab.page.keyboard.press("ArrowRight")
        lab.page.keyboard.press("Shift+ArrowUp")
    else:
        box = canvas.bounding_box()
        place = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3
        (lab.page.mouse.click if by == "mouse" else lab.page.touchscreen.tap)(*place)
    lab.wait(lambda: options(lab)["start"] != [-2.6, 0.3], "another start")
    x, y = options(lab)["start"]
    assert (x, y) == (pytest.approx(-2.45, abs=0.02), pytest.approx(1.05, abs=0.02)) if by == "keyboard" else x > 0 and y > 0
    at_end(lab)
    found = engines_race(lab)
    lab.wait(lambda: [row[3] for row in board(lab)] == [str(one["reached"]) if one["reached"] is not None else "–" for one in found["racers"]], "the new race")


def test_turning_surfaces_settings_and_racers(people):
    lab = opened(people)
    at_end(lab)
    panel = race(lab)
    panel.get_by_label("angle").focus()
    lab.page.keyboard.press("End")
    lab.wait(lambda: options(lab)["landscape"]["angle"] == 90 and options(lab)["start"] == [-0.3, -2.6], "the angle, and the start with it")
    panel.get_by_role("button", name="Adam", exact=True).click()
    panel.get_by_label("learning rate").focus()
    before = options(lab)["racers"][3]["learning_rate"]
    lab.page.keyboard.press("ArrowRight")
    lab.wait(lambda: options(lab)["racers"][3]["learning_rate"] > before, "Adam's rate")
    panel.get_by_label("Surface", exact=True).select_option(label="Rosenbrock's banana")
    lab.wait(lambda: options(lab)["landscape"]["name"] == "rosenbrock" and options(lab)["racers"][0]["learning_rate"] == 0.001, "a rate that suits it")
    panel.get_by_label("Add an optimizer").select_option(label="Lion")
    lab.wait(lambda: len(board(lab)) == 5 and board(lab)[4][0].strip() == "Lion", "Lion on the board")
    assert "Sophia-G" not in panel.get_by_label("Add an optimizer").inner_text()
    panel.get_by_role("button", name="Take Lion out").click()
    lab.wait(lambda: len(board(lab)) == 4, "Lion gone")


def test_a_race_plays_from_its_start_where_motion_is_welcome(people):
    lab = opened(people, reduced_motion="no-preference")
    shown = race(lab).locator(".race-at")
    lab.wait(lambda: shown.inner_text(), "the first step")
    seen = set()
    lab.wait(lambda: (seen.add(shown.inner_text()), len(seen) > 5)[1], "several steps on the way")
    if race(lab).get_by_role("button", name="Pause").count():
        race(lab).get_by_role("button", name="Pause").click()
    race(lab).get_by_role("button", name="Play").click()
    race(lab).get_by_role("button", name="Pause").wait_for()
    at_end(lab)
    race(lab).get_by_role("button", name="Play").wait_for()


def test_what_the_steps_ask_of_the_race_is_shown_by_the_guide(people):
    lab = opened(people, guided=True)
    here = guide(lab)
    here.get_by_role("button", name="Step 2: Turn the ravine").click()
    here.get_by_role("button", name="Show me").click()
    lab.wait(lambda: options(lab).get("landscape", {}).get("angle") == 45, "the ravine turned")
    here.get_by_role("button", name="Step 3: Where Adam fails").click()
    here.get_by_role("button", name="Show me").click()
    lab.wait(lambda: options(lab)["landscape"]["name"] == "adam_fails" and options(lab)["steps"] == 1500, "the surface")
    assert race(lab).get_by_label("Surface", exact=True).input_value() == "adam_fails"
    at_end(lab)
    assert shown_number(board(lab)[3][2]) == pytest.approx(engines_race(lab)["racers"][3]["distance"], rel=0.06)


@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 1920, "height": 1080}], ids=lambda size: str(size["width"]))
def test_axe_finds_nothing_in_the_race(people, size):
    lab = opened(people, viewport=size, bypass_csp=True)
    for look in LOOKS:
        lab.dress(look)
        at_end(lab)
        assert fits(lab)
        axe(lab, f"{look} {size['width']}")
