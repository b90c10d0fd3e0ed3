"""The state of a recurrent layer through time, for one example: what it remembers at each step."""
import numpy as np

from ..registry import Probe
from ._sequence import EXAMPLE, LAYER, example, layer, need_recurrent, shown


def measure(run, options):
    """`hidden` (T, units), `cell` (T, units) where the layer has one, and what was read at each step."""
    raw, _, row = example(run, options)
    name = layer(run, options["layer"])
    names = [f"{name}.{part}" for part in ("hidden", "cell") if f"{name}.{part}" in run.assembly.graph.tensors]
    values = run.forward(raw, names)
    return {full.rpartition(".")[2]: values[full][0].astype(np.float32) for full in names} | \
        {"layer": name, "read": shown(run, raw, name), "example": row, "part": options["part"]}


RECORD = Probe("states", "The state of a recurrent layer through time, for one example.", needs=need_recurrent, measure=measure,
               knobs=EXAMPLE | {"layer": LAYER})
