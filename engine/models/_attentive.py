"""Decoders of a recurrent network that look back at what was read, instead of remembering all of it.

With h the states of the encoder and s those of the decoder:
additive      c_k = Σ_j softmax_j(vᵀ tanh(W s_{k-1} + U h_j)) h_j,   s_k = f([y_{k-1}; c_k], s_{k-1}):  the decoder looks first, and
              what it sees goes into its next state.  So its steps must be made one after the other, and lie in the graph side by side
              as `decoder1.step1`, `decoder1.step2`, …, all with the same parameters: backpropagation through time written out.
dot_product   c_k = Σ_j softmax_j(s_k · h_j) h_j,   s̃_k = tanh(W [c_k; s_k]):  the decoder looks afterwards, at all steps at once.
Parameters: attention.query.weight, attention.key.weight (units, units) and attention.v (units,), or attention.combine.weight
(2 units, units).  The weights of both, decoder.attention (N, 1, L, T), can be watched.
Source: D. Bahdanau, K. Cho and Y. Bengio, 2015 (additive);  T. Luong, H. Pham and C. Manning, 2015 (dot product).
"""
from ..graph import BATCH
from ..layers import activate, describe_layer
from ..layers.attention import attend, linear
from ..registry import ops
from ._recurrent import States, cell_parameters, every_step, one_direction, step_of

WATCHED = "decoder.attention"


def look_back(graph, states, memory, length):
    """What states (N·L, units) and the places of memory (N, T, units) they look at say together, (N·L, units)."""
    steps, units = memory.shape[1:]
    seen = every_step(graph, memory, "decoder.memory")
    heard = attend(graph, (states, seen, seen), (0, 0, 0), (length, steps), units, 1, "decoder", WATCHED, False, False, "full", 0, None)
    both = joined(graph, heard, states, "decoder.both")
    describe_layer(graph, "attention", 2 * units, units, "tanh", "attention")
    z = linear(graph, both, units, "attention.combine.weight", None, "attention.preactivation")
    return activate(graph, z, "attention", "tanh")


def step_by_step(graph, shown, memory, starts, units, kind, forget_bias):
    """The states (N, L, units) of the last layer of a decoder that looks back before each of its steps.

    shown    (N, L, E), what it is shown;  memory (N, T, units), what it looks at;  starts: the first States of each layer
    """
    (_, length, width), steps = shown.shape, memory.shape[1]
    seen = every_step(graph, memory, "decoder.memory")
    keys = linear(graph, seen, units, "attention.key.weight", None, "decoder.keys")
    question, v = graph.parameter("attention.query.weight", (units, units)), graph.parameter("attention.v", (units,), fan_in=units, fan_out=1)
    describe_layer(graph, "attention", units, units, "tanh", "attention")
    weights, layers, wholes, states = graph.inner(WATCHED, (BATCH, 1, length, steps)), [], [], list(starts)
    for number in range(1, len(states) + 1):
        inputs = width + units if number == 1 else units
        describe_layer(graph, f"decoder{number}", inputs, units, kind)
        layers.append(cell_parameters(graph, inputs, units, kind, f"decoder.{{}}_l{number - 1}", forget_bias))
        wholes.append(graph.tensor(f"decoder{number}.hidden", (BATCH, length, units)))
    for k in range(length):
        name = f"decoder.step{k + 1}"
        asked, context = (graph.tensor(f"{name}.{part}", (BATCH, units)) for part in ("query", "context"))
        graph.add(f"{name}.query", ops.get("dense_without_bias", name), (states[-1].hidden, question, asked))
        graph.add(f"{name}.context", ops.get("additive_attention", name), (asked, keys, v, seen, None, weights, context), {"at": k})
        x = joined(graph, step_of(graph, shown, f"{name}.shown", k), context, f"{name}.both")
        for number, parameters in enumerate(layers, 1):
            here = f"decoder{number}.step{k + 1}"
            way = one_direction(graph, one_step(graph, x, f"{here}.input"), units, kind, here, parameters, states[number - 1])
            x = graph.reshape(way.hidden, f"{here}.state.hidden", (BATCH, units))
            states[number - 1] = States(x, way.cell and graph.reshape(way.cell, f"{here}.state.cell", (BATCH, units)))
            graph.add(f"{here}.put", ops.get("put_step", here), (x, wholes[number - 1]), {"step": k})
    return wholes[-1]


def joined(graph, a, b, name):
    """a (rows, I) and b (rows, J) side by side, (rows, I + J)."""
    both = graph.tensor(name, (a.shape[0], a.shape[1] + b.shape[1]))
    graph.add(name, ops.get("concatenate", name), (a, b, both))
    return both


def one_step(graph, x, name):
    """x (N, I) as a sequence of one step, (N, 1, I)."""
    return graph.reshape(x, name, (BATCH, 1, x.shape[1]))
