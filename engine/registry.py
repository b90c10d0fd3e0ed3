"""Records: what each kind of thing (activation, loss, dataset, ...) declares about itself; being in the folder is being registered.

A folder such as engine/activations/ holds one file a thing, each with one `RECORD`.  Menus, sliders,
tooltips, validation, docs and tests are all made from these records, so nothing is listed twice.
"""
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .errors import BadSetting, UnknownName
from .knob import REGISTRIES, Knob


@dataclass(frozen=True)
class Record:
    """What every registered thing says of itself."""
    name: str
    sentence: str                                  # one plain sentence
    formula: str = ""                              # LaTeX
    source: str = ""                               # author, year
    title: str = ""                                # as people write it: "ReLU"
    knobs: dict[str, Knob] = field(default_factory=dict, kw_only=True)
    aliases: tuple[str, ...] = field(default=(), kw_only=True)
    torch: str = field(default="", kw_only=True)   # the PyTorch counterpart as source, knobs in {braces}

    kind = "thing"

    def __post_init__(self):
        if not self.name.isidentifier() or not self.sentence.endswith("."):
            raise TypeError(f"{self.kind} {self.name!r}: a name is an identifier, a sentence ends with a full stop")
        for name, value in self.knobs.items():
            if not isinstance(value, Knob):
                raise TypeError(f"{self.kind} {self.name!r}: knob {name!r} is no Knob")

    def defaults(self):
        """The knobs' default values."""
        return {name: value.default for name, value in self.knobs.items()}

    def describe(self):
        """The record as plain data, for the catalog."""
        return {"name": self.name, "title": self.title or self.name.replace("_", " "), "sentence": self.sentence,
                "formula": self.formula, "source": self.source,
                "knobs": {name: value.describe() for name, value in self.knobs.items()}}


@dataclass(frozen=True)
class Activation(Record):
    """f and its derivative, element by element unless it says otherwise.

    forward and backward are kernels over operands  x, *parameters, y  and their gradients; x and y are (N, width).
    parameters  name -> start value of a learned vector of one number (PReLU's slope)
    kinks       where the derivative jumps, so that checks step around it
    saturates   whether it has flat tails: a unit counts as saturated where |f'| < 0.05 of its largest
    dies        whether a unit can be stuck at exactly zero gradient for every example
    elementwise whether each number is bent by itself, so that it has a curve
    """
    forward: Callable = None
    backward: Callable = None
    parameters: dict[str, float] = field(default_factory=dict)
    kinks: tuple[float, ...] = ()
    saturates: bool = False
    dies: bool = False
    elementwise: bool = True
    kind = "an activation"

    def describe(self):
        return super().describe() | {"saturates": self.saturates, "dies": self.dies,
                                     "elementwise": self.elementwise, "parameters": dict(self.parameters)}


@dataclass(frozen=True)
class Op(Record):
    """A step of the forward pass with its backward pass.

    operands    names in order, values only: ("x", "weight", "bias", "y")
    saved       those of them that only carry values from forward to backward and have no gradient
    inference   another forward kernel for prediction, where that differs (dropout, batch statistics)
    """
    forward: Callable = None
    backward: Callable = None
    inference: Callable = None
    operands: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    kind = "an op"


@dataclass(frozen=True)
class Loss(Record):
    """How wrong the outputs are, one number a batch (the mean over its rows), and the gradient of it.

    forward and backward are kernels over operands  z (N, C), target (N, K), loss (1,)  and  dz.
    tasks       which of "binary", "classes", "regression", "sequence", "labels" it can serve
    outputs     task, classes (or target columns) -> how many output units the network needs
    target      task, y -> the (N, K) float64 array of targets the kernel reads
    sample      kernel over z, target, drawn: targets drawn from what the outputs say, where they say probabilities
    """
    forward: Callable = None
    backward: Callable = None
    sample: Callable = None
    tasks: tuple[str, ...] = ()
    outputs: Callable[[str, int], int] = None
    target: Callable[[str, Any, int], Any] = None
    kind = "a loss"

    def describe(self):
        return super().describe() | {"tasks": list(self.tasks)}


@dataclass(frozen=True)
class Optimizer(Record):
    """One update of all parameters from their gradients.

    update      kernel over operands  p, g, rate (1,), *slots: flat vectors of one length (rate: one number)
                its knobs are those of the record without `learning_rate`, in order; age(t) counts its steps
    slots       names of the vectors it remembers for each parameter, zero at the start
    whole       True: one batch is the whole training set
    estimate    kernel over g, z (N, C), *slots, run before the update in every k-th step (the knob `every`): g is then
                the gradient for answers drawn from the network's own probabilities, z are its outputs
    """
    update: Callable = None
    estimate: Callable = None
    slots: tuple[str, ...] = ()
    whole: bool = False
    kind = "an optimizer"

    def describe(self):
        return super().describe() | {"slots": list(self.slots), "whole": self.whole, "estimates": self.estimate is not None}


@dataclass(frozen=True)
class Schedule(Record):
    """The learning rate as a function of the step.

    rate        kernel over operands  rate (1,), loss (1,), memory (slots,); writes the rate of this step.
                knob 0 is the base learning rate, then the record's own knobs in order
    slots       how many numbers it remembers between steps
    """
    rate: Callable = None
    slots: int = 0
    kind = "a schedule"


