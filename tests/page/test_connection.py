"""The server goes and comes back: the page waits, says so, and finds its session."""
import time

import pytest

from tests import live

from .conftest import compiled

# What a browser writes into its console of its own accord while nobody answers.
NOBODY_THERE = ("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "data", live.free_port()


def kept(folder):
    """When the newest checkpoint was written."""
    return max((file.stat().st_mtime_ns for file in (folder / "sessions").rglob("*") if file.is_file()), default=0)


def settled(folder):
    """Whether no checkpoint was written of late: everything that was to be kept is kept."""
    return time.time_ns() - kept(folder) > 6e9


def address(port):
    return f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize("playing", [False, True], ids=["paused", "in training"])
def test_the_page_comes_back_by_itself_after_the_server_was_killed(people, home, playing):
    lab = people(address(home[1]))
    lab.expected += NOBODY_THERE
    with compiled(*home) as child:
        lab.open()
        lab.type_exact("optimizer.learning_rate", "0.02")
        lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.02, "the rate")
        before = kept(home[0])
        lab.play_until(lambda: lab.shown_step() > 200 and kept(home[0]) > before, "some steps and a checkpoint")
        lab.wait(lambda: settled(home[0]), "the checkpoint of the pause")
        if playing:
            before = kept(home[0])
            lab.play()
            lab.wait(lambda: kept(home[0]) > before, "a checkpoint of the training")
        here, token = lab.state(), lab.token()
        weights = None if playing else lab.parameters()
        child.kill()
        lab.page.get_by_text("Reconnecting").wait_for()
    with live.process(*home):
        lab.wait(lambda: lab.page.evaluate("async () => (await import('/store.js')).connection.peek()") == "open", "the page to come back")
        state = lab.until(lambda state: state["step"] >= here["step"] and state["playing"] == playing,
                          f"the session as it was at step {here['step']}, {playing=}; it is {lab.state()['step']}, {lab.state()['playing']}")
        assert state["config"] == here["config"]
        lab.page.get_by_text("Reconnecting").wait_for(state="detached")
        if not playing:
            assert lab.token() == token and state["step"] == here["step"]
            for name, values in lab.parameters().items():
                assert (values == weights[name]).all(), name
        before = lab.shown_step()
        if not playing:
            lab.play()
        lab.wait(lambda: lab.shown_step() > before, "training to go on")
        lab.drawn("surface")


def test_a_server_that_ends_says_so(people, home):
    lab = people(address(home[1]))
    lab.expected += NOBODY_THERE
    with compiled(*home) as child:
        lab.open()
        lab.play()
        lab.wait(lambda: lab.shown_step() > 20, "some steps")
        child.send_signal(live.TERMINATE)
        lab.page.get_by_text("The page comes back by itself.").wait_for()
        live.wait_for(lambda: child.poll() is not None)
    with live.process(*home):
        lab.wait(lambda: lab.page.evaluate("async () => (await import('/store.js')).connection.peek()") == "open", "the page to come back")
        before = lab.shown_step()
        if not lab.state()["playing"]:
            lab.play()
        lab.wait(lambda: lab.shown_step() > before, "training to go on")


def test_a_reload_finds_the_session_and_a_second_tab_begins_its_own(lab, people):
    lab.play_until(lambda: lab.shown_step() > 20, "some steps")
    here, token = lab.state(), lab.token()
    lab.page.reload()
    lab.ready()
    assert lab.token() == token and lab.state()["step"] == here["step"]
    lab.wait(lambda: lab.shown_step() == here["step"], "the step in the head")
    assert people().open().token() != token


def test_two_pages_of_one_session_show_the_same(lab):
    with lab.beside() as other:
        other.do("set", changes={"optimizer.learning_rate": 0.125})
        lab.wait(lambda: lab.page.get_by_label("Learning rate, exact value").input_value() == "0.125", "the other page's rate")


def test_what_is_being_typed_stays_when_something_else_changes(lab):
    field = lab.page.get_by_label("Learning rate, exact value")
    field.click()
    lab.page.keyboard.type("0.5")
    with lab.beside() as other:
        other.do("set", changes={"batch_size": 16})
    lab.until(lambda state: state["config"]["batch_size"] == 16, "the other change")
    lab.wait(lambda: lab.page.get_by_label("Batch size, exact value").input_value() == "16", "the other field")
    assert field.input_value() == "0.5"
    field.press("Enter")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.5, "what was typed")


def test_a_hidden_tab_gets_no_pictures_but_trains_on(lab):
    lab.play()
    lab.wait(lambda: lab.shown_step() > 20, "some steps")
    lab.page.evaluate("""() => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange')); }""")
    lab.command("visible", {"on": False})
    here = lab.shown_step()
    with lab.beside() as other:
        other.do("subscribe", key="n", probe="network", rate=20)
        other.until(lambda found: found.get("step", 0) > here + 2000)
    lab.page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
    lab.wait(lambda: lab.shown_step() > here + 2000, "the present again")
