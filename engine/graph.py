"""A network as a static graph: tensors, parameters, and the ops between them, in the order they run.

Shapes are inferred and checked here, once, when the network is built; kernels trust them.
The first axis of everything that flows is the batch, written BATCH until a program gives it a size.
"""
from dataclasses import dataclass, field
from math import prod

import numpy as np

from .errors import ShapeError
from .registry import Activation, Op

BATCH = "N"


@dataclass(frozen=True)
class Rows:
    """An axis of BATCH × count: every position of every sequence as a row of its own."""
    count: int

    def __str__(self):
        return f"{BATCH}·{self.count}"


@dataclass(frozen=True, eq=False)
class Tensor:
    """A named array: a parameter, or a value that flows (first axis BATCH).

    learns   whether a gradient with respect to it is wanted
    base     the tensor whose memory it is, seen in another shape; None where it has its own
    """
    name: str
    shape: tuple
    learns: bool = False
    base: "Tensor | None" = field(default=None, kw_only=True)

    @property
    def root(self):
        """The tensor that owns the memory."""
        return self if self.base is None else self.base.root

    def sized(self, rows):
        """The shape with `rows` in the place of BATCH."""
        return tuple(rows if axis == BATCH else rows * axis.count if isinstance(axis, Rows) else axis
                     for axis in self.shape)

    def size(self, rows):
        """How many numbers it has with `rows` rows."""
        return prod(self.sized(rows))


@dataclass(frozen=True, eq=False)
class Parameter(Tensor):
    """A tensor that training changes.

    role      weight (regularised, drawn by the initializer), bias (starts at zero), statistic (measured while
              training, never changed by the optimizer), constant (never changed at all) or another word
    start     the value it starts with, or an array of them; None for those the initializer draws
    """
    role: str = "weight"
    fan_in: int = 1
    fan_out: int = 1
    start: float | None = None


@dataclass(frozen=True, eq=False)
class Node:
    """One op in its place: what runs on which tensors with which knob values."""
    name: str
    record: Op | Activation
    operands: tuple
    knobs: tuple = ()


@dataclass
class Layer:
    """What a diagram needs to know of a layer."""
    name: str
    inputs: int
    outputs: int
    activation: str
    kind: str = "dense"

    def describe(self):
        return {"name": self.name, "inputs": self.inputs, "outputs": self.outputs, "activation": self.activation,
                "kind": self.kind}


@dataclass(frozen=True)
class Example:
    """What a model must know of one example.

    shape    of its inputs: (columns,), (channels, height, width), (steps,) token numbers, (steps, columns)
    tokens   how many different tokens there are, 0 where inputs are no token numbers
    task     binary, classes, regression, or sequence: a class for each of `length` positions
    length   how many positions are answered
    store    facts that may be looked up, (facts, inputs + 1) with the class number last; None where there are none
    """
    shape: tuple
    tokens: int = 0
    task: str = "binary"
    length: int = 1
    store: np.ndarray | None = None


@dataclass
class Graph:
    """Tensors, parameters and nodes of one network on one kind of example.

    target   what the loss compares with, as the examples give it
    answer   what it compares with while training, where that is something else (mixed examples)
    feeds_back  whether the network reads the answer so far
    penalties   tensors (1,) that are minimised along with the loss, such as a load-balance loss
    """
    example: Example = None
    target: Tensor = None
    answer: Tensor = None
    feeds_back: bool = False
    parameters: list = field(default_factory=list)
    tensors: dict = field(default_factory=dict)
    nodes: list = field(default_factory=list)
    layers: list = field(default_factory=list)
    penalties: list = field(default_factory=list)

    def input(self, name, columns):
        """The tensor that the examples are copied into."""
        return self._keep(Tensor(name, (BATCH, columns)))

    def answer_so_far(self):
        """The right answers as an input (N, length), for a decoder that is shown them; in prediction it is shown its own."""
        self.feeds_back = True
        return self.target

    def reshape(self, tensor, name, shape):
        """The same numbers in another shape; nothing is copied."""
        seen = Tensor(name, tuple(shape), tensor.learns, base=tensor)
        if seen.size(1) != tensor.size(1):
            raise ShapeError(name, f"as many numbers as {tensor.name} {_words(tensor.shape)}", _words(shape))
        return self._keep(seen)

    def statistic(self, name, shape, start=0.0):
        """Numbers that training measures and inference uses, such as a running mean."""
        made = Parameter(name, tuple(shape), False, "statistic", start=start)
        self.parameters.append(made)
        return made

    def constant(self, name, values):
        """Numbers that are computed once and never change, such as a table of sines."""
        made = Parameter(name, values.shape, False, "constant", start=values)
        self.parameters.append(made)
        return made

    def tensor(self, name, shape, learns=True):
        """A value computed by an op; `learns` is False where no gradient can reach a parameter."""
        return self._keep(Tensor(name, tuple(shape), learns))

    def parameter(self, name, shape, role="weight", fan_in=None, fan_out=None, start=None):
        """A tensor to be learned; fans default to the shape's (inputs, outputs)."""
        fan_in = fan_in or (shape[0] if len(shape) > 1 else 1)
        fan_out = fan_out or shape[-1]
        made = Parameter(name, tuple(shape), True, role, fan_in, fan_out, start)
        if any(p.name == name for p in self.parameters):
            raise ShapeError(name, "a parameter name used once", "a second one of that name")
        self.parameters.append(made)
        return made

    def add(self, name, record, operands, knobs=None):
        """Append a node; knob values come in the record's order, defaults filled in."""
        values = record.defaults() | dict(knobs or {})
        self.nodes.append(Node(name, record, tuple(operands), tuple(float(values[k]) for k in record.knobs)))

    def alias(self, name, tensor):
        """A second name for the same tensor."""
        self.tensors[name] = tensor

    def inner(self, name, shape):
        """A tensor that only carries values from an op's forward to its backward: it has no gradient."""
        return self._keep(Tensor(name, tuple(shape), False))

    def _keep(self, tensor):
        if tensor.name in self.tensors:
            raise ShapeError(tensor.name, "a tensor name used once", "a second one of that name")
        self.tensors[tensor.name] = tensor
        return tensor


def _words(shape):
    return "(" + ", ".join(map(str, shape)) + ")"
