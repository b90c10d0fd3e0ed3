"""What a convolution finds where: its feature maps for one picture, its kernels, and how far a cell of it sees.

The receptive field grows from layer to layer: after a window of k pixels (kernel with its dilation, or pooling) and
stride s,   size ← size + (k − 1) · jump,   start ← start − padding · jump,   jump ← jump · s
where a cell (i, j) sees the input's rows start + i · jump … + size − 1, and columns likewise (some beyond the edge).
"""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob
from ..registry import Probe
from ._plane import as_bytes, reach


def needs(run):
    """Errors: BadSetting where there is no convolution."""
    if not _convolutions(run):
        raise BadSetting("probe", "a network with convolutions", f"the model {run.config['model']['name']!r}")


def _convolutions(run):
    return [layer["name"] for layer in run.layers if layer["kind"] == "conv2d"]


def measure(run, options):
    """`maps` (channels, H, W) int8 with one `scale`, `weight` (channels, C, kh, kw) float32 and its gradient, meta field."""
    name = options["layer"]
    if name not in _convolutions(run):
        raise UnknownName("layer", "a convolution", name, _convolutions(run))
    example = options["example"] % len(run.data.raw_train)
    raw = run.data.raw_train[example:example + 1] if options["at"] is None else np.array([options["at"]], np.float64)
    tensor = f"{name}.{options['part']}"
    if tensor not in run.assembly.predicting.names:
        raise BadSetting("part", f"a value that {name} has", options["part"])
    values = run.forward(raw, [tensor])[tensor][0]
    program, scale = run.assembly.program, reach(values)
    return {"maps": as_bytes(values, scale), "scale": scale, "weight": program.view(run.arena, f"{name}.weight", 0).astype(np.float32),
            "gradient": program.view(run.arena, f"d.{name}.weight", 0).astype(np.float32), "picture": raw[0].astype(np.float32),
            "shape": list(run.data.shape), "field": field(run, tensor), "example": example, "layer": name}


def field(run, tensor):
    """{size, start, jump} of what a cell of this tensor sees of the input."""
    size, start, jump = 1, 0, 1
    for node in run.assembly.graph.nodes:
        knobs = dict(zip(node.record.knobs, map(int, node.knobs)))
        if "stride" in knobs:
            window = knobs["size"] if "size" in knobs else knobs["dilation"] * (node.operands[1].shape[2] - 1) + 1
            size, start, jump = size + (window - 1) * jump, start - knobs["padding"] * jump, jump * knobs["stride"]
        if node.operands[-1].name == tensor:
            break
    return {"size": size, "start": start, "jump": jump}


RECORD = Probe("feature_maps", "What every channel of a convolution finds in one picture, and where.", needs=needs, measure=measure,
               knobs={"layer": Knob("layer1", kind="text", help="Which convolution."),
                      "part": Knob("output", kind="choice", choices=("preactivation", "output", "pooled"),
                                   help="Before the activation, after it, or after the pooling."),
                      "example": Knob(0, 0, 10**7, kind="integer", help="Which training example."),
                      "at": Knob(None, kind="points", optional=True, help="A picture to take instead: one number a pixel.")})
