"""Weights of one byte: a quarter of the memory of float32, and a little less exact.

    q = round(w / s), a whole number from −127 to 127,     w ≈ s q,     s = largest |w| / 127
per tensor    one scale for a whole weight: a single large number makes the steps of all others coarse
per channel   a scale for each output of the layer: every neuron has steps of its own size
Symmetric (0 stays 0), rounded to nearest, so no weight is off by more than s / 2.  It is done to the weights of dense layers (in
a Transformer those of attention and feed-forward too), which a kernel of their own multiplies as the bytes they are
(engine/ops/dense_int8.py); biases, norms, embeddings, convolutions and recurrent weights stay as they were.
Source: Vanhoucke, Senior and Mao, 2011; Krishnamoorthi, 2018.
"""
from copy import copy
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from .errors import BadSetting
from .graph import Parameter
from .measure import Predictor, metrics
from .program import Program
from .registry import ops

LARGEST = 127
DENSE = ("dense", "dense_without_bias")


def quantize(weight, per="channel"):
    """Whole numbers int8 (inputs, outputs) and their scales, (outputs,) or (1,), for a weight (inputs, outputs).

    Errors: BadSetting for weights that are no numbers.
    """
    weight = np.asarray(weight, np.float64)
    if not np.isfinite(weight).all():
        raise BadSetting("probe", "finite weights", "a diverged network")
    size = np.abs(weight).max(axis=0) if per == "channel" else np.abs(weight).max(keepdims=True).reshape(1)
    scale = np.where(size > 0, size, 1.0) / LARGEST
    return np.rint(weight / scale).astype(np.int8), scale


@dataclass
class Int8:
    """A run's network with the weights of its dense layers in int8, for use.

    levels, scales   name of a weight -> its whole numbers, its scales
    bytes, bytes_before   what the network's parameters take, now and as they were
    """
    run: object
    levels: dict
    scales: dict
    bytes: int
    bytes_before: int
    assembly: object
    memory: object

    def outputs(self, inputs):
        """The outputs for rows (n, inputs) as the network is fed them."""
        return self._predictor().outputs(self.memory, inputs)["output"]

    def metrics(self):
        """Losses and scores over the training and the test set."""
        return metrics(self.memory, self._predictor())

    def _predictor(self):
        return Predictor(self.assembly)


def int8(run, per="channel"):
    """The network of a run as it is now, in int8.  Errors: BadSetting where it has no dense layers or its weights are no numbers."""
    made, precision = run.assembly, run.assembly.precision
    weights = {node.operands[1].name: node.operands[1] for node in made.graph.nodes if node.record.name in DENSE}
    shared = {t.name for node in made.graph.nodes if node.record.name not in DENSE for t in node.operands if isinstance(t, Parameter)}
    weights = {name: w for name, w in weights.items() if name not in shared}
    if not weights:
        raise BadSetting("probe", "a network with dense layers", f"the model {run.config['model']['name']!r}")
    levels, scales = {}, {}
    for name in weights:
        levels[name], scales[name] = quantize(made.program.view(run.arena, name, 0), per)
    graph, values = _in_bytes(made.graph, levels, scales, precision)
    assembly = copy(made)
    assembly.graph, assembly._tables, assembly._addresses = graph, {}, {}
    assembly._predicting = program = Program(graph, made.output, made.loss, made.y.shape[1], made.chunk, None, _knobs(made.config["loss"]))
    arena = assembly.fresh_arena(program)
    for parameter in (*program.parameters, *program.statistics):
        view = program.view(arena, parameter.name, 0)
        view[...] = values[parameter.name] if parameter.name in values else made.program.view(run.arena, parameter.name, 0)
    return Int8(run, levels, scales, program.state_count * precision.itemsize, made.program.state_count * precision.itemsize,
                assembly, SimpleNamespace(arena=arena, assembly=assembly))


def _knobs(section):
    return {k: v for k, v in section.items() if k != "name"}


def _in_bytes(graph, levels, scales, precision):
    """The graph with its dense layers in int8, and the values of the new parameters by name."""
    values, made = {}, {}
    for name, q in levels.items():
        packed = np.zeros(-(-q.size // precision.itemsize) * precision.itemsize, np.int8)
        packed[:q.size] = q.ravel()
        for part, array in ((f"{name}.int8", packed.view(precision)), (f"{name}.scale", scales[name].astype(precision))):
            values[part] = array
            made[part] = Parameter(part, array.shape, False, "constant", start=0.0)
    nodes = []
    for node in graph.nodes:
        name = node.operands[1].name if node.record.name in DENSE else None
        if name in levels:
            x, _, *bias, z = node.operands
            node = replace(node, record=ops.get("dense_int8", "int8"), knobs=(),
                           operands=(x, made[f"{name}.int8"], made[f"{name}.scale"], bias[0] if bias else None, z))
        nodes.append(node)
    parameters = [p for p in graph.parameters if p.name not in levels] + list(made.values())
    return replace(graph, nodes=nodes, parameters=parameters), values
