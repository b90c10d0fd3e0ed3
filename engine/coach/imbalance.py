"""Unequal classes: always guessing the commonest is right so often that the rare one may never be learned."""
import numpy as np

from ..registry import Rule
from ._situation import Finding, percent

RARE = 0.25                              # of the commonest class's examples


def look(situation):
    data = situation.run.data
    if data.task not in ("binary", "classes"):
        return None
    counts = np.bincount(np.asarray(data.y_train, np.int64).reshape(-1), minlength=max(2, len(data.classes or ())))
    if counts.max() == 0 or counts.min() > RARE * counts.max():
        return None
    names = [str(c) for c in data.classes] if data.classes else [f"class {k}" for k in range(len(counts))]
    rare, common = int(counts.argmin()), int(counts.argmax())
    return Finding(f"{counts[rare]} training examples are {names[rare]}, {counts[common]} are {names[common]}: always saying {names[common]} "
                   f"would be right for {percent(counts[common] / counts.sum())}. Look at the confusion matrix, not at the accuracy alone.")


RECORD = Rule("imbalance", "The classes are unequal.", formula=r"\min_c n_c < \tfrac{1}{4}\max_c n_c", source="N. Japkowicz and S. Stephen, 2002",
              look=look, rank=6)
