"""Links, files out and in, own tables: what leaves the page can be used elsewhere and comes back the same."""
import ast
import csv
import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from server import instance
from tests import live

from .conftest import compiled, missing
from .lab import twin

PLANTS = "width,height,kind\n" + "\n".join(f"{1 + k % 7 * 0.1:.1f},{(k * 37 % 50) / 10},{'leaf' if k % 2 else 'stem'}" for k in range(60)) + "\n"
COMMAS = "größe;wert\n" + "\n".join(f"{k},5;{k * 2},25" for k in range(40)) + "\n"


def share(lab):
    lab.button("Share").click()
    lab.page.get_by_role("dialog").wait_for()


def link(lab):
    field = lab.page.get_by_role("textbox", name="Link")
    lab.wait(lambda: "#s1." in field.input_value(), "the link")
    return field.input_value()


def download(lab, name):
    """The bytes of a file the share dialog saves."""
    with lab.page.expect_download() as caught:
        lab.page.locator(".file-button", has_text=name).click()
    with open(caught.value.path(), "rb") as file:
        return caught.value.suggested_filename, file.read()


def choose(lab, button, name, content):
    """Open a file through a button."""
    with lab.page.expect_file_chooser() as caught:
        button.click()
    caught.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def test_a_link_opens_the_same_setting_for_another_person_and_hides_what_was_unticked(lab, people):
    lab.type_exact("optimizer.learning_rate", "0.007")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.007, "the rate")
    lab.button("Remove layer 2").click()
    lab.until(lambda state: state["config"]["model"]["hidden"] == [8], "one layer")
    share(lab)
    before = link(lab)
    lab.page.get_by_text("Choose what students see").click()
    lab.page.locator(".hiding").get_by_label("Optimizer", exact=True).uncheck()
    lab.wait(lambda: link(lab) != before, "a link that hides")
    address = link(lab)
    assert address.startswith(lab.url) and lab.token() not in address

    other = people().open(address.removeprefix(lab.url))
    assert other.config() == lab.config() and other.token() != lab.token()
    assert other.field("optimizer.name").count() == 0 and other.field("optimizer.learning_rate").count() == 1
    for name, values in lab.parameters().items():          # those that the smaller network kept of the larger one
        np.testing.assert_array_equal(other.parameters()[name], values)
    other.forward()
    other.page.reload()
    other.ready()
    assert other.state()["step"] == 1, "a reload of the same link finds its session"


def test_a_link_from_a_trained_run_opens_where_it_stands_with_what_was_changed_on_the_way_or_from_the_start(lab, people):
    for _ in range(3):
        lab.forward()
    lab.type_exact("optimizer.learning_rate", "0.01")
    lab.until(lambda state: state["config"]["optimizer"]["learning_rate"] == 0.01, "the rate to change on the way")
    for _ in range(4):
        lab.forward()
    share(lab)
    assert lab.page.get_by_role("radio", name="As it stands, at step 7").is_checked()
    standing = link(lab)
    lab.page.get_by_role("radio", name="From the start").check()
    lab.wait(lambda: link(lab) != standing, "the other link")
    start = link(lab)

    same = people().open(standing.removeprefix(lab.url))
    same.until(lambda state: state["step"] == 7, "the step of the link")
    anew = people().open(start.removeprefix(lab.url))
    assert anew.state()["step"] == 0 and same.config() == anew.config() == lab.config()
    first = twin(lab.config())
    for name, values in lab.parameters().items():
        np.testing.assert_array_equal(same.parameters()[name], values)
        np.testing.assert_array_equal(anew.parameters()[name], first.parameters[name])
    same.forward()
    lab.page.keyboard.press("Escape")
    lab.forward()
    for name, values in lab.parameters().items():
        np.testing.assert_array_equal(same.parameters()[name], values)
    while same.state()["step"]:
        same.back()
    for name, values in same.parameters().items():
        np.testing.assert_array_equal(values, first.parameters[name])


@pytest.mark.parametrize("hash, words", [("#s1.AAAA", "damaged"), ("#s1.q1bKSy0qzszPU7JSqgUA", "damaged"), ("#s9.abc", "another version"),
                                         ("#whatever", None), ("#" + "x" * 5000, None), ("#s1." + "A" * 3000, "damaged")])
