"""Who looks at whom: the weights of every head of every block for one example."""
import numpy as np

from ..errors import BadSetting
from ..registry import Probe
from ._attention import attention_names, spread
from ._sequence import EXAMPLE, example, read, written


def needs(run):
    """Errors: BadSetting where no weights of attention are kept."""
    if not attention_names(run):
        blockwise = run.config["model"].get("attention") == "blockwise"
        raise BadSetting("probe", "a network that keeps weights of attention", f"the model {run.config['model']['name']!r}",
                         "Blockwise attention never holds them: set model.attention to full." if blockwise else "")


def measure(run, options):
    """Per block float32 (heads, asking, asked): row i says whom position i looks at.  Local attention is 0 beyond its window.

    Blocks are called `block1`, `encoder1`, `decoder1` (a decoder at itself), `decoder1.cross` (at what was read), `decoder` (a
    recurrent one at what was read).
    meta      read: the signs of the input; written: those a decoder is shown, null without one;
              looks: for each block what its rows and its columns are, "read", "written" or "mixtures" (low-rank attention)
    """
    names = attention_names(run)
    raw, _, row = example(run, options)
    found, model = run.forward(raw, list(names.values())), run.config["model"]
    maps = {block: spread(found[name][0], model).astype(np.float32) for block, name in names.items()}
    return maps | {"blocks": list(maps), "heads": len(next(iter(maps.values()))), "read": read(run.data, raw[0]),
                   "written": written(run, raw) if run.assembly.graph.feeds_back and "decoder.input" in run.assembly.graph.tensors else None,
                   "looks": {block: sides(block, model) for block in maps}, "example": row, "part": options["part"]}


def sides(block, model):
    """What the rows and the columns of a block's weights are."""
    if block == "decoder" or block.endswith(".cross"):
        return ["written", "read"]
    side = "written" if block.startswith("decoder") else "read"
    return [side, "mixtures" if model.get("attention") == "low_rank" else side]


RECORD = Probe("attention", "Who looks at whom: the weights of every head for one example.", needs=needs, measure=measure, knobs=EXAMPLE)
