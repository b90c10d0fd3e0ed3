"""The coach as people meet it: what it says is what was measured, one press mends it, and it keeps quiet where all is well."""
import pytest

from engine import Run, advise

from .hands import guide
from .test_access import in_light_and_dark

# Ten sigmoid layers: a thousandth of the gradient arrives, whatever the machine and however many samples there are.
FADING = {"model.hidden": [8] * 10, "model.activation": "sigmoid"}


def card(lab):
    return lab.page.get_by_role("region", name="Coach")


def train_on(lab, steps):
    """So many steps more, and as many samples as the coach asks for."""
    until = lab.shown_step() + steps
    lab.play_until(lambda: lab.shown_step() > until, f"step {until}")


def fading(lab):
    lab.change(FADING)
    lab.compiled()
    lab.command("speed", {"steps_per_second": 50})
    lab.play_until(lambda: card(lab).count(), "the coach's word")


@pytest.mark.parametrize("guided", [True, False], ids=["in the guide", "free"])
def test_a_fading_gradient_is_said_with_its_numbers_and_mended_by_one_press(people, guided):
    lab = people().open(guided=guided)
    assert card(lab).count() == 0
    fading(lab)
    found = advise_of(lab)
    title, remedy = found[0]["title"], found[0]["remedies"][0]
    assert found[0]["rule"] == "vanishing" and card(lab).get_by_role("heading").inner_text() == title
    first, last = (layer["gradient_norm"] for layer in (lambda layers: (layers[0], layers[-1]))(lab.measure("layers")[0]["layers"]))
    assert f"1/{last / first:,.0f}" in card(lab).inner_text(), "the share that arrives, as measured"
    assert (guide(lab).locator(".coach").count() == 1) == guided
    card(lab).get_by_role("button", name=remedy["label"], exact=True).click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "relu" and state["config"]["initializer"]["name"] == "kaiming_normal", "the remedy")
    lab.compiled()
    lab.forward()
    lab.wait(lambda: not card(lab).get_by_text(title).count(), "the coach to be content with the gradient")


def advise_of(lab):
    """What the server's coach says of the run now."""
    return lab.page.evaluate("""async () => {
        const { watch } = await import('/guide/frames.js');
        return new Promise((done) => {
            const stop = watch('coach-test', () => [{ key: 'coach-test', probe: 'coach', options: {}, rate: 1 }], (parts) => {
                const part = parts.get('coach-test');
                if (part) { stop?.(); done(part.meta.advice); }
            });
        });
    }""")


def test_advice_is_put_away_until_it_stops_being_true(people):
    lab = people().open(guided=True)
    fading(lab)
    card(lab).get_by_role("button", name="Put this advice away").click()
    lab.wait(lambda: card(lab).count() == 0, "no advice")
    for _ in range(3):
        lab.forward()
    assert advise_of(lab)[0]["rule"] == "vanishing", "it is true still"
    assert card(lab).count() == 0, "said once is enough"


def test_a_folded_guide_hides_no_advice(people):
    lab = people().open(guided=True)
    fading(lab)
    guide(lab).get_by_role("button", name="Fold the guide away").click()
    guide(lab).wait_for(state="hidden")
    lab.wait(lambda: card(lab).count() == 1 and card(lab).is_visible(), "the card beside the settings")


def test_axe_finds_nothing_in_the_card(people):
    lab = people(bypass_csp=True).open(guided=True)
    fading(lab)
    in_light_and_dark(lab, "the card")


def test_nothing_is_said_of_a_run_that_goes_well(people):
    lab = people().open(guided=True)
    train_on(lab, 2000)
    assert advise_of(lab) == [] and card(lab).count() == 0
    run = Run(lab.config())
    run.train(lab.state()["step"])
    assert not advise(run, {})


def test_a_place_that_stops_listening_takes_nothing_from_one_that_has_just_begun(people):
    """As where the card moves from the page into the guide: which of the two goes first is a matter of chance."""
    lab = people().open()
    lab.page.evaluate("""async () => {
        const { watch } = await import('/guide/frames.js');
        const wants = () => [{ key: 'w', probe: 'coach', options: {}, rate: 10 }];
        window.heardBy = { first: 0, second: 0 };
        const stop = watch('one', wants, (parts) => { if (parts.has('w')) window.heardBy.first++; });
        watch('one', wants, (parts) => { if (parts.has('w')) window.heardBy.second++; });
        stop();
        window.heardBy.second = 0;
    }""")
    lab.forward()
    lab.wait(lambda: lab.page.evaluate("() => window.heardBy.second") > 0, "the second to hear")
    assert lab.page.evaluate("() => window.heardBy.first") == 0