def test_a_broken_link_opens_the_lab_and_says_so(people, hash, words):
    lab = people()
    if not words:                                     # no link at all: the shelf
        lab.page.goto(lab.url + hash)
        lab.page.locator(".lab-card").first.wait_for()
        return
    lab.open(hash)
    assert lab.config()["data"]["name"] == "spiral"
    lab.page.locator(".line").get_by_text(words).wait_for()


def test_a_link_with_a_hopeless_setting_says_so(lab, people):
    address = lab.page.evaluate("""async () => {
        const { pack } = await import('/link.js');
        return pack({ config: { data: { name: 'no such data' }, model: { name: 'mlp', hidden: [1e9] } }, hide: [{}, 7], panels: ['x', 3] });
    }""")
    other = people()
    other.open("#" + address)
    other.page.locator(".line-warning").get_by_text("hidden").wait_for()
    assert other.config()["data"]["name"] == "spiral"


def pasted(lab):
    """What the clipboard holds, seen by pasting it into a page of its own."""
    page = lab.page.context.new_page()
    page.set_content("<textarea></textarea>")
    page.locator("textarea").focus()
    page.keyboard.press("Control+v")
    value = page.locator("textarea").input_value()
    page.close()
    return value


def test_copying_works_where_the_browser_offers_no_clipboard(people):
    lab = people(fresh=True)
    lab.page.add_init_script("""Object.defineProperty(window, 'isSecureContext', { get: () => false });
        Object.defineProperty(navigator, 'clipboard', { get: () => undefined });""")
    lab.open()
    share(lab)
    address = link(lab)
    lab.button("Copy").click()
    lab.button("Copied").wait_for()
    assert pasted(lab) == address


def test_a_classroom_on_plain_http_gets_everything(people, tmp_path):
    address = instance.lan_address("0.0.0.0")
    if address is None:
        pytest.skip("this machine has no network address of its own")
    port = live.free_port()
    with compiled(tmp_path, port, "--host", "0.0.0.0"):
        lab = people(f"http://{address}:{port}/")
        lab.expected.append("Cross-Origin-Opener-Policy")      # which browsers heed on https only, and say so
        lab.open()
        assert lab.page.evaluate("() => isSecureContext") is False
        lab.play_until(lambda: lab.shown_step() > 20, "training")
        share(lab)
        wanted = link(lab)
        lab.button("Copy").click()
        lab.button("Copied").wait_for()
        assert pasted(lab) == wanted


def test_a_setting_is_saved_to_a_file_and_opened_from_it(lab, people):
    lab.type_exact("batch_size", "17")
    lab.until(lambda state: state["config"]["batch_size"] == 17, "the batch size")
    share(lab)
    name, content = download(lab, "Setting")
    assert name.endswith(".json") and json.loads(content)["config"]["batch_size"] == 17
    other = people().open()
    share(other)
    choose(other, other.button("Setting …"), name, content)
    other.until(lambda state: state["config"] == lab.config(), "the same setting")
    other.expected.append("400 (Bad Request)")
    share(other)
    choose(other, other.button("Setting …"), "bad.json", b"{nonsense")
    other.page.locator(".line-warning").wait_for()
    assert other.config() == lab.config()


def test_the_saved_setting_trains_on_the_command_line(lab, tmp_path):
    state = lab.play_until(lambda: lab.shown_step() > 10, "a few steps")
    share(lab)
    _, content = download(lab, "Setting")
    file = tmp_path / "setting.json"
    file.write_bytes(content)
    done = subprocess.run([sys.executable, "-m", "server", "train", str(file), "--steps", str(state["step"])], cwd=live.ROOT,
                          capture_output=True, text=True, timeout=live.PATIENCE * 5)
    final = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0 and final["loss_train"] == twin(state["config"], state["step"]).metrics()["loss_train"]


def test_weights_go_out_and_come_back(lab):
    lab.play_until(lambda: lab.shown_step() > 20, "a few steps")
    share(lab)
    name, content = download(lab, "Weights")
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        kept = {key: found[key] for key in found.files}
    assert name.endswith(".npz") and kept["layer1.weight"].shape == (2, 8)
    lab.page.keyboard.press("Escape")
    lab.button("Restart from new weights").click()
    lab.until(lambda state: state["step"] == 0, "the start")
    share(lab)
    choose(lab, lab.button("Weights …"), name, content)
    lab.wait(lambda: np.array_equal(lab.parameters()["layer1.weight"], kept["layer1.weight"]), "the weights of the file")
    for key, values in lab.parameters().items():
        np.testing.assert_array_equal(values, kept[key])
    lab.expected.append("400 (Bad Request)")
    share(lab)
    choose(lab, lab.button("Weights …"), "bad.npz", b"PK nonsense")
    lab.page.locator(".line-warning").wait_for()


