"""Examples of every op: what to run it on, and what PyTorch says to the same.  One file a family, each with CASES."""
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Case:
    """One op on small arrays.

    operands    name -> array, or a shape for what the op writes, or None for what is left out
    knobs       name -> value, for those that are not at their default
    torch       the same in PyTorch: a function of (torch, operands as tensors) -> y
    unwanted    operands whose gradient nobody asks for
    results     what the op makes, where that is not its last operand alone
    nan, nan_at the operand, and the place in it, that a NaN is put into to see whether it shows
    learned     its first operand always follows from parameters, so that its gradient is always wanted
    masked      some results do not follow from the operands: differences see a jump there that is no slope
    """
    op: str
    operands: dict
    knobs: dict = field(default_factory=dict)
    torch: Callable = None
    unwanted: tuple = ()
    note: str = ""
    results: tuple = ()
    nan: str = ""
    nan_at: int = 0
    learned: bool = False
    masked: bool = False

    @property
    def made(self):
        """The names of its results."""
        return self.results or (list(self.operands)[-1],)

    @property
    def name(self):
        words = [f"{k}={v:g}" for k, v in self.knobs.items()] + [self.note]
        return "-".join([self.op, *(w for w in words if w)])

    def arrays(self, kind=np.float64):
        """The operands as arrays, zeros for what the op writes."""
        return {name: np.zeros(v, kind) if isinstance(v, tuple) else v if v is None else np.asarray(v, kind)
                for name, v in self.operands.items()}


def normal(*shape, seed=0, scale=1.0, mean=0.0):
    """Numbers to try an op on."""
    return np.random.default_rng([seed, *shape]).normal(mean, scale, shape)


def every_case():
    """All cases of all files of this folder."""
    return [case for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name)
            for case in importlib.import_module(f"{__name__}.{module.name}").CASES]
