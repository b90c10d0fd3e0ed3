"""A run: one network in training.  A pure function of (config, seed, the edits with their steps).

    run = Run({"data": {"name": "spiral"}})
    run.train(1000)
    run.metrics()
"""
from copy import deepcopy

import numpy as np

from . import config as settings
from . import early_stopping, execute, snapshot, twin
from .advice import advise
from .assembly import Assembly
from .carry import carry_over
from .divergence import explain
from .edits import apply_edit, checked, plain, record
from .errors import BadSetting, ShapeError, quoted
from .history import History
from .measure import Predictor, metrics, probabilities
from .registry import probes
from .views import Views


class Run:
    """One training: a config, a program, and its memory.

    config   nested dict of settings; what is left out has a default
    data     (x_train, y_train, x_test, y_test): own arrays, used exactly as given
    edits    changes that are to be made on the way, each with its "step" (Run.recipe gives them)

    `config` and `data` are there to be read; settings are changed with `set`, examples with `edit`.

    Errors: EngineError, naming the field, for anything in config or data that cannot be.
    """

    def __init__(self, config=None, data=None, edits=()):
        self.edits, self.future, self._watched = [], checked(edits), None
        self._assembly = Assembly(config, data)
        self.initial = self._assembly.config
        self._begin()
        self.history = History(self)
        self._apply_due()

    def _begin(self):
        """Memory as it is at step 0."""
        made = self._assembly
        self.arena = made.fresh_arena()
        self.counters = np.zeros(8, np.int64)
        self.counters[[execute.SEED, execute.BATCH, execute.ROWS]] = made.seed, made.batch, made.batch
        self.trace = np.full(execute.TRACE, np.nan, made.precision)
        for parameter in (*made.program.parameters, *made.program.statistics):
            made.program.view(self.arena, parameter.name, 0)[...] = made.start(parameter)
        self.replayable, self.divergence = True, None
        self._renew()

    def _renew(self):
        """What depends on the assembly or the arena, after either was exchanged."""
        self._predictor = Predictor(self._assembly)
        self._watch()

    # ---- training

    def train(self, steps=1):
        """Make so many training steps and give the number made; fewer where the loss stops being finite (see `divergence`).

        One compiled call without the interpreter lock, but for the steps at which an edit or a keyframe is due.
        """
        if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 0:
            raise BadSetting("steps", "a whole number of at least 0", quoted(steps))
        self._notice_raw_writes()
        made = 0
        while made < steps and self.divergence is None and not self.ended:
            self._apply_due()
            count = min(steps - made, self.history.steps_to_next(), self._steps_to_edit(), self._steps_alike(),
                        early_stopping.steps_to_check(self))
            done = self._train(count)
            made += done
            if done < count:
                self.divergence = explain(self)
            early_stopping.check(self)
            self.history.offer()
        if self.divergence is None:
            self._apply_due()
        self._watch()
        return made

    def _train(self, count):
        made = self._assembly
        program, n = made.program, len(made.x)
        places = np.array([program.offsets[t] for t in (program.input, program.target, program.loss)])
        rest = made.tables(program, (n - int(self.counters[execute.POSITION])) % made.batch or made.batch)
        return execute.train(made.addresses, self.arena, made.tables(program, made.batch), rest, len(program.forward),
                             self.counters, made.order, made.x, made.y, places, self.trace, count)

    def _steps_alike(self):
        """For how many steps the last batch of an epoch has the same size.

        It has n % batch rows, but for the rest of an epoch in which the batch size was changed.
        """
        n, batch = len(self._assembly.x), self._assembly.batch
        return 2**62 if (n - int(self.counters[execute.POSITION])) % batch == n % batch else self.steps_left_in_epoch

    def _steps_to_edit(self):
        return self.future[0]["step"] - self.step if self.future else 2**62

    def _apply_due(self):
        while self.future and self.future[0]["step"] <= self.step:
            edit, start = self.future.pop(0), self.initial
            apply_edit(self, edit)
            if self.initial is start:                # or else it was a restart, which forgets all edits
                self.edits.append(edit)

    @property
    def step(self):
        """Training steps made."""
        return int(self.counters[execute.STEP])

    @property
    def epoch(self):
        """Epochs finished: how often every training example was used."""
        return int(self.counters[execute.EPOCH])

    @property
    def steps_per_epoch(self):
        """Batches that make an epoch."""
        return -(-len(self._assembly.x) // self._assembly.batch)

    @property
    def steps_left_in_epoch(self):
        """Batches until the present epoch is over."""
        left = len(self._assembly.x) - int(self.counters[execute.POSITION])
        return -(-left // self._assembly.batch)

    @property
    def loss(self):
        """The loss of the last batch, without penalties; NaN before the first step."""
        return float(self.trace[(self.step - 1) % execute.TRACE]) if self.divergence is None else \
            float(self.trace[self.step % execute.TRACE])

    @property
    def ended(self):
        """Whether early stopping has ended the training; the parameters are then the best there were."""
        return early_stopping.ended(self)

    @property
    def best(self):
        """{loss, epoch, since, ended} of the best weights so far, with early stopping; else None."""
        return early_stopping.describe(self)

    # ---- what it is

    @property
    def config(self):
        """All settings as they are now."""
        return self._assembly.config

    @property
    def data(self):
        """The examples: see engine/data.py."""
        return self._assembly.data

    @property
    def layers(self):
        """Name, inputs, outputs and activation of every layer."""
        return [layer.describe() for layer in self._assembly.graph.layers]

    @property
    def parameter_count(self):
        """How many numbers training may change."""
        return self._assembly.program.parameter_count

    @property
    def assembly(self):
        """The program and the arrays it runs on, for probes."""
        return self._assembly

    @property
    def rows(self):
        """How many rows the last batch had."""
        return int(self.counters[execute.ROWS])

    @property
    def parameters(self):
        """Name -> array view, e.g. "layer1.weight" (inputs, outputs).

        A view follows training, and `set` too, as long as all shapes stay.  Writing into one marks the run as not replayable.
        """
        return self._views([p.name for p in self._assembly.program.parameters])

    @property
    def gradients(self):
        """Name -> gradient of loss plus penalties of the last batch, before clipping."""
        return self._views([p.name for p in self._assembly.program.parameters], "d.")

    @property
    def tensors(self):
        """Name -> value in the last batch: "layer1.output", "input", "loss", and "d.layer1.output" for a gradient."""
        return self._views([name for name in self._assembly.program.names])

    def _views(self, names, prefix=""):
        self._watch(True)
        return Views(self._assembly.program, self.arena, names, self.rows, prefix)

    # ---- measuring

    def predict(self, x):
        """The network's outputs (n, outputs) for inputs x (n, columns of the data): logits, or values of a regression."""
        return self._predictor.outputs(self, self._inputs(x))["output"]

    def probabilities(self, x):
        """Class probabilities (n, C) for inputs x (n, columns of the data)."""
        return probabilities(self, self.predict(x))

    def forward(self, x, names):
        """Run inputs x (n, columns of the data) through the network in inference and give the named tensors as (n, ...) arrays."""
        return self._predictor.outputs(self, self._inputs(x), names)

    def outputs(self, inputs, names=("output",)):
        """`forward` for rows (n, inputs) that are already what the network is fed, contiguous and in the run's precision."""
        return self._predictor.outputs(self, inputs, names)

    def measured_loss(self, x, y):
        """The mean loss over rows as the network is fed them."""
        return self._predictor.outputs(self, x, (), y=y, loss=True)[1]

    @property
    def predictor(self):
        """Forward passes over many rows with the present parameters, for probes."""
        return self._predictor

    def metrics(self):
        """Losses and scores over the whole training and test sets (None where there is no test set)."""
        return metrics(self, self._predictor)

    def probe(self, name, options=None):
        """Measure something for a picture: a dict of arrays and plain values."""
        found = probes.get(name, "probe")
        options = settings.as_dict({} if options is None else options, f"probe {name}")
        options = settings.check_knobs(found.knobs, options, f"probe {name}")
        found.needs(self)
        return found.measure(self, options)

    def measurable(self):
        """Names of the probes that have something to measure in this network with these data."""
        return self._predictor.kept("measurable", lambda: [record.name for record in probes if record.answers(self)])

    def advise(self, curves=None):
        """What the coach says of this run now (engine/advice.py); curves as {name: values}, the samples of the probe `curves`."""
        return advise(self, curves)

    def _inputs(self, x):
        columns = len(self.data.columns)
        try:
            x = np.asarray(x, np.float64)
        except (TypeError, ValueError):
            raise ShapeError("x", f"numbers of shape (n, {columns}), the columns of the data", quoted(x)) from None
        if x.ndim == 1:
            x = x.reshape(-1, columns) if columns == 1 or x.size == columns else x
        if x.ndim != 2 or x.shape[1] != columns:
            raise ShapeError("x", f"shape (n, {columns}), the columns of the data", f"shape {x.shape}")
        with np.errstate(over="ignore"):                 # too large for float32 is infinite, and shows as that
            return np.ascontiguousarray(self.data.features_of(x), self._assembly.precision)

    # ---- changing

    def set(self, path, value=None):
        """Change one setting, `set("optimizer.learning_rate", 0.1)`, or several, `set({path: value, ...})`.

        Training goes on; weights that still fit are kept.  Gives "live", "rebuild" or "restart".
        """
        changes = path if isinstance(path, dict) else {path: value}
        before = self.config
        self._change({"set": changes})
        return settings.effect(before, self.config)

    def edit(self, change):
        """Change a number or the data by hand.

        {"weight": "layer1.weight", "index": [0, 1], "value": 0.5}      one parameter
        {"paint": [[x1, x2, y], ...]}                                   examples added to the training set
        {"erase": {"at": [x1, x2], "radius": r}}                        examples taken away
        """
        self._change(settings.as_dict(change, "edit"))

    def _change(self, edit):
        self._notice_raw_writes()
        edit, start = plain(edit), self.initial
        apply_edit(self, edit)
        if self.initial is not start:                    # a restart: the new start holds the change
            return
        self.future.clear()
        self.history.forget_after(self.step)
        record(self.edits, {**edit, "step": self.step}, kept=self.history.frames[-1].edits)
        self._watch()

    def _exchange(self, config):
        """Go on with another config, carrying over what fits."""
        before = self._assembly
        if (made := before.retuned(config)) is not None:         # everything stays where it is
            self._assembly = self._predictor.assembly = made
            self.counters[execute.STATUS], self.divergence = 0, None
            early_stopping.carry(before, self.arena, made, self.arena)       # a change gives new patience
            return
        made = Assembly(config, before.arrays, before)
        if settings.effect(before.config, made.config) == "restart":
            self._assembly = made
            self.initial, self.edits, self.future = made.config, [], []
            self._begin()
            self.history.clear()
            return
        new = made.fresh_arena()
        carry_over(before, self.arena, made, new, self.counters)
        self.adopt(made, new, self.counters, self.trace.astype(made.precision))

    def adopt(self, assembly, arena, counters, trace):
        """Take over a memory that was made elsewhere; where the layout is the same, in place, so that views stay good."""
        if assembly.precision == self._assembly.precision and assembly.program.layout == self._assembly.program.layout:
            self.arena[...] = arena
        else:
            self.arena = assembly.fresh_arena()
            self.arena[...] = arena
        self._assembly, self.counters, self.trace = assembly, counters.copy(), trace.copy()
        self.counters[execute.STATUS], self.divergence = 0, None
        if self.counters[execute.POSITION]:
            execute.permutation(assembly.order, self.counters[execute.SEED], self.counters[execute.EPOCH])
        self._renew()

    def reset(self, seed=None):
        """Start again at step 0 with the present settings: from the same start, or from another seed."""
        config = self.config if seed is None else {**self.config, "seed": seed}
        self._assembly = Assembly(config, self._assembly.arrays)
        self.initial, self.edits, self.future = self._assembly.config, [], []
        self._begin()
        self.history.clear()

    # ---- keeping

    def recipe(self):
        """What the run is made from, as plain data: {"config", "edits"}; Run(**recipe) replays it (own arrays: with `data`)."""
        return deepcopy({"config": self.initial, "edits": self.edits + self.future})

    def snapshot(self):
        """The whole run as bytes: config, edits and memory."""
        self._notice_raw_writes()
        return snapshot.pack(self)

    @classmethod
    def restore(cls, data):
        """The run that a snapshot was taken of, to the bit."""
        return snapshot.unpack(cls, data)

    def fork(self, changes=None):
        """A second run from the present state, with some settings changed."""
        other = Run.restore(self.snapshot())
        if changes:
            other.set(changes)
        return other

    # ---- twins

    difference = staticmethod(twin.difference)

    def config_with(self, changes):
        """The complete config that changes {path: value} would lead to; nothing is changed."""
        return twin.config_with(self.config, changes)

    def twin(self, changes=None):
        """A run from the same start, at step 0, that makes the same edits on its way but keeps its own settings.

        changes   {path: value} in which it differs from the start on, whatever the edits set
        """
        return type(self)(**twin.recipe_with(self.recipe(), changes or {}), data=self._assembly.arrays)

    def plan(self, edit):
        """An edit that is made when training comes to its "step"; at once where it is there already."""
        self._notice_raw_writes()
        self.future = checked([*self.future, edit])
        self._apply_due()
        self._watch()

    def forget(self, step):
        """What was to be done again after this step, as a run does that was taken back, is not to be done."""
        self.future = [edit for edit in self.future if edit["step"] <= step]
        self.history.forget_after(max(step, self.step))

    # ---- raw writes

    def _watch(self, exposed=False):
        """Remember parameters, gradients and slots once a writable view is out, so that a raw write can be noticed."""
        if exposed and self._watched is None or not exposed and self._watched is not None:
            self._watched = self._remembered.copy()

    @property
    def _remembered(self):
        bits = self.arena[:self._assembly.program.offsets[self._assembly.program.loss]]
        return bits.view(f"i{bits.itemsize}")            # as whole numbers, so that NaN equals itself

    def _notice_raw_writes(self):
        if self._watched is not None and not np.array_equal(self._watched, self._remembered):
            self.replayable = False
            self._watch()
            self.history.forget_after(self.step)
            self.future.clear()
            self.history.keep(fixed=True)

    def kernels(self):
        """(name, kernel) of everything this run needs compiled."""
        return self._assembly.program.kernels()
