"""Recurrent layers as models use them: which tensors and parameters each cell has.

Parameters are called as in PyTorch's nn.RNN, nn.LSTM and nn.GRU (`weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`,
`bias_hh_l0`, `..._l0_reverse`, l0 being the first layer) and have the same gates in the same order.  The one
difference: our weights are (inputs, outputs), so each is the transpose of PyTorch's; vectors are the same, and so is
an embedding's table, whose rows are the tokens in both.  A peephole LSTM, which PyTorch has not, also has
`weight_peephole_l0` (3, units).

Tensors that can be watched, with N examples and T steps:  layer1.hidden (N, T, units);  layer1.gates
(N, T, gates, units);  layer1.cell (N, T, units) of an LSTM;  d.layer1.hidden and d.layer1.cell, the slope of
the whole loss with respect to the state at each step, all later steps included;  layer1.slopes, that at the weighted
sums.  With two directions those of each are called layer1.forward... and layer1.reverse..., and layer1.hidden holds both.
"""
from dataclasses import dataclass

import numpy as np

from ..errors import BadSetting, ShapeError
from ..graph import BATCH, Rows, Tensor
from ..layers import describe_layer
from ..registry import ops

CELLS = {"rnn": 1, "rnn_relu": 1, "lstm": 4, "lstm_peephole": 4, "gru": 3}      # name -> gates


@dataclass(frozen=True)
class States:
    """What a recurrent layer gives at every step: hidden (N, T, units), and cell (N, T, units) where there is one."""
    hidden: Tensor
    cell: Tensor | None = None


def cell_parameters(graph, inputs, units, kind, called, forget_bias=0.0):
    """The parameters of one direction of a layer: weight_ih, weight_hh, bias_ih, bias_hh, and weight_peephole of a cell that has it.

    called      their names, with {} for "weight_ih" and so on: "rnn.{}_l0"
    forget_bias what the bias of the gate that keeps starts with
    """
    # each gate has a matrix of its own, so the fans are those of one gate
    gates = CELLS[kind]
    weights = [graph.parameter(called.format(part), (rows, gates * units), fan_in=rows, fan_out=units)
               for part, rows in (("weight_ih", inputs), ("weight_hh", units))]
    first = np.zeros(gates * units)
    first[units:2 * units] = forget_bias            # the second gate keeps: forget of an LSTM, update of a GRU
    biases = [graph.parameter(called.format(part), (gates * units,), role="bias", start=value)
              for part, value in (("bias_ih", first), ("bias_hh", 0.0))]
    peep = [graph.parameter(called.format("weight_peephole"), (3, units), fan_in=1, fan_out=1)] if kind == "lstm_peephole" else []
    return [*weights, *biases, *peep]


def one_direction(graph, x, units, kind, name, parameters, start=None, reverse=False, window=0, forget_bias=0.0):
    """One recurrent layer through time.

    x           (N, T, inputs)
    parameters  how they are called, as for cell_parameters; or the parameters themselves, where several share them
    start       States to begin with, each (N, units); None means zeros
    window      every so many steps the gradient is cut off, 0 never
    forget_bias what the bias of the gate that keeps starts with
    """
    gates, (_, steps, inputs) = CELLS[kind], x.shape
    if isinstance(parameters, str):
        parameters = cell_parameters(graph, inputs, units, kind, parameters, forget_bias)
    weights, peep = parameters[:4], parameters[4:]
    over = (BATCH, steps, units)
    hidden = graph.tensor(f"{name}.hidden", over)
    cell = graph.tensor(f"{name}.cell", over) if gates == 4 else None
    before, state = graph.inner(f"{name}.before", over), graph.inner(f"{name}.state", (BATCH, units))
    product = graph.inner(f"{name}.product", (BATCH, gates * units))
    all_gates = (BATCH, steps, units) if gates == 1 else (BATCH, steps, gates, units)
    slopes = graph.inner(f"{name}.slopes", all_gates)
    given = (x, *weights, start and start.hidden)
    knobs = {"reverse": reverse, "window": window}
    if gates == 1:
        graph.add(name, ops.get("rnn", name), (*given, hidden, before, state, product, slopes),
                  knobs | {"relu": kind == "rnn_relu"})
        return States(hidden)
    opened = graph.inner(f"{name}.gates", all_gates)
    if gates == 3:
        recall = graph.inner(f"{name}.recall", over)
        inner_slopes = graph.inner(f"{name}.inner_slopes", all_gates)
        graph.add(name, ops.get("gru", name),
                  (*given, opened, recall, hidden, before, state, product, slopes, inner_slopes), knobs)
        return States(hidden)
    memory = graph.inner(f"{name}.memory", (BATCH, units))
    graph.add(name, ops.get(kind, name), (*given, start and start.cell, opened, cell, hidden, before, state, memory,
                                          product, slopes, *peep), knobs)
    return States(hidden, cell)


