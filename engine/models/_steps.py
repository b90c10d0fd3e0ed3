"""Examples as steps of one width, for models of attention, and which steps are filling."""
from ..errors import BadSetting
from ..graph import BATCH, Rows
from ..layers import dense, describe_layer
from ..registry import ops
from ._recurrent import embed


def as_steps(graph, x, width, model):
    """The examples as (N, T, width): tokens by their embedding, columns of numbers by a dense layer."""
    shape, tokens = graph.example.shape, graph.example.tokens
    if tokens:
        return embed(graph, x, tokens, width, "embedding")
    if len(shape) == 3 and shape[0] == 1:
        shape = shape[1:]                # a picture, row by row
    if len(shape) != 2:
        raise BadSetting("model.name", "a model for rows of plain numbers, such as mlp", repr(model),
                         f"It reads step by step, and this data has no steps (an example is of shape {shape}).")
    describe_layer(graph, "embedding", shape[1], width, "linear")
    rows = graph.reshape(x, "rows", (Rows(shape[0]), shape[1]))
    return graph.reshape(dense(graph, rows, width, "embedding"), "embedding.output", (BATCH, shape[0], width))


def padding(graph, x, steps):
    """present (N, T): 0 for the steps of x (N, T·C) that hold nothing but zeros, 1 for the others."""
    seen = graph.reshape(x, "input.steps", (BATCH, steps, x.shape[1] // steps))
    present = graph.inner("present", (BATCH, steps))
    graph.add("present", ops.get("present", "model"), (seen, present))
    return present