def test_the_history_is_a_table(lab):
    state = lab.play_until(lambda: lab.shown_step() > 50, "a few steps")
    share(lab)
    name, content = download(lab, "History")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert name.endswith(".csv") and int(rows[-1]["step"]) == state["step"] and int(rows[0]["step"]) == 0
    assert float(rows[-1]["loss_train"]) == pytest.approx(twin(state["config"], state["step"]).metrics()["loss_train"], rel=1e-5)


def test_the_picture_is_a_png_with_something_on_it(lab):
    lab.drawn("surface")
    share(lab)
    name, content = download(lab, "Picture")
    assert name.endswith(".png") and content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 20_000


def test_the_pytorch_script_runs(lab, tmp_path):
    for _ in range(3):
        lab.forward()
    share(lab)
    name, content = download(lab, "PyTorch script")
    assert name.endswith(".py")
    ast.parse(content)
    try:
        import torch  # noqa: F401
    except ImportError:
        missing("PyTorch is not installed: pip install torch")
    file = tmp_path / name
    file.write_bytes(content)
    done = subprocess.run([sys.executable, str(file)], cwd=tmp_path, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    assert "step 3: loss" in done.stdout and "test:" in done.stdout, done.stdout


def give_table(lab, text):
    """Paste a table into the dialog."""
    if lab.page.get_by_role("dialog").count() == 0:
        lab.button("Own data …").click()
    lab.page.locator("#pasted").fill(text)
    lab.page.locator("#pasted").blur()


def test_own_data_is_shown_asked_about_and_trained_on(lab):
    give_table(lab, PLANTS)
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_text("60 rows, 3 columns").wait_for()
    lab.button("Train on it").click()
    state = lab.until(lambda state: state["config"]["data"]["name"] == "csv", "the own data")
    assert state["data"]["columns"] == ["width", "height"] and set(state["data"]["classes"]) == {"leaf", "stem"}
    lab.drawn("surface")
    lab.play_until(lambda: lab.shown_step() > 20, "training on it")
    lab.button("Own data …").click()
    choose(lab, lab.button("Choose a file …"), "komma.csv", COMMAS.encode())
    dialog.get_by_text("40 rows, 2 columns").wait_for()
    lab.page.get_by_role("radio", name="Predict größe").click()
    lab.button("Train on it").click()
    state = lab.until(lambda state: state["data"]["columns"] == ["wert"], "the other column as input")
    assert state["data"]["task"] == "regression"


HOPELESS = ["a,b\n", "only one line of words", "a,b\nx,y\nz,w\n" * 2 + '"', "\x00\x01\x02,\x03\n" * 4,
            "a,a\n" + "1,\n" * 30, "id,name\n" + "\n".join(f"{k},person {k}" for k in range(40))]


def test_hopeless_tables_are_refused_with_words_and_change_nothing(lab):
    before, dialog = lab.config(), lab.page.get_by_role("dialog")
    for text in HOPELESS:
        give_table(lab, text)
        lab.wait(lambda: dialog.locator(".banner[role=alert], .found-head").count() > 0 and lab.page.evaluate(
            "async () => !(await import('/owndata.js')).busy.peek()"), "an answer")
        if dialog.locator(".banner[role=alert]").count():
            assert len(dialog.locator(".banner[role=alert]").inner_text()) > 20, text
            assert lab.button("Train on it").count() == 0, text
        if lab.button("Another table").count():
            lab.button("Another table").click()
        lab.page.keyboard.press("Escape")
        dialog.wait_for(state="detached")
        assert lab.config() == before, text


def test_a_huge_table_is_refused_before_it_is_sent(lab):
    lab.button("Own data …").click()
    choose(lab, lab.button("Choose a file …"), "huge.csv", b"a,b\n" + b"1,2\n" * 800_000)
    lab.page.get_by_role("dialog").get_by_text("at most 2 MB").wait_for()
    lab.page.evaluate("async () => (await import('/owndata.js')).takeText('a,b,c\\n' + '1,2,3\\n'.repeat(200_000))")
    lab.wait(lambda: "at most" in lab.page.get_by_role("dialog").locator(".banner[role=alert]").inner_text(), "the answer")
    assert lab.config()["data"]["name"] == "spiral"
