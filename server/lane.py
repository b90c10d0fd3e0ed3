"""A lane: one of the runs of a session, what it is called, what makes it different from the first, and its curves."""
from .curves import Curves
from .longtext import conceal
from .pace import Pace


class Lane:
    """One run beside others.

    changes      {path: value} in which its settings differ from the first lane's
    unfit        {path: why} of those changes that the present settings have no place for
    divergence   what broke, and ended: stopped early; it stands still then, while the others go on
    version      the session's version in which it last changed
    """

    def __init__(self, id, label, run, changes=None):
        self.id, self.label, self.run = id, label, run
        self.changes, self.unfit = changes or {}, {}
        self.curves, self.pace, self.version = Curves(), Pace(), 0
        self.divergence, self.ended = None, False
        self.look()

    @property
    def step(self):
        """Training steps it has made."""
        return self.run.step

    @property
    def stands(self):
        """Whether it makes no more steps by itself."""
        return bool(self.divergence or self.ended)

    @property
    def fits(self):
        """The changes that are in force."""
        return {path: value for path, value in self.changes.items() if path not in self.unfit}

    def look(self):
        """Note whether its run can go on."""
        self.divergence, self.ended = self.run.divergence, bool(self.run.ended)

    def take(self, run):
        """Another run, from step 0."""
        self.run = run
        self.curves.clear()
        self.pace.begin_anew()
        self.look()

    def breaks(self, message):
        """It can make no more steps, for a reason that is no number."""
        self.divergence = {"tensor": None, "layer": None, "step": self.step, "value": None, "message": message}

    def place(self):
        """Where it is; epochs with their fraction."""
        run = self.run
        return {"step": run.step, "epoch": round(run.epoch + 1 - run.steps_left_in_epoch / run.steps_per_epoch, 6)}

    def entry(self):
        """What `runs` makes it from."""
        return {"id": self.id, "label": self.label, "changes": self.changes}

    def describe(self):
        """What a page is told of it."""
        return {"id": self.id, "label": self.label, "changes": conceal(self.changes), "step": self.step,
                "parameters": self.run.parameter_count, "divergence": self.divergence, "ended": self.ended,
                "unfit": list(self.unfit)}
