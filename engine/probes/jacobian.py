"""How much every layer stretches and squeezes small changes: the singular values of its Jacobian, alone and through depth.

J_l = ∂(what leaves layer l) / ∂(what enters it).  A change of the input comes out of layer l as J_l ⋯ J_2 J_1 times it, and
a gradient goes back through the same product: its largest singular value far above 1 means explosion, all far below 1
fading; where all are near 1 ("dynamical isometry": Saxe, McClelland and Ganguli, 2014) depth does no harm.
Measured in use (without dropout, with running statistics), by central differences in float64; exactly on a kink (two equal
pixels under a max pooling, a ReLU at 0) that is the mean of the slopes of both sides.
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..registry import Probe
from ._flow import Pieces, jacobian
from ._layers import need_plain

LARGEST = 1024                           # numbers that flow between two layers


def measure(run, options):
    """Per layer L: `L.own` and `L.through` (as many as there are, largest first), each the mean over some training examples."""
    pieces = Pieces(run)
    for layer in pieces.layers:
        if pieces.inflow[layer].size(1) > LARGEST:
            raise BadSetting("probe", f"layers of at most {LARGEST} inputs", pieces.inflow[layer].size(1))
    x = run.assembly.x[np.linspace(0, len(run.assembly.x) - 1, min(options["examples"], len(run.assembly.x))).astype(int)]
    pieces.feed(x)
    entering = {layer: pieces.view(pieces.inflow[layer], len(x)).copy() for layer in pieces.layers}
    found, entries = {}, []
    through = [np.eye(x.shape[1])] * len(x)
    for layer in pieces.layers:
        own = [jacobian(pieces, layer, value) for value in entering[layer]]
        if not np.isfinite(own).all():
            raise BadSetting("probe", "a network whose numbers are finite", "one that diverged", "Go back or reset first.")
        through = [j @ before for j, before in zip(own, through)]
        own, deep = (np.mean([np.linalg.svd(j, compute_uv=False) for j in each], axis=0) for each in (own, through))
        found |= {f"{layer}.own": own.astype(np.float32), f"{layer}.through": deep.astype(np.float32)}
        entries.append({"name": layer, "largest": float(own[0]), "median": float(np.median(own)), "smallest": float(own[-1]),
                        "through_largest": float(deep[0]), "through_median": float(np.median(deep))})
    return found | {"layers": entries, "examples": len(x)}


RECORD = Probe("jacobian", "How much each layer, and all up to it, stretch and squeeze small changes.", needs=need_plain, measure=measure,
               precision="float64", knobs={"examples": Knob(4, 1, 64, kind="integer", help="How many training examples it is averaged over.")})
