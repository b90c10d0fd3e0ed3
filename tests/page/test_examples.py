"""The panel of ARCHITECTURE.md, served as if it stood in its folder, draws what the training does."""
from tests.test_examples import example

from .lab import number


def test_the_panel_shows_the_gradient(lab):
    lab.spent = True                       # this panel stays on the page
    lab.page.route("**/panels/steepness.js", lambda route: route.fulfill(body=example("A whole panel"), content_type="text/javascript"))
    lab.page.evaluate("""async () => {
        const stage = await import('/stage.js');
        await stage.loadPanels(['/panels/steepness.js']);
        stage.choose('steepness', true);
    }""")
    lab.command("step", {"by": "batch", "count": 20})
    panel = lab.panel("steepness")
    lab.wait(lambda: panel.locator("meter").evaluate("(meter) => meter.value") > 0, "the share of a gradient that was measured")
    assert panel.locator("meter").evaluate("(meter) => meter.value") <= 1 and (number(panel.locator("output").inner_text()) or 0) > 0
