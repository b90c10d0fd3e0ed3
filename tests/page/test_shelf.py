"""The home page and the addresses of the labs: found, opened, left and come back to, by mouse, keys and fingers."""
import json
import re

import pytest

from tests.live import get

from .conftest import DESKTOP, PHONE
from .test_access import LOOKS, axe, fits

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
BROKEN = r"broken.toml: .*batch_size: expected a whole number"


@pytest.fixture
def shelf(people, school):
    """The shelf of the school, with its labs on it."""
    return on_shelf(people(school))


def on_shelf(lab, address=""):
    lab.page.goto(lab.url + address)
    return standing(lab)


def standing(lab):
    lab.page.locator(".lab-card").first.wait_for()
    return lab


def link(lab, title):
    return lab.page.get_by_role("link", name=title, exact=True)


def at(lab, name):
    """Whether the address is this lab's, whatever step of it."""
    return re.search(rf"/\?lab={name}(&step=\d+)?$", lab.page.url) is not None


def titles(lab):
    return lab.page.locator(".lab-link").all_inner_texts()


def enter(lab, title):
    link(lab, title).click()
    return lab.ready()


def home(lab):
    lab.page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Labs").click()
    return standing(lab)


def sockets(lab):
    """Every socket this page opens from now on; gives the list of those that are open."""
    opened = []
    lab.page.on("websocket", lambda socket: opened.append(socket))
    return lambda: [one for one in opened if not one.is_closed()]


def test_the_labs_stand_in_teaching_order_with_all_there_is_to_say(shelf, school):
    said = json.loads(get(school + "api/labs")[2])
    assert titles(shelf) == [one["title"] for one in said["labs"]] and said["labs"] == sorted(said["labs"], key=lambda one: one["order"])
    assert titles(shelf)[-3:] == ["Rings", "Two moons", "Seven rates"] and shelf.page.title() == "Neural Playground"
    card = shelf.page.locator(".lab-card").filter(has=link(shelf, "Rings"))
    for words in ("Can a line go round?", "11 min", "3 steps"):
        assert words in card.inner_text()
    assert re.search(BROKEN, shelf.page.locator(".shelf-problems").inner_text())


def test_every_miniature_is_a_measurement(shelf, school):
    for card in shelf.page.locator(".lab-card").all():
        card.scroll_into_view_if_needed()
        card.locator('.miniature[data-ready="true"] canvas').wait_for()
        assert re.search(r"\d steps", card.locator(".miniature-words").inner_text())
    from server.frames import decode_frame
    frame = decode_frame(get(school + "api/labs/rates/miniature")[2])
    lanes = [part for part in frame["parts"] if part["probe"] == "curves"]
    slow, fast = lanes[1]["arrays"]["loss"], lanes[0]["arrays"]["loss"]
    assert len(lanes) == 4 and slow[0] == pytest.approx(fast[0], rel=1e-5) and fast[-1] < 0.5 * slow[-1]
    status, headers, _ = get(school + "api/labs/rings/miniature")
    assert status == 200 and get(school + "api/labs/rings/miniature", **{"If-None-Match": headers["etag"]})[0] == 304
    assert get(school + "api/labs/nothing/miniature")[0] == 400


def test_typing_finds_and_enter_opens(shelf):
    shelf.page.keyboard.press("/")
    shelf.page.keyboard.type("too fa")
    shelf.wait(lambda: titles(shelf) == ["Seven rates"], "one lab")
    shelf.page.keyboard.press("Escape")
    shelf.wait(lambda: len(titles(shelf)) > 3, "all labs again")
    shelf.page.keyboard.type("nothing at all")
    shelf.page.get_by_text("No lab has these words.").wait_for()
    shelf.button("Show all labs").click()
    shelf.page.get_by_role("searchbox", name="Find a lab").fill("moon")
    shelf.page.keyboard.press("Enter")
    shelf.ready()
    assert at(shelf, "moons") and shelf.config()["data"]["name"] == "moons"


def test_arrow_keys_walk_over_the_cards(shelf):
    shelf.page.get_by_role("searchbox").press("ArrowDown")
    focused = lambda: shelf.page.evaluate("() => document.activeElement.textContent")                  # noqa: E731
    all_titles = titles(shelf)
    assert focused() == all_titles[0]
    for key, title in (("ArrowRight", all_titles[1]), ("End", all_titles[-1]), ("Home", all_titles[0]), ("ArrowLeft", all_titles[0])):
        shelf.page.keyboard.press(key)
        assert focused() == title
    shelf.page.keyboard.press("ArrowDown")
    below = shelf.page.evaluate("() => document.activeElement.getBoundingClientRect().top")
    shelf.page.keyboard.press("ArrowUp")
    assert focused() == all_titles[0] and below > shelf.page.evaluate("() => document.activeElement.getBoundingClientRect().top")
    shelf.page.keyboard.press("ArrowUp")
    assert shelf.page.evaluate("() => document.activeElement.type") == "search"
    shelf.page.keyboard.press("ArrowDown")
    shelf.page.keyboard.press("End")
    shelf.page.keyboard.press("Enter")
    shelf.ready()
    assert at(shelf, "rates")