def recurrent_layer(graph, x, units, kind, number, module="rnn", name=None, bidirectional=False, start=None, window=0,
                    forget_bias=0.0):
    """Layer `number` (from 1) of a stack: one direction, or two side by side.

    Gives its output (N, T, units) or (N, T, 2 units), and the States of each direction, forward first.
    """
    if len(x.shape) != 3:
        raise ShapeError(f"layer {number} ({kind})", f"{x.name} with three axes (batch, steps, columns)",
                         f"shape {x.shape}", "Tokens need an embedding first.")
    name = name or f"layer{number}"
    describe_layer(graph, name, x.shape[2], units * (1 + bidirectional), "relu" if kind == "rnn_relu" else "tanh", kind)
    settings = dict(window=window, forget_bias=forget_bias)
    parameters = f"{module}.{{}}_l{number - 1}"
    if not bidirectional:
        states = one_direction(graph, x, units, kind, name, parameters, start, **settings)
        return states.hidden, [states]
    ways = [one_direction(graph, x, units, kind, f"{name}.forward", parameters, **settings),
            one_direction(graph, x, units, kind, f"{name}.reverse", f"{parameters}_reverse", reverse=True, **settings)]
    both = graph.tensor(f"{name}.hidden", (BATCH, x.shape[1], 2 * units))
    graph.add(f"{name}.both", ops.get("concatenate", name), (ways[0].hidden, ways[1].hidden, both))
    return both, ways


def embed(graph, tokens, count, width, name):
    """A learned vector for each of `count` tokens: tokens (N, T) -> (N, T, width)."""
    # a token is one input that is 1, all others being 0: its fan is 1, however many tokens there are
    weight = graph.parameter(f"{name}.weight", (count, width), role="embedding", fan_in=1, fan_out=width)
    describe_layer(graph, name, count, width, "linear", "embedding")
    y = graph.tensor(f"{name}.output", (BATCH, tokens.shape[1], width))
    graph.add(name, ops.get("embedding", name), (tokens, weight, y))
    return y


def step_of(graph, x, name, step=-1):
    """One step of x (N, T, H) as (N, H); negative ones count from the end."""
    y = graph.tensor(name, (BATCH, x.shape[2]))
    graph.add(name, ops.get("last_step", name), (x, y), {"step": step})
    return y


def every_step(graph, x, name):
    """x (N, T, H) with each step as a row of its own, (N·T, H)."""
    return graph.reshape(x, name, (Rows(x.shape[1]), x.shape[2]))


def as_sequence(graph, x, width, model):
    """The examples as (N, T, columns): tokens embedded, columns step by step, a picture row by row."""
    shape, tokens = graph.example.shape, graph.example.tokens
    if tokens:
        return embed(graph, x, tokens, width, "embedding")
    if len(shape) == 2:
        return graph.reshape(x, "steps", (BATCH, *shape))
    if len(shape) == 3 and shape[0] == 1:
        return graph.reshape(x, "steps", (BATCH, *shape[1:]))
    raise BadSetting("model.name", "a model for rows of plain numbers, such as mlp", f"{model!r}",
                     f"It reads step by step, and this data has no steps (an example is of shape {shape}).")
