"""Convolution as a layer: its parameters, the size of what comes out, and its room to work in."""
from ..errors import BadSetting, ShapeError
from ..graph import BATCH
from ..registry import ops

PLACES = 512                             # so many columns at once are enough for a quick matrix product ...
CACHED = 2**15                           # ... and so many numbers in them few enough for the cache


def conv2d(graph, x, channels, name, kernel=3, stride=1, padding=0, dilation=1, bias=True, made="preactivation"):
    """x (N, C, H, W) -> (N, channels, Ho, Wo);  weight (channels, C, kernel, kernel), bias (channels,)."""
    if len(x.shape) != 4:
        raise ShapeError(f"{name} (conv2d)", "a picture (channels, height, width)", f"{len(x.shape) - 1} axes",
                         "Take a data set of pictures, or a model for columns of numbers.")
    depth, high, wide = x.shape[1:]
    reach = dilation * (kernel - 1) + 1
    if reach > min(high, wide) + 2 * padding:
        raise BadSetting(f"{name} (conv2d)", f"a kernel of at most {min(high, wide) + 2 * padding} pixels, dilation counted in "
                         f"(the picture has {high} × {wide}, and {padding} at each edge)", reach,
                         "Take a smaller kernel or less pooling before it, or add padding.")
    rows, width = (high + 2 * padding - reach) // stride + 1, (wide + 2 * padding - reach) // stride + 1
    pitch = wide + 2 * padding if stride == 1 else width
    places = (rows - 1) * pitch + width
    taps = depth * kernel * kernel
    group = max(1, min(PLACES // places, CACHED // (taps * places)))
    weight = graph.parameter(f"{name}.weight", (channels, depth, kernel, kernel), fan_in=taps,
                             fan_out=channels * kernel * kernel)
    b = graph.parameter(f"{name}.bias", (channels,), role="bias", start=0.0) if bias else None
    room = (graph.inner(f"{name}.padded", (group, depth, high + 2 * padding, wide + 2 * padding)),
            graph.inner(f"{name}.columns", (taps, group * places)),
            graph.inner(f"{name}.lines", (channels, group * places)), graph.inner(f"{name}.share", (taps, channels)))
    y = graph.tensor(f"{name}.{made}", (BATCH, channels, rows, width))
    graph.add(name, ops.get("conv2d", name), (x, weight, b, *room, y),
              {"stride": stride, "padding": padding, "dilation": dilation})
    return y
