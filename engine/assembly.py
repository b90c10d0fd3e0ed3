"""An assembly: everything that follows from a config and its data, ready to run, and never changed after.

A run is an assembly plus its memory (the arena and the counters).  Changing a setting makes a new assembly,
which takes about a millisecond, and carries the memory over.
"""
import json
from copy import copy
from functools import cached_property, lru_cache
from weakref import WeakValueDictionary

import numpy as np

from . import config as settings
from . import early_stopping
from .augmentation import augment
from .data import prepare
from .errors import BadSetting, EngineError, ShapeError
from .graph import BATCH, Example, Graph, Tensor
from .own_arrays import own
from .program import Program, Training
from .random import generator
from .registry import initializers, losses, models, optimizers, schedules

DEFAULT_LOSS = {"binary": "binary_cross_entropy", "classes": "cross_entropy", "regression": "mse",
                "sequence": "cross_entropy", "labels": "ctc"}
TUNED = ("optimizer", "schedule", "regularization", "clip")
CHUNK = 256                              # rows of a forward pass over many, at most
MOST_NUMBERS = 2**25                     # of an arena: 128 MB in float32

_living = WeakValueDictionary()          # data that some run is using


@lru_cache(maxsize=4)
def _recent(data_json, seed):
    return prepare(json.loads(data_json), seed)


def prepared(section, seed):
    """The data of a config's "data" section, shared by all that ask for the same."""
    key = (json.dumps(section, sort_keys=True), seed)
    data = _living.get(key)
    if data is None:
        data = _living[key] = _recent(*key)
    return data