def test_labs_are_switched_without_a_reload_and_each_keeps_its_session(shelf):
    shelf.page.evaluate("() => { window.sameDocument = true; }")
    enter(shelf, "Rings")
    assert shelf.page.title() == "Rings · Neural Playground"
    shelf.play_until(lambda: shelf.shown_step() > 20, "some steps")
    shelf.change({"optimizer.learning_rate": 0.125})
    here, rings = shelf.state(), shelf.token()
    home(shelf)
    assert shelf.page.title() == "Neural Playground"
    enter(shelf, "Two moons")
    moons = shelf.token()
    assert moons != rings and shelf.state()["step"] == 0 and shelf.config()["optimizer"]["learning_rate"] == 0.03
    shelf.page.go_back()
    standing(shelf)
    shelf.page.go_back()
    shelf.ready()
    assert at(shelf, "rings") and shelf.token() == rings
    assert shelf.state()["step"] == here["step"] and shelf.config() == here["config"]
    shelf.page.go_forward()
    standing(shelf)
    shelf.page.go_forward()
    shelf.ready()
    assert shelf.token() == moons and shelf.page.title() == "Two moons · Neural Playground"
    assert shelf.page.evaluate("() => window.sameDocument")
    shelf.page.reload()
    shelf.ready()
    assert shelf.token() == moons and shelf.page.url.endswith("?lab=moons")


def test_nothing_is_measured_or_trained_while_the_shelf_is_seen(people, school):
    lab = people(school)
    opened = sockets(lab)
    on_shelf(lab)
    assert not opened(), "the shelf opens no socket"
    enter(lab, "Rings")
    lab.play()
    lab.wait(lambda: lab.shown_step() > 20, "some steps")
    with lab.beside() as other:
        home(lab)
        lab.wait(lambda: not opened(), "the socket to be closed")
        other.until(lambda found: found.get("event") == "state" and not found["state"]["playing"])
    left = lab.page.evaluate("""async () => [(await import('/stage.js')).subscriptions.streams.size, (await import('/stage.js')).all.peek().length,
        document.querySelectorAll('.panel').length, (await import('/store.js')).state.peek()]""")
    assert left == [0, 0, 0, None]


def test_leaving_and_coming_back_leaves_no_panels_behind(shelf):
    """Views of panels that were not unmounted would still follow the theme: count what a change of theme draws."""
    def watchers():
        return shelf.page.evaluate("""async () => { let count = 0; const real = CanvasRenderingContext2D.prototype.clearRect;
            CanvasRenderingContext2D.prototype.clearRect = function (...args) { count += 1; return real.apply(this, args); };
            document.documentElement.dataset.probe = String(Math.random());
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
            CanvasRenderingContext2D.prototype.clearRect = real; return count; }""")
    enter(shelf, "Rings")
    shelf.drawn("surface")
    before = watchers()
    for _ in range(3):
        home(shelf)
        enter(shelf, "Rings")
        shelf.drawn("surface")
    assert 0 < watchers() <= before + 2


def test_the_last_lab_is_offered_first_with_how_far_one_came(shelf):
    assert shelf.page.locator(".continue").count() == 0
    enter(shelf, "Rings")
    shelf.page.evaluate("async () => { const { did, reached } = await import('/shelf/progress.js'); did('rings', 1); did('rings', 2); reached('rings', 3); }")
    home(shelf)
    offered = shelf.page.locator(".continue")
    assert offered.inner_text().split("\n") == ["Continue: Rings", "Step 3 of 3"]
    assert "2 of 3 steps done" in shelf.page.locator(".lab-card").filter(has=link(shelf, "Rings")).inner_text()
    shelf.page.reload()
    standing(shelf)
    offered.click()
    shelf.ready()
    assert at(shelf, "rings")


@pytest.mark.parametrize("kept", ["nonsense", "{}", '{"labs": 3}', '{"last": 4, "labs": {"rings": {"done": ["x", -1, 1e9], "at": "y"}}}'])
def test_nonsense_in_the_browsers_memory_does_no_harm(people, school, kept):
    lab = people(school, fresh=True)
    lab.page.add_init_script(f"localStorage.setItem('progress', {json.dumps(kept)})")
    on_shelf(lab)
    assert "3 steps" in lab.page.locator(".lab-card").filter(has=link(lab, "Rings")).inner_text()


