"""How every neuron of any tensor answers over the plane of the data: one map a neuron, whatever the model."""
import numpy as np

from ..errors import UnknownName
from ..graph import BATCH
from ..knob import Knob
from ..registry import Probe
from ._plane import as_bytes, check_axes, fed_grid, line, need_points, reach, span


def measure(run, options):
    """`maps` int8 (units, R, R), row 0 the top, with `scales` float32 (units,): value = int8 / 127 · scale.

    Data with more than two columns: the plane through the mean along two `axes`; with one column: maps (units, 1, R).
    """
    data, size = run.data, options["resolution"]
    known = [name for name, tensor in run.assembly.graph.tensors.items() if tensor.shape[:1] == (BATCH,) and len(tensor.shape) == 2]
    name = options["tensor"]
    if name not in known:
        raise UnknownName("tensor", "a tensor with a number for each neuron", name, known)
    if len(data.columns) == 1:
        axes, shape = [0], (1, size)
        values = run.forward(line(data, size), [name])[name]
    else:
        axes, shape = [0, 1] if data.plane else check_axes(data, options["axes"]), (size, size)
        values = run.outputs(fed_grid(run, size, axes), [name])[name]
    values = values[:, :options["limit"]]
    scales = np.array([reach(column) for column in values.T])
    low, high = span(data, axes)
    return {"maps": np.ascontiguousarray(as_bytes(values, scales).T).reshape(-1, *shape), "scales": scales.astype(np.float32),
            "tensor": name, "tensors": known, "low": low, "high": high, "axes": axes}


RECORD = Probe("responses", "How every neuron of a tensor answers over the plane of the data.", needs=need_points, measure=measure,
               knobs={"tensor": Knob("input", kind="text", help="Which tensor, such as layer1.output or layer1.router.output."),
                      "resolution": Knob(20, 4, 100, kind="integer", help="Cells along each side of a map."),
                      "limit": Knob(64, 1, 1024, kind="integer", help="How many neurons at most."),
                      "axes": Knob([0, 1], 0, 10**6, kind="integers", help="Which two columns lie across and up, for data with more than two.")})
