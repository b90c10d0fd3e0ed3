"""Thirty students at once, in one browser: everything pressed fast, nonsense in every field.  The page stands."""
import pytest

NONSENSE = ("", "abc", "1e999", "-1", "0", "NaN", "1,2,3", "<b>x</b>", "999999999999", "٣", "'; drop table", "💥" * 20)


def calm(lab):
    """A page that still works: connected, no broken picture, training."""
    lab.page.keyboard.press("Escape")
    assert lab.page.locator(".panel-failed").count() == 0
    lab.wait(lambda: lab.page.evaluate("async () => (await import('/store.js')).connection.peek()") == "open", "the connection")
    lab.wait(lambda: lab.page.evaluate("async () => Object.keys((await import('/commands.js')).pending.peek()).length === 0"), "the last answers")


def trains(lab):
    """It can still be started anew and trained."""
    lab.wait(lambda: recover(lab), "a fresh start")
    lab.button("Play").click()
    lab.wait(lambda: lab.shown_step() > 5, "training")


def recover(lab):
    return lab.page.evaluate("""async () => {
        const { command } = await import('/commands.js');
        const { lab } = await import('/store.js');
        try { await command('pause'); await command('open', { config: lab.peek().config }); return true; } catch { return false; }
    }""")


@pytest.mark.parametrize("where", ["header.top", ".rail", ".stage"])
def test_thirty_fast_clicks_on_everything(lab, where):
    lab.spent = True                       # its browser opens and clicks no more
    lab.unfold()
    lab.page.evaluate("""async (where) => {
        window.open = () => null;
        HTMLAnchorElement.prototype.click = () => {};
        const inputs = HTMLInputElement.prototype.click;
        HTMLInputElement.prototype.click = function () { if (this.type !== 'file') inputs.call(this); };
        document.documentElement.requestFullscreen = () => Promise.reject();
        const frame = () => new Promise(requestAnimationFrame);
        const names = new Set();
        for (let round = 0; round < 400; round++) {
            const all = [...document.querySelectorAll(`${where} :is(button, input[type=radio], input[type=checkbox], summary, canvas)`)];
            const next = all.find((one) => !names.has(one.getAttribute('aria-label') + one.textContent + one.className + one.name) && one.checkVisibility());
            if (!next) break;
            names.add(next.getAttribute('aria-label') + next.textContent + next.className + next.name);
            for (let n = 0; n < 30; n++) next.click();
            await frame();
            document.querySelector('dialog[open]')?.close();
        }
    }""", where)
    lab.page.wait_for_load_state("networkidle")      # a dialog whose file came late opens only now
    lab.page.evaluate("async () => { for (let n = 0; n < 10; n++) { await new Promise(requestAnimationFrame); document.querySelector('dialog[open]')?.close(); } }")
    calm(lab)
    trains(lab)


def test_nonsense_in_every_field(lab):
    lab.unfold()
    fields = lab.page.locator(".rail input[type=text]")
    for at in range(fields.count()):
        for text in NONSENSE:
            if at >= fields.count() or not fields.nth(at).is_visible():
                continue
            fields.nth(at).fill(text)
            fields.nth(at).press("Enter")
    fields.first.blur()
    calm(lab)
    config = lab.config()
    assert config["batch_size"] >= 1 and config["optimizer"]["learning_rate"] > 0
    assert lab.page.locator(".field-error").count() == 0 or len(lab.page.locator(".field-error").first.inner_text()) > 10
    trains(lab)


def test_words_of_a_table_are_shown_as_words(lab):
    lab.button("Own data …").click()
    lab.page.locator("#pasted").fill("<img src=x onerror=alert(1)>,b,kind\n" + "1,2,<script>alert(1)</script>\n3,4,other\n" * 10)
    lab.page.locator("#pasted").blur()
    lab.page.get_by_role("dialog").get_by_text("<img src=x onerror=alert(1)>").first.wait_for()
    lab.button("Train on it").click()
    lab.until(lambda state: state["config"]["data"]["name"] == "csv", "the table")
    lab.drawn("surface")
    assert lab.page.locator("img[src=x]").count() == 0


def test_play_and_pause_as_fast_as_one_can(lab):
    for _ in range(15):
        lab.page.keyboard.press("Space")
    calm(lab)
    lab.command("pause")
    before = lab.until(lambda state: not state["playing"], "the pause")["step"]
    lab.forward()
    assert lab.shown_step() == before + 1
