"""Positions as layers: without them attention cannot tell one order of a sequence from another.

sinusoidal   p[t, 2i] = sin(t / 10000^(2i/D)),  p[t, 2i+1] = cos of the same: a clock with many hands (Vaswani and others, 2017)
learned      a vector for each position, learned like a token's (Gehring and others, 2017)
rotary       nothing is added; queries and keys are turned instead (Su and others, 2021)
"""
import numpy as np

from ..errors import BadSetting
from ..graph import BATCH
from ..registry import ops

POSITIONS = ("learned", "sinusoidal", "rotary", "none")
SLOWEST = 10_000.0                       # positions, over 2π, that the slowest hand needs to go round once


def angles(steps, width):
    """(steps, width/2, rounded up): the angle of every hand at every position."""
    return np.arange(steps)[:, None] / SLOWEST ** (np.arange(0, width, 2) / width)


def sines(steps, width):
    """The table (steps, width) of sinusoidal positions."""
    turned, table = angles(steps, width), np.zeros((steps, width))
    table[:, 0::2], table[:, 1::2] = np.sin(turned), np.cos(turned)[:, :width // 2]
    return table


def add_positions(graph, x, kind, name="position"):
    """x (N, T, D) with a vector added to every position; x itself for rotary positions and for none."""
    if kind in ("rotary", "none"):
        return x
    steps, width = x.shape[1:]
    table = graph.constant(f"{name}.table", sines(steps, width)) if kind == "sinusoidal" else \
        graph.parameter(f"{name}.weight", (steps, width), role="embedding", fan_in=1, fan_out=width)
    y = graph.tensor(f"{name}.output", (BATCH, steps, width))
    graph.add(name, ops.get("add_positions", name), (x, table, y))
    return y


def turn(graph, packed, steps, width, heads, name):
    """Queries and keys, the first 2·width columns of `packed` (N·T, ·), turned by their positions."""
    d = width // heads
    if d % 2:
        raise BadSetting(f"{name}: rotary positions", "an even number of columns a head", d,
                         "Columns are turned in pairs: take another width or number of heads.")
    turned = angles(steps, d)
    table = graph.constant(f"{name}.angles", np.stack([np.cos(turned), np.sin(turned)], axis=2).reshape(steps, d))
    y = graph.tensor(f"{name}.turned", packed.shape)
    graph.add(f"{name}.rotary", ops.get("rotary", name), (packed, table, y), {"turned": 2 * width})
    return y
