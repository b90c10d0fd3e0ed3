"""Pooling and flattening as layers."""
from math import prod

from ..errors import BadSetting
from ..graph import BATCH
from ..registry import ops


def pool(graph, x, name, kind="max", size=2, stride=None, padding=0):
    """x (N, C, H, W) -> name.pooled (N, C, Ho, Wo); kind is max or average; the stride is the size unless said."""
    stride = size if stride is None else stride
    high, wide = x.shape[2:]
    if padding > size // 2:
        raise BadSetting(f"{name} ({kind} pooling): padding", f"at most half the window, {size // 2}", padding)
    if size > min(high, wide) + 2 * padding:
        raise BadSetting(f"{name} ({kind} pooling)", f"a window of at most {min(high, wide)} pixels (the picture that comes "
                         f"to it has {high} × {wide})", size, "Take a smaller window, or less of it before.")
    shape = (BATCH, x.shape[1], (high + 2 * padding - size) // stride + 1, (wide + 2 * padding - size) // stride + 1)
    chosen = (graph.inner(f"{name}.chosen", shape),) if kind == "max" else ()
    y = graph.tensor(f"{name}.pooled", shape)
    graph.add(f"{name}.pool", ops.get(f"{kind}_pool2d", name), (x, *chosen, y),
              {"size": size, "stride": stride, "padding": padding})
    return y


def global_average(graph, x, name):
    """x (N, C, H, W) -> name.averaged (N, C)."""
    y = graph.tensor(f"{name}.averaged", x.shape[:2])
    graph.add(f"{name}.average", ops.get("global_average", name), (x, y))
    return y


def flatten(graph, x, name):
    """x (N, ...) as (N, all its numbers): the same memory, by channels, then rows, then columns."""
    return x if len(x.shape) == 2 else graph.reshape(x, f"{name}.flat", (BATCH, prod(x.shape[1:])))