class Assembly:
    """Config, data, program and the arrays it is fed with.

    arrays   a person's own data, or None
    before   the assembly that this one takes the place of, or None
    """

    def __init__(self, config, arrays=None, before=None):
        self.config = settings.complete(config, own_data=arrays is not None)
        self.arrays = arrays
        self.data = self._data(before)
        self._choose_loss(before if before is not None and "loss" not in config else None)
        self.precision = np.dtype(self.config["precision"])
        self.graph, self.output = self._network(before if before is not None and "model" not in config else None)
        self.loss = losses.get(self.config["loss"]["name"], "loss.name")
        self.optimizer = optimizers.get(self.config["optimizer"]["name"], "optimizer.name")
        if before is not None and self._feeds_like(before):      # share the arrays: a slider makes many assemblies
            self.x, self.y, self.x_test, self.y_test = before.x, before.y, before.x_test, before.y_test
            self.x_validation, self.y_validation = before.x_validation, before.y_validation
        else:
            self.x, self.y = self.feed(self.data.x_train, self.data.y_train)
            self.x_test, self.y_test = self.feed(self.data.x_test, self.data.y_test)
            self.x_validation, self.y_validation = self.feed(self.data.x_validation, self.data.y_validation)
        rows = len(self.x)
        if rows == 0:
            raise BadSetting("data", "at least one training example", "none", "Lower the test share or add points.")
        self.batch = rows if self.optimizer.whole else min(self.config["batch_size"], rows)
        self.program = self._program(self.batch, self._training(), self.config["checkpoint_segments"] or 1)
        if self.program.size > MOST_NUMBERS:
            raise BadSetting("model", f"a network that needs at most {MOST_NUMBERS:,} numbers of memory",
                             f"{self.program.size:,}", "Make layers or batches smaller.")
        early_stopping.need_test_rows(self)
        self.order = np.arange(rows)
        self._tables, self._addresses, self._predicting = {}, {}, None

    def retuned(self, config):
        """This assembly with other numbers for what turns gradients into weights; None where the config asks for more than that.

        A slider does this many times a second: the program stays, and only the knobs in its tables are written anew.
        """
        config = settings.complete({**config, "loss": config.get("loss", self.config["loss"])}, own_data=self.arrays is not None)
        if any(value != self.config[name] for name, value in config.items() if name not in TUNED):
            return None
        made = copy(self)
        made.config = config
        made.optimizer = optimizers.get(config["optimizer"]["name"], "optimizer.name")
        made.program = self.program.retuned(made._training()) if made.optimizer is self.optimizer else None
        if made.program is None:
            return None
        made.__dict__.pop("uncut", None)                     # it was made for the numbers before
        made._addresses = {**self._addresses, made.program: self.addresses}
        made._tables = {key: made.program.knobs_into(table) if key[0] else table for key, table in self._tables.items()}
        return made

    def _feeds_like(self, before):
        return (self.data is before.data and self.precision == before.precision
                and self.loss is before.loss)

    @property
    def seed(self):
        return self.config["seed"]

    def _data(self, before):
        if self.arrays is None:
            return prepared(self.config["data"], self.config["seed"])
        if not isinstance(self.arrays, (tuple, list)) or len(self.arrays) != 4:
            raise ShapeError("data", "four arrays (x_train, y_train, x_test, y_test); the last two may be None",
                             f"{len(self.arrays)}" if isinstance(self.arrays, (tuple, list)) else type(self.arrays).__name__)
        task = _own_task(self.arrays, self.config["loss"])
        if before is not None and before.arrays is self.arrays and before.data.task == task:
            return before.data
        data = own(*self.arrays, task=task)
        if before is None:                       # a copy, since the caller's may change later
            self.arrays = tuple(None if array is None else np.array(array) for array in self.arrays)
        return data

    def _choose_loss(self, before):
        task = self.data.task
        if self.config["loss"] is None:
            self.config["loss"] = before.config["loss"] if before is not None and before.data.task == task else \
                settings.complete({"loss": DEFAULT_LOSS[task]})["loss"]
        record = losses.get(self.config["loss"]["name"], "loss.name")
        if task not in record.tasks:
            fits = ", ".join(r.name for r in losses if task in r.tasks)
            raise BadSetting("loss.name", f"a loss for this data ({_words(self.data)}): {fits}", repr(record.name))

    def _network(self, before):
        """Graph and output.  After a change of the data alone: of the model before, or, where that cannot serve it, the usual one."""
        if before is not None:
            try:
                made = self.config | {"model": before.config["model"]}
                found = network(made, self.data)
                self.config = made
                return found
            except EngineError:
                pass
        return network(self.config, self.data)

    def feed(self, x, y):
        """Inputs and targets as the kernels read them: two C-ordered matrices of the run's precision."""
        record, count = losses.get(self.config["loss"]["name"], "loss.name"), outcomes(self.data)
        target = record.target(self.data.task, y, count)
        with np.errstate(over="ignore"):         # too large for float32 is infinite: the run says so at its first step
            return np.ascontiguousarray(x, self.precision), np.ascontiguousarray(target, self.precision)

    def _training(self):
        schedule = schedules.get(self.config["schedule"]["name"], "schedule.name")
        return Training(self.optimizer, _knobs(self.config["optimizer"]), schedule, _knobs(self.config["schedule"]),
                        self.config["regularization"]["l1"], self.config["regularization"]["l2"], self.config["clip"],
                        self.config["early_stopping"])

    def _program(self, capacity, training=None, segments=1):
        return Program(self.graph, self.output, self.loss, self.y.shape[1], capacity, training,
                       _knobs(self.config["loss"]), segments)

    @cached_property
    def uncut(self):
        """The same with all values kept (itself unless gradient checkpointing throws some away), for looking at them."""
        return Assembly({**self.config, "checkpoint_segments": None}, self.arrays, self) if self.program.cut else self

    @property
    def chunk(self):
        """Rows of a forward pass over many: fewer where a row needs much memory, as a long sequence does."""
        return max(1, min(CHUNK, MOST_NUMBERS * self.batch // self.program.size))

    @property
    def predicting(self):
        """The program that only predicts, for chunks of rows."""
        if self._predicting is None:
            self._predicting = self._program(self.chunk)
        return self._predicting

    def tables(self, program, rows):
        """The operand table of a program for so many rows (kept, since they come again and again)."""
        key = (program is self.program, rows)
        if key not in self._tables:
            if len(self._tables) > 16:
                self._tables.pop(next(k for k in self._tables))
            self._tables[key] = program.table(rows, self.seed)
        return self._tables[key]

    @property
    def addresses(self):
        """Addresses of the training program's kernels."""
        return self.addresses_of(self.program)

    def addresses_of(self, program):
        """Addresses of a program's kernels, compiled once."""
        if program not in self._addresses:
            self._addresses[program] = program.addresses(self.precision.name)
        return self._addresses[program]

    def start(self, parameter):
        """The value a parameter starts with: a pure function of seed, initializer and its name."""
        if parameter.start is not None:
            return np.full(parameter.shape, parameter.start)
        record = initializers.get(self.config["initializer"]["name"], "initializer.name")
        return record.fill(generator(self.seed, parameter.name), parameter.shape, parameter.fan_in, parameter.fan_out,
                           _knobs(self.config["initializer"]))

    def fresh_arena(self, program=None):
        """Zeros for a whole program, beginning at a cache line."""
        size = (program or self.program).size + 16
        raw = np.zeros(size + 16, self.precision)
        shift = (-raw.ctypes.data % 64) // self.precision.itemsize
        return raw[shift:shift + size]


def network(config, data):
    """The graph of the configured model on this data, and its output tensor."""
    # a string of labels is found among answers to all steps, so for the network it is a sequence of that length
    task, length = ("sequence", data.shape[0]) if data.task == "labels" else \
        (data.task, data.y_train.shape[1] if data.task == "sequence" else 1)
    graph = Graph(example=Example(data.shape, len(data.tokens), task, length, data.store))
    x = graph.input("input", data.x_train.shape[1])
    record = models.get(config["model"]["name"], "model.name")
    loss = losses.get(config["loss"]["name"], "loss.name")
    outputs = loss.outputs(data.task, outcomes(data))
    graph.target = Tensor("target", (BATCH, loss.target(data.task, data.y_train[:1], outcomes(data)).shape[1]))
    x = augment(graph, x, config["augmentation"], data, loss, outputs)
    return graph, record.build(graph, x, outputs, _knobs(config["model"]))


def outcomes(data):
    """How many classes there are, or how many values a regression predicts."""
    return data.y_train.shape[1] if data.task == "regression" else len(data.classes)


def _knobs(section):
    return {k: v for k, v in section.items() if k != "name"}


def _own_task(arrays, loss):
    """What a person's own arrays are for: the loss says it, or else the type of y does."""
    try:
        labels = [np.asarray(y) for y in (arrays[1], arrays[3]) if y is not None and np.size(y)]
    except ValueError:                           # rows of several lengths: `own` says which
        labels = []
    labels = [y for y in labels if y.dtype.kind in "iubf"]
    if not labels:
        return "regression"
    tasks = losses.get(loss["name"], "loss.name").tasks if loss else \
        ("binary",) if labels[0].ndim == 1 and labels[0].dtype.kind in "iub" else ("regression",)
    if "regression" in tasks:
        return "regression"
    return "classes" if max(y.max() for y in labels) > 1 else "binary"


def _words(data):
    return {"regression": "a regression", "sequence": "sequences", "labels": "strings of labels"}.get(data.task, f"{len(data.classes)} classes")
