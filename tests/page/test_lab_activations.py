"""The lab of activations as people meet it: walked, chosen, read; what is shown is what the engine says."""
from functools import reduce

import numpy as np
import pytest

from engine import Run
from engine.registry import activations

from .lab import number
from .test_access import in_every_dress
from .test_lanes import chip

ADDRESS = "?lab=activations"


def opened(people, *panels, guided=False, **options):
    lab = people(**options).open(ADDRESS, guided=guided, first="bend")
    if panels:
        lab.show_panels(*panels)
    return lab


def said(lab):
    """The numbers under the curve by their names."""
    return {one.rsplit(" ", 1)[0]: one for one in lab.panel("bend").locator(".bend-says span:visible").all_inner_texts()}


def test_the_curve_and_its_numbers_are_the_engines(people):
    lab = opened(people)
    panel = lab.panel("bend")
    lab.button("Saturated").click()
    lab.until(lambda state: state["config"]["model"]["activation"] == "tanh", "the scene")
    run = Run(lab.config())
    for layer in ("layer1", "layer2"):
        panel.get_by_label("Layer", exact=True).select_option(layer)
        share = run.probe("activation_curve", {"layer": layer})["saturated"]
        lab.wait(lambda share=share: any(f"saturated {round(100 * share)} %" in text.replace("▲ ", "").replace("\u202f", " ").replace("\u00a0", " ") for text in said(lab).values()), f"the share of {layer}")
    names = panel.get_by_label("Activation", exact=True).locator("option").all_inner_texts()
    assert len(names) == 1 + sum(record.elementwise for record in map(lambda name: activations.get(name, ""), activations.names())) and "Softmax" not in names
    panel.get_by_label("Activation", exact=True).select_option("relu")
    lab.wait(lambda: "as if layer 2 had it" in panel.locator(".panel-note").inner_text(), "another bend on the same sums")
    lab.wait(lambda: any("dead" in text for text in said(lab).values()), "its dead neurons")
    assert lab.config()["model"]["activation"] == "tanh", "looking changes nothing"


def test_a_linear_network_is_one_matrix_and_its_numbers_stand_there(people):
    lab = opened(people)
    lab.button("No bends").click()
    lab.until(lambda state: len(state["runs"]) == 2, "two runs")
    lab.show_panels("collapse", "surface")
    lab.command("stop_at", {"step": 200, "loss": None, "epoch": None})
    lab.command("play")
    lab.until(lambda state: state["step"] == 200 and not state["playing"], "200 steps")
    weights = lab.parameters()
    product = reduce(np.matmul, [weights[f"layer{k}.weight"].astype(float) for k in (1, 2, 3, 4)])
    cells = lab.panel("collapse").locator(".collapse-one td")
    lab.wait(lambda: [number(text) for text in cells.all_inner_texts()][:2] == pytest.approx(product[:, 0].tolist(), rel=0.01, abs=1e-4), "the one matrix")
    says = lab.panel("collapse").locator(".collapse-says")
    assert "177 numbers in 4 layers, or 3 in one" in says.inner_text() and "The one layer is the network." in says.inner_text()
    chip(lab, "tanh").click()
    lab.wait(lambda: "No single layer is this network." in says.inner_text(), "the run with tanh")


def test_axe_finds_nothing_in_the_panels(people):
    lab = opened(people, "bend", "collapse", bypass_csp=True)
    in_every_dress(lab, "bend", "collapse")