@dataclass(frozen=True)
class Landscape(Record):
    """A surface over the plane on which optimizers can race.

    value       kernel over operands  x (2,), value (1,)
    gradient    kernel over operands  x (2,), g (2,); where the loss is shown in pieces it is that of the step's own piece,
                and its mean over `period` steps is the gradient of `value`
    domain      lowest and highest x, lowest and highest y: what is drawn
    start       where paths begin unless somebody says otherwise
    rate, steps a learning rate with which plain gradient descent gets somewhere from there, and in how many steps
    minima      settings -> the lowest places, (x, y) each
    box         lowest and highest x, lowest and highest y that a path may have; None: anywhere
    period      settings -> after how many steps the pieces come again
    """
    value: Callable = None
    gradient: Callable = None
    domain: tuple = ()
    start: tuple = ()
    rate: float = 0.1
    steps: int = 200
    minima: Callable = None
    box: tuple | None = None
    period: Callable = lambda settings: 1
    kind = "a landscape"

    def describe(self):
        return super().describe() | {"domain": [list(axis) for axis in self.domain], "start": list(self.start), "rate": self.rate, "steps": self.steps}


@dataclass(frozen=True)
class Initializer(Record):
    """The weights a network starts with.

    fill        generator, shape, fan_in, fan_out, settings -> float64 array of that shape
    """
    fill: Callable = None
    kind = "an initializer"


@dataclass(frozen=True)
class Dataset(Record):
    """Examples to learn from.

    make        generator, settings -> Table (engine/table.py); settings hold the record's knobs
    task        "binary", "classes", "regression", "sequence", "labels", or "auto" where it depends on the settings
    made        True where the numbers are invented by a formula, so that the page can say so
    standardize whether its columns (and a regression's targets) are scaled unless somebody says otherwise
    features    the features to choose from (engine/features.py); empty where they are its own columns
    inputs      what a row is: "columns" (plain numbers), "picture", or "sequence" (steps in time, tokens, points in order)
    model       the model that is taken for it where nobody names one
    """
    make: Callable = None
    inputs: str = "columns"
    model: str = "mlp"
    task: str = ""
    plane: bool = False
    made: bool = True
    standardize: bool = False
    features: tuple[str, ...] = ()
    kind = "a dataset"

    def describe(self):
        return super().describe() | {"task": self.task, "plane": self.plane, "made": self.made,
                                     "standardize": self.standardize, "features": list(self.features), "inputs": self.inputs, "model": self.model}


@dataclass(frozen=True)
class Model(Record):
    """A network: adds its layers to a graph.

    build       graph, input tensor, number of outputs, settings -> output tensor
    takes       the kinds of inputs (Dataset.inputs) it is made for
    """
    build: Callable = None
    takes: tuple[str, ...] = ("columns", "picture")
    kind = "a model"

    def describe(self):
        return super().describe() | {"takes": list(self.takes)}


@dataclass(frozen=True)
class Probe(Record):
    """A measurement of a run that a panel can ask for; it reads and never changes the run.

    measure     run, options -> dict of name -> array or plain value; options hold the record's knobs
    needs       run -> nothing, or a BadSetting where this network or these data have nothing of the kind, whatever the options
    precision   "float64" where the network is run in it whatever the run's own precision; empty: the run's own
    """
    measure: Callable = None
    needs: Callable = lambda run: None
    precision: str = ""
    kind = "a probe"

    def answers(self, run):
        """Whether this run has what is measured."""
        try:
            self.needs(run)
        except BadSetting:
            return False
        return True

    def describe(self):
        return super().describe() | {"precision": self.precision}


@dataclass(frozen=True)
class Rule(Record):
    """A rule of thumb that watches a run; its sentence is what the coach says when it applies.

    look        Situation -> Finding with the evidence in numbers, or None (engine/coach/_situation.py)
    rank        0 is the most urgent
    symptom_of  rules whose finding explains this one, so that it need not be said too
    """
    look: Callable = None
    rank: int = 5
    symptom_of: tuple[str, ...] = ()
    kind = "a rule of the coach"


class Registry:
    """All records of one folder, by name; the folder is read when somebody first asks."""

    def __init__(self, package, record_type):
        self.package, self.record_type = package, record_type

    @cached_property
    def records(self):
        folder = importlib.import_module(f"{__package__}.{self.package}")
        found, taken = {}, {}
        for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda m: m.name):
            if module.name.startswith("_"):
                continue
            record = importlib.import_module(f"{folder.__name__}.{module.name}").RECORD
            if not isinstance(record, self.record_type):
                raise TypeError(f"{folder.__name__}.{module.name}: RECORD is no {self.record_type.__name__}")
            for name in (record.name, *record.aliases):
                if name in taken:
                    raise TypeError(f"{module.name} and {taken[name]} are both called {name!r}")
                taken[name] = module.name
            found[record.name] = record
        return found

    @cached_property
    def by_alias(self):
        return {name: record for record in self.records.values() for name in (record.name, *record.aliases)}

    def get(self, name, where):
        """The record of that name; UnknownName with the nearest and the full list otherwise."""
        if not isinstance(name, str) or name not in self.by_alias:
            raise UnknownName(where, self.record_type.kind, name, self.records)
        return self.by_alias[name]

    def names(self):
        """All names, in alphabetical order."""
        return tuple(self.records)

    def __iter__(self):
        return iter(self.records.values())

    def describe(self):
        """All records as plain data."""
        return [record.describe() for record in self]


activations = Registry("activations", Activation)
ops = Registry("ops", Op)
losses = Registry("losses", Loss)
optimizers = Registry("optimizers", Optimizer)
schedules = Registry("schedules", Schedule)
initializers = Registry("initializers", Initializer)
datasets = Registry("datasets", Dataset)
models = Registry("models", Model)
probes = Registry("probes", Probe)
landscapes = Registry("landscapes", Landscape)
rules = Registry("coach", Rule)
REGISTRIES.update({registry.package: registry for registry in
                   (activations, ops, losses, optimizers, schedules, initializers, datasets, models, probes, landscapes, rules)})
