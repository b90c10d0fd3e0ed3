"""The formula of any neuron or weight: its numbers are the engine's, the blame is the product it says, and a small move agrees."""
import math
import re

import pytest

from .lab import number, twin
from .test_access import in_every_dress


@pytest.fixture
def formula(lab):
    lab.show_panels("network", "formula")
    lab.drawn("formula")
    return lab.panel("formula")


def boxes(formula, title):
    """[(value, name)] of the boxes in one line."""
    found = formula.evaluate("""(panel, title) => [...panel.querySelectorAll('.fx-row')].filter((row) => row.textContent.includes(title))
        .flatMap((row) => [...row.querySelectorAll('.fx-box')].map((box) => [box.firstChild.textContent, box.lastChild.textContent]))""", title)
    return [(number(value), name) for value, name in found]         # read at one moment: the boxes are made anew


def chosen(formula):
    return [formula.get_by_label(name, exact=True).input_value() for name in ("Layer", "Neuron", "Weight")]


def close(shown, true):
    return shown == pytest.approx(true, rel=0.006, abs=1e-6)


def test_forward_backward_and_a_small_move_are_the_engines(lab, formula):
    for _ in range(3):
        lab.forward()
    run = twin(lab.config(), 3)
    for layer, unit, source in (("layer1", 2, 1), ("layer2", 5, 3), ("layer3", 0, -1)):
        formula.get_by_label("Layer", exact=True).select_option(value=layer)
        lab.wait(lambda layer=layer: chosen(formula)[0] == layer, "that layer")
        formula.get_by_label("Neuron", exact=True).select_option(index=unit)
        lab.wait(lambda now=[layer, str(unit)]: chosen(formula)[:2] == now, "that neuron")
        formula.get_by_label("Weight", exact=True).select_option(**({"index": source} if source >= 0 else {"label": "the bias"}))
        agrees(lab, formula, run.probe("chain", {"layer": layer, "unit": unit, "source": source}))


def agrees(lab, formula, found):
    """What the panel shows of a weight is what the engine's probe found."""
    def there():
        forward, backward = boxes(formula, "Forward"), boxes(formula, "Backward")
        return backward and close(backward[-1][0], found["product"]) and any(name == "z" and close(value, found["z"]) for value, name in forward)
    lab.wait(there, f"the gradient {found['product']} and the sum {found['z']}")
    backward = boxes(formula, "Backward")
    assert close(math.prod(value for value, _ in backward[:-1]), found["product"]) or abs(found["product"]) < 1e-5, backward
    said = formula.locator(".fx-check").inner_text()
    numbers = [number(text) for text in re.findall(r"(?:rate of|says) ([−\d.,×e⁻⁰-⁹]+)", said)]
    assert all(close(value, found["numeric"]) for value in numbers) and len(numbers) == 2, said
    assert "5 figures and more" in said and found["analytic"] == pytest.approx(found["numeric"], rel=1e-5)


def test_what_is_pressed_in_the_network_is_explained(lab, formula):
    lab.panel("network").get_by_label("neuron 4 of 8, layer 2").click()
    lab.wait(lambda: chosen(formula)[:2] == ["layer2", "3"], "the neuron that was pressed")
    lab.panel("network").locator(".formula .term").nth(1).click()
    lab.wait(lambda: chosen(formula)[2] == "1", "the weight that was pressed")


def test_its_numbers_follow_the_training(lab, formula):
    before = boxes(formula, "Forward")
    lab.play_until(lambda: boxes(formula, "Forward") != before, "other numbers")


def test_axe_finds_nothing_in_it(people):
    lab = people(bypass_csp=True).open()
    lab.show_panels("formula", "network")
    in_every_dress(lab, "formula")
