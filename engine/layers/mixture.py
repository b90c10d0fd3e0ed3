"""Mixture of experts as a layer: a router, and many small networks of which only a few are asked for each row.

    shares = softmax(x W_router);   each row goes to the k experts with the largest;   y = Σ gate · expert(x)
An expert is  linear2(f(linear1(x))).  Ten times as many experts are ten times as many parameters at the same cost a row.
Source: Jacobs, Jordan, Nowlan and Hinton, 1991; Shazeer and others, 2017; Fedus, Zoph and Shazeer, 2021.
"""
from ..errors import BadSetting
from ..graph import BATCH, Rows
from ..knob import Knob
from ..registry import ops
from . import activate
from .attention import linear


def mixture_knobs(experts):
    """The settings of a model that can have experts; `experts` is how many it has unless somebody says otherwise."""
    return {"experts": Knob(experts, 1, 64, kind="integer", effect="rebuild", title="Experts", symbol="E",
                            help="How many small networks there are to choose from."),
            "top_k": Knob(1, 1, 8, kind="integer", effect="rebuild", title="Experts asked", symbol="k",
                          help="How many of them are asked for each row; 1 is Switch routing."),
            "balance": Knob(0.1, 0.0, 100.0, effect="rebuild", title="Load balance", symbol="α",
                            help="How much it costs that some experts get more to do than others; 0 lets them collapse."),
            "capacity": Knob(None, 0.01, 100.0, optional=True, effect="rebuild", title="Capacity", symbol="c",
                             help="How many times its even share of a batch an expert takes at most while training; rows that "
                                  "come too late get no answer from it. Null takes all."),
            "noisy": Knob(False, kind="boolean", effect="rebuild", title="Noisy routing",
                          help="Whether chance is added to what the router says while it trains, as much as the router asks for, so "
                               "that other experts are tried too.")}


def mixture(graph, x, units, outputs, name, activation, experts, top_k, balance, capacity, noisy=False):
    """x (rows, inputs) -> name.mixed (rows, outputs); every expert has `units` neurons in between.

    name.router.output (rows, E) holds the shares, name.chosen (rows, k) the experts asked, name.begins (E + 1,) whose rows
    lie where, name.balance (1,) the load-balance loss.
    """
    if top_k > experts:
        raise BadSetting("model.top_k", f"at most as many as there are experts, {experts}", top_k)
    rows, inputs = x.shape
    many = Rows(top_k) if rows == BATCH else Rows(rows.count * top_k)
    logits = linear(graph, x, experts, f"{name}.router.weight", None, f"{name}.router.logits")
    if noisy:
        spread = linear(graph, x, experts, f"{name}.router.noise_weight", None, f"{name}.router.spread")
        drawn, said = graph.inner(f"{name}.router.drawn", (rows, experts)), graph.tensor(f"{name}.router.noisy", (rows, experts))
        graph.add(f"{name}.router.noisy", ops.get("noisy", name), (logits, spread, drawn, said))
        logits = said
    shares = activate(graph, logits, f"{name}.router", "softmax")
    chosen, slot = graph.inner(f"{name}.chosen", (rows, top_k)), graph.inner(f"{name}.slot", (rows, top_k))
    begins, gates = graph.inner(f"{name}.begins", (experts + 1,)), graph.tensor(f"{name}.gates", (rows, top_k))
    graph.add(f"{name}.route", ops.get("route", name), (shares, chosen, slot, begins, gates), {"capacity": capacity or 0.0})
    if balance:
        cost = graph.tensor(f"{name}.balance", (1,))
        graph.add(f"{name}.balance", ops.get("balance", name), (shares, chosen, cost), {"strength": balance})
        graph.penalties.append(cost)
    sorted_rows = graph.tensor(f"{name}.sorted", (many, inputs), x.learns)
    graph.add(f"{name}.dispatch", ops.get("dispatch", name), (x, slot, sorted_rows))
    z = _dense(graph, sorted_rows, begins, units, f"{name}.experts.linear1", "preactivation", experts)
    a = activate(graph, z, f"{name}.experts.linear1", activation)
    answers = _dense(graph, a, begins, outputs, f"{name}.experts.linear2", "output", experts)
    y = graph.tensor(f"{name}.mixed", (rows, outputs))
    graph.add(f"{name}.combine", ops.get("combine", name), (answers, slot, gates, y))
    return y


def _dense(graph, x, begins, width, name, made, experts):
    """A dense layer for each expert over its own rows of x."""
    inputs = x.shape[1]
    weight = graph.parameter(f"{name}.weight", (experts, inputs, width), fan_in=inputs, fan_out=width)
    bias = graph.parameter(f"{name}.bias", (experts, width), role="bias", start=0.0)
    z = graph.tensor(f"{name}.{made}", (x.shape[0], width))
    graph.add(name, ops.get("expert_dense", name), (x, begins, weight, bias, z))
    return z
