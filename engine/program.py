"""A program: a network, its loss and its training as data, a table of instructions over one flat arena.

    arena   parameters (weights, then the others) | gradients | slots | clipped | few single numbers | values | their gradients

Instructions run in the order forward, loss, backward, penalties, clipping, schedule, update.  Changing the
network makes a new table, in about a millisecond, and compiles nothing.
"""
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from . import early_stopping
from .checkpointing import Cut
from .errors import BadSetting
from .graph import BATCH, Tensor
from .jit import CLOCK, COLUMNS, KNOBS, address
from .random import stream_of
from .registry import losses, ops

ALIGNED = 16                             # numbers: 64 bytes in float32, one cache line


@dataclass(frozen=True, eq=False)
class Instruction:
    """One kernel on its operands.  `first[j]` says that it is the first to write gradient row j; it runs every so many steps.

    stream   the name its random numbers go by, where that is not its own
    """
    name: str
    kernel: object
    operands: tuple                      # Tensor, or None where not wanted
    first: tuple
    knobs: tuple = ()
    every: int = 1
    stream: str = ""

    @property
    def but_knobs(self):
        """All it says except its knobs, to be compared."""
        return {name: value for name, value in vars(self).items() if name != "knobs"}


class Program:
    """Instructions, and where every tensor lies in the arena.

    graph       the network, with the tensors "input" and `output`
    capacity    the largest batch it can take
    training    None for a program that only predicts; else a Training
    segments    in how many pieces it is cut to save memory (engine/checkpointing.py); 1 keeps all values
    """

    def __init__(self, graph, output, loss, target_columns, capacity, training=None, loss_knobs=None, segments=1):
        self.graph, self.output, self.capacity, self.training = graph, output, capacity, training
        self.input = graph.tensors["input"]
        self.target = graph.target or Tensor("target", (BATCH, target_columns))
        self.loss = Tensor("loss", (1,))
        answer = graph.answer if training and graph.answer else self.target
        self.loss_node = (loss, (output, answer, self.loss), tuple((loss_knobs or loss.defaults()).values()))
        self._twins = {}                                     # tensor -> the tensor of its gradient
        self.cut = Cut(graph, output, segments) if training and segments > 1 else None
        self._place()
        self.forward = [*self._forward(), self._loss_forward()]
        backward = self.backward() if training else []
        self.backward_count = len(backward)
        self.rest = backward + training.instructions(self) if training else []
        self.instructions = self.forward + self.rest

    def retuned(self, training):
        """This program with the knobs of another training that takes the same steps; None where its steps are others."""
        vars(training).update({name: value for name, value in vars(self.training).items() if name not in vars(training)})
        steps, old = training.instructions(self), self.rest[self.backward_count:]
        if training.schedule is not self.training.schedule or [i.but_knobs for i in steps] != [i.but_knobs for i in old]:
            return None
        made = copy(self)
        made.training, made.rest = training, self.rest[:self.backward_count] + steps
        made.instructions = made.forward + made.rest
        return made

    # ---- the arena

    def _place(self):
        """Give every tensor its offset."""
        self.offsets, self.names, self.size = {}, {}, 0
        weights = [p for p in self.graph.parameters if p.role == "weight"]
        others = [p for p in self.graph.parameters if p.role not in ("weight", "statistic", "constant")]
        self.parameters = weights + others
        self.statistics = [p for p in self.graph.parameters if p.role in ("statistic", "constant")]
        self.weight_count = sum(prod(p.shape) for p in weights)
        self.parameter_count = sum(prod(p.shape) for p in self.parameters)
        self.whole = self._region("parameters", self.parameters)
        self.weights = self._at("weights", (self.weight_count,), 0)
        self._region("statistics", self.statistics)
        self.state_count = self.size                         # what a forward pass needs of a run's memory
        if self.training:
            self.gradients = self._region("gradients", [self._twin(p) for p in self.parameters])
            self.weight_gradients = self._at("d.weights", (self.weight_count,), self.offsets[self.gradients])
            self.slots = [self._region(f"slot.{slot}", [Tensor(f"{slot}.{p.name}", p.shape) for p in self.parameters])
                          for slot in self.training.optimizer.slots]
            self.training.place(self)
        for tensor in (self.loss, self.input, self.target):
            self.put(tensor)
        flowing = list(dict.fromkeys(t for t in self.graph.tensors.values() if t not in (self.input, self.target)))
        inner = self.cut.inner if self.cut else {}
        self._put_flowing([t for t in flowing if t.root not in inner])
        for name, tensor in self.graph.tensors.items():      # second names
            if tensor.root in inner:
                continue
            self.names[name] = tensor
            if tensor in self._twins:
                self.names[f"d.{name}"] = self._twins[tensor]
        if self.cut:
            self._put_inner([t for t in flowing if t.root in inner])

    def _put_flowing(self, flowing):
        for tensor in flowing:
            self.put(tensor)
        if self.training:
            for tensor in flowing:
                if tensor.learns:
                    self.put(self._twin(tensor))

    def _put_inner(self, flowing):
        """Tensors of one segment, in the place that all segments share.  They have no name: what lies there is soon another's."""
        names, start, end = dict(self.names), self.size, self.size
        for number in range(len(self.cut.segments)):
            self.size = start
            self._put_flowing([t for t in flowing if self.cut.inner[t.root] == number])
            end = max(end, self.size)
        self.names, self.size = names, end

    def put(self, tensor):
        """Append a tensor to the arena; one that has a base lies where its base does."""
        if tensor.base is not None:
            return self._at(tensor, tensor.shape, self.offsets[tensor.root])
        self.size = -(-self.size // ALIGNED) * ALIGNED
        self._at(tensor, tensor.shape, self.size)
        self.size += tensor.size(self.capacity)
        return tensor

    def _at(self, tensor, shape, offset):
        tensor = tensor if isinstance(tensor, Tensor) else Tensor(tensor, shape)
        self.offsets[tensor], self.names[tensor.name] = offset, tensor
        return tensor

    def part(self, flat, first, last):
        """The numbers first … last − 1 of a flat tensor, as a tensor."""
        whole = first == 0 and last == flat.shape[0]
        return flat if whole else self._at(f"{flat.name}[{first}:{last}]", (last - first,), self.offsets[flat] + first)

    def _region(self, name, members):
        """Tensors side by side without gaps, and a flat tensor over all of them."""
        self.size = -(-self.size // ALIGNED) * ALIGNED
        start = self.size
        for member in members:
            self._at(member, member.shape, self.size)
            self.size += prod(member.shape)
        return self._at(name, (self.size - start,), start)

    def _twin(self, tensor):
        if tensor not in self._twins:
            base = None if tensor.base is None else self._twin(tensor.root)
            self._twins[tensor] = Tensor(f"d.{tensor.name}", tensor.shape, base=base)
        return self._twins[tensor]

    # ---- the instructions

    def _forward(self):
        return [self._node(node) for node in self.graph.nodes]

    def _node(self, node, name=None, every=1):
        """A node's forward instruction; run again under another name it draws the same random numbers."""
        return Instruction(name or node.name, self._kernel(node.record), self._pairs(node.operands), (), node.knobs, every, node.name)

    def _kernel(self, record):
        """The forward kernel; a program that only predicts takes the one for inference where there is one."""
        return (None if self.training else getattr(record, "inference", None)) or record.forward

    def _loss_forward(self):
        record, operands, knobs = self.loss_node
        return Instruction(record.name, record.forward, self._pairs(operands), (), knobs)

    def _pairs(self, operands):
        return (*operands, *(self._twins.get(t) for t in operands))

    def backward(self, target=None, prefix="d.", every=1):
        """Backward kernels in reverse order; the first of several ops to write a gradient is told so.

        target   what the loss is to compare with instead of its own target
        """
        written, made = set(), []

        def back(name, kernel, nodes, values):
            if kernel is None:                               # nothing can flow back through it
                return
            pairs, first = self._pairs(nodes), [0] * (2 * len(nodes))
            for j, tensor in enumerate(nodes, len(nodes)):
                if pairs[j] is not None and tensor.root not in written:
                    first[j] = 1
                    written.add(tensor.root)
            made.append(Instruction(f"{prefix}{name}", kernel, pairs, tuple(first), values, every))
        record, (output, own, loss), knobs = self.loss_node
        operands = (output, target or own, loss)
        for tensor in self.graph.penalties:                  # each is a part of what is minimised (but says nothing of curvature)
            made.append(Instruction(f"{prefix}{tensor.name}", ops.get("fill", "penalty").forward, (self._twins[tensor],), (),
                                    (1.0 if target is None else 0.0,), every))
        back(record.name, record.backward, operands, knobs)
        for number, segment in reversed(list(enumerate(self.cut.segments if self.cut else [self.graph.nodes]))):
            if self.cut:
                made += [self._node(n, f"{prefix}{n.name}.again", every) for n in self.cut.again(number, target is None)]
            for n in reversed(segment):
                back(n.name, n.record.backward, n.operands, n.knobs)
        return made

    @cached_property
    def layout(self):
        """Where everything lies, to be compared: programs of one layout can share an arena."""
        return self.size, [(name, self.offsets[tensor], tensor.shape) for name, tensor in self.names.items()]

    def kernels(self):
        """(name, kernel) of all that must be compiled before it can run, each once."""
        seen = {}
        for instruction in self.instructions:
            seen.setdefault(instruction.kernel, instruction.name)
        return [(f"{kernel.py_func.__module__.removeprefix('engine.')}.{kernel.py_func.__name__}", kernel)
                for kernel in seen]

    def addresses(self, precision):
        """The machine addresses of all kernels, in order; compiles what is missing."""
        return np.array([address(i.kernel, precision) for i in self.instructions], np.uintp)

    def table(self, rows, seed):
        """The operand table for batches of `rows` rows: int64 (instructions, operands + 2, 8)."""
        widest = max(len(i.operands) for i in self.instructions) + 2
        table = np.ones((len(self.instructions), widest, COLUMNS), np.int64)
        table[:, :, 0] = -1
        for q, instruction in enumerate(self.instructions):
            for j, tensor in enumerate(instruction.operands):
                if tensor is None:
                    continue
                shape = tensor.sized(rows)
                table[q, j, 0] = self.offsets[tensor]
                table[q, j, 1] = instruction.first[j] if instruction.first else 0
                table[q, j, 2:2 + len(shape)] = shape
            table[q, CLOCK] = (0, seed, stream_of(instruction.stream or instruction.name), rows, 0, instruction.every, 0, 0)
        return self.knobs_into(table)

    def knobs_into(self, table):
        """A copy of an operand table with the knobs as they are now."""
        table = table.copy()
        table[:, KNOBS] = 0
        for q, instruction in enumerate(self.instructions):
            if instruction.knobs:
                table[q, KNOBS, :len(instruction.knobs)] = np.array(instruction.knobs, np.float64).view(np.int64)
        return table

    def view(self, arena, name, rows):
        """The tensor of that name in an arena, as an array."""
        tensor = self.names[name]
        offset = self.offsets[tensor]
        return arena[offset:offset + tensor.size(rows)].reshape(tensor.sized(rows))


class Training:
    """What turns gradients into new weights: penalties, clipping, schedule and optimizer."""

    def __init__(self, optimizer, optimizer_knobs, schedule, schedule_knobs, l1=0.0, l2=0.0, clip=None, stopping=None):
        self.optimizer, self.optimizer_knobs = optimizer, dict(optimizer_knobs)
        self.schedule, self.schedule_knobs = schedule, dict(schedule_knobs)
        self.l1, self.l2, self.clip, self.stopping = l1, l2, clip, stopping

    def place(self, program):
        """Its own tensors: the clipped copy of the gradients if there is one, the rate, the schedule's memory."""
        count = program.parameter_count
        self.used = program.put(Tensor("clipped", (count,))) if self.clip else program.gradients
        self.rate = program.put(Tensor("rate", (1,)))
        self.memory = program.put(Tensor("memory", (max(1, self.schedule.slots),)))
        if self.stopping is not None:
            early_stopping.place(program)
        if self.optimizer.estimate:
            self.kept = program.put(Tensor("kept", (count,)))
            self.sampled = program.put(Tensor("sampled", program.target.shape))

    def instructions(self, program):
        """Penalties, curvature, clipping, schedule, update: all over flat regions."""
        made = []
        if (self.l1 or self.l2) and program.weight_count:
            made.append(Instruction("penalty", ops.get("penalty", "regularization").forward,
                                    (program.weights, program.weight_gradients), (), (self.l1, self.l2)))
        knobs = dict(self.optimizer_knobs)
        base, everywhere = knobs.pop("learning_rate"), knobs.get("decay_everywhere", True)
        if self.optimizer.estimate:
            made += self._estimate(program, tuple(map(float, knobs.values())))
        if self.clip:
            (way, limit), = self.clip.items()
            made.append(Instruction("clip", ops.get(f"clip_by_{way}", "clip").forward,
                                    (program.gradients, self.used), (), (limit,)))
        made.append(Instruction("schedule", self.schedule.rate, (self.rate, program.loss, self.memory), (),
                                (base, *map(float, self.schedule_knobs.values()))))
        flats = (program.whole, self.used, *program.slots)
        groups = [("update", (0, program.parameter_count), knobs)]
        if not everywhere:                               # parameter groups: the weights decay, all else does not
            groups = [("update", (0, program.weight_count), knobs),
                      ("update.others", (program.weight_count, program.parameter_count), knobs | {"weight_decay": 0.0})]
        for name, (first, last), values in groups:
            if first < last:
                p, g, *slots = (program.part(tensor, first, last) for tensor in flats)
                made.append(Instruction(name, self.optimizer.update, (p, g, self.rate, *slots), (),
                                        tuple(map(float, values.values()))))
        return made

    def _estimate(self, program, knobs):
        """Every k-th step: put the gradient aside, take another backward pass for answers drawn from the network's own
        probabilities, let the optimizer look at that, and bring the gradient back.
        """
        loss, every = program.loss_node[0], self.optimizer_knobs["every"]
        if loss.sample is None:
            raise BadSetting("optimizer.name", "an optimizer that does not ask the loss for probabilities, or a loss that has "
                             "them: " + ", ".join(r.name for r in losses if r.sample), f"{self.optimizer.name} with {loss.name}")
        copy = ops.get("copy", "optimizer").forward
        return [Instruction("keep", copy, (program.gradients, self.kept), (), (), every),
                Instruction("sample", loss.sample, (program.output, program.target, self.sampled), (), (), every),
                *program.backward(self.sampled, "again.", every),
                Instruction("estimate", self.optimizer.estimate, (program.gradients, program.output, *program.slots), (), knobs, every),
                Instruction("restore", copy, (self.kept, program.gradients), (), (), every)]
