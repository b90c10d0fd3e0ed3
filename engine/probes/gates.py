"""How far the gates of a recurrent layer are open at each step, for one example."""
import numpy as np

from ..errors import BadSetting
from ..registry import Probe
from ._sequence import EXAMPLE, LAYER, example, layer, shown

NAMES = {3: ("reset", "update", "candidate"), 4: ("input", "forget", "candidate", "output")}


def measure(run, options):
    """`gates` (T, gates, units): from 0 (shut) to 1 (open), the candidate from -1 to 1; `names` of the gates."""
    raw, _, row = example(run, options)
    name = layer(run, options["layer"])
    if f"{name}.gates" not in run.assembly.graph.tensors:
        raise BadSetting("layer", "a layer with gates", f"{name!r}, which is a plain recurrent layer", "Take a GRU or LSTM.")
    values = run.forward(raw, [f"{name}.gates"])[f"{name}.gates"][0].astype(np.float32)
    return {"gates": values, "names": list(NAMES[values.shape[1]]), "layer": name, "read": shown(run, raw, name),
            "example": row, "part": options["part"]}


RECORD = Probe("gates", "How far the gates of a recurrent layer are open at each step, for one example.", measure=measure,
               knobs=EXAMPLE | {"layer": LAYER})
