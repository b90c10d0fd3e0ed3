"""How far the gates of a recurrent layer are open at each step, for one example."""
import numpy as np

from ..errors import BadSetting
from ..registry import Probe
from ._sequence import EXAMPLE, LAYER, example, layer, layers, need_recurrent, shown

NAMES = {3: ("reset", "update", "candidate"), 4: ("input", "forget", "candidate", "output")}


def needs(run):
    """Errors: BadSetting where no recurrent layer has gates."""
    need_recurrent(run)
    if not any(f"{name}.gates" in run.assembly.graph.tensors for name in layers(run)):
        raise BadSetting("model.cell", "a recurrent network with gates", "plain recurrent layers", "Take a GRU or LSTM.")


def measure(run, options):
    """`gates` (T, gates, units): from 0 (shut) to 1 (open), the candidate from -1 to 1; `names` of the gates."""
    raw, _, row = example(run, options)
    name = layer(run, options["layer"])
    values = run.forward(raw, [f"{name}.gates"])[f"{name}.gates"][0].astype(np.float32)
    return {"gates": values, "names": list(NAMES[values.shape[1]]), "layer": name, "read": shown(run, raw, name),
            "example": row, "part": options["part"]}


RECORD = Probe("gates", "How far the gates of a recurrent layer are open at each step, for one example.", needs=needs, measure=measure,
               knobs=EXAMPLE | {"layer": LAYER})