def test_a_link_names_its_lab_and_opens_there(shelf, people, school):
    enter(shelf, "Two moons")
    shelf.change({"batch_size": 8})
    shelf.until(lambda state: state["config"]["batch_size"] == 8, "the batch size")
    shelf.button("Share").click()
    field = shelf.page.get_by_role("textbox", name="Link")
    shelf.wait(lambda: "#s1." in field.input_value(), "the link")
    address = field.input_value()
    assert address.startswith(school + "?lab=moons#s1.")
    for shared in (address, address.replace("?lab=moons", "")):       # also one of the time before labs had addresses
        other = people(school)
        other.page.goto(shared)
        other.ready()
        assert other.config()["batch_size"] == 8 and other.config()["data"]["name"] == "moons"
        assert "?lab=moons#s1." in other.page.url and other.page.title().startswith("Two moons")
        other.change({"batch_size": 16})
        token = other.token()
        other.page.reload()
        other.ready()
        assert other.token() == token and other.config()["batch_size"] == 16


def test_a_link_pasted_into_a_page_of_the_same_lab_is_opened(shelf, people, school):
    enter(shelf, "Rings")
    shelf.change({"batch_size": 8})
    address = shelf.page.evaluate("async () => (await import('/share.js')).makeLink([])")
    other = people(school)
    on_shelf(other)
    enter(other, "Rings")
    other.page.evaluate("(hash) => { location.hash = hash; }", address.split("#")[1])
    other.until(lambda state: state is not None and state["config"]["batch_size"] == 8, "the link's setting")


def test_an_unknown_lab_says_so_and_leads_home(people, school):
    lab = people(school)
    lab.page.goto(school + "?lab=nowhere")
    lab.page.get_by_role("alert").get_by_text("rings").wait_for()
    lab.page.get_by_role("link", name="All labs").last.click()
    standing(lab)
    assert lab.page.url == school


def test_a_server_that_is_away_is_waited_for(people, school):
    lab = people(school)
    lab.expected += ["ERR_FAILED", "Failed to load resource"]
    lab.page.route("**/api/labs", lambda route: route.abort())
    lab.page.goto(school)
    lab.page.get_by_text("The server does not answer.").wait_for()
    lab.page.unroute("**/api/labs")
    standing(lab)


def test_keys_of_the_training_do_nothing_on_the_shelf_and_p_presents(shelf):
    shelf.page.locator("h2").first.click()
    for key in (" ", "r", "ArrowRight", "Control+z"):
        shelf.page.keyboard.press(key)
    assert shelf.page.locator(".line").count() == 0
    shelf.page.keyboard.press("p")
    assert shelf.page.evaluate("() => document.documentElement.dataset.present") == ""
    shelf.page.keyboard.press("Escape")
    shelf.page.keyboard.press("?")
    shelf.page.get_by_role("dialog", name="Keys").wait_for()


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 1920, "height": 1080}], ids=["1280", "390", "1920"])
def test_everyone_can_use_the_shelf(people, school, size):
    lab = people(school, fresh=True, viewport=size, bypass_csp=True)
    lab.page.add_init_script("localStorage.setItem('progress', JSON.stringify({ last: 'rings', labs: { rings: { done: [1], at: 2 } } }))")
    on_shelf(lab)
    for look in LOOKS:
        lab.dress(look)
        axe(lab, f"the shelf, {look}")
        assert fits(lab)
        least = lab.page.evaluate("""() => Math.min(...[...document.querySelectorAll('.shelf *')].filter((one) => one.childNodes.length
            && one.firstChild.nodeType === 3 && one.firstChild.textContent.trim()).map((one) => parseFloat(getComputedStyle(one).fontSize)))""")
        assert least >= 11
    enter(lab, "Rings")
    for look in LOOKS:
        lab.dress(look)
        axe(lab, f"a lab from the shelf, {look}")
        assert fits(lab)


def test_fingers_open_a_lab_and_come_home(people, school):
    lab = on_shelf(people(school, **TOUCH))
    lab.page.locator(".lab-card").filter(has=link(lab, "Rings")).tap(position={"x": 40, "y": 40})
    lab.ready()
    box = lab.page.get_by_role("link", name="All labs").bounding_box()
    assert box["width"] >= 24 and box["height"] >= 24
    lab.page.get_by_role("link", name="All labs").tap()
    standing(lab)
