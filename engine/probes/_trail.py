"""The way a run's weights have come: from its keyframes, and where they lie far apart at the beginning, by replaying between them.

A run is a pure function of config, seed and edits, so what is replayed is what was, to the bit.
"""
from copy import copy
from weakref import WeakKeyDictionary

import numpy as np

STRIDE = 32                              # steps between two places of the replayed beginning
BEGINNING = 2048                         # steps: later on the keyframes are all that is shown

_between = WeakKeyDictionary()           # keyframe -> the places on the way to it, as [(step, weights)]


def trail(run):
    """Steps (n,) and parameters (n, P) on the way, float64; the last is the present."""
    now, found, other, before = weights(run.assembly, run.arena), [], None, None
    frames = [frame for frame in run.history.frames if frame.step < run.step and _alike(frame.assembly, run.assembly)]
    for frame in [*frames, None]:
        if before is not None and run.replayable and before.step < BEGINNING:
            if frame not in _between if frame else True:
                other = other or run.fork()
                places = _replayed(other, before, frame.step if frame else run.step)
                if frame:
                    _between[frame] = places
            found += _between[frame] if frame else places
        if frame:
            found.append((frame.step, weights(frame.assembly, frame.arena)))
        before = frame
    found = [(step, w) for step, w in found if np.isfinite(w).all()]
    return np.array([*(step for step, _ in found), run.step]), np.array([*(w for _, w in found), now])


def weights(assembly, arena):
    """All parameters in one vector, float64."""
    return assembly.program.view(arena, "parameters", 0).astype(np.float64)


def _alike(one, other):
    names = lambda assembly: [(p.name, p.shape) for p in assembly.program.parameters]
    return one is other or names(one) == names(other)


def _replayed(run, frame, until):
    """Every STRIDE steps from a keyframe to a step, both without."""
    private = copy(frame)                # the order of the rows is shuffled in the assembly: the watched run keeps its own
    private.assembly = copy(frame.assembly)
    private.assembly.order = frame.assembly.order.copy()
    private.load(run)
    places = []
    while run.step + STRIDE < until and run.train(STRIDE) == STRIDE:
        if not _alike(run.assembly, frame.assembly):
            return []
        places.append((run.step, weights(run.assembly, run.arena)))
    return places


def principal(moves):
    """The two directions in which a path (n, P) varies most, and the share of its squared length in each.

    Seen from the last place, which is zero (Li et al., 2018, section 7): orthonormal rows (2, P), or fewer where it has fewer.
    """
    sizes, inner = np.linalg.eigh(moves @ moves.T)           # n × n: P may be large
    kept = [k for k in (-1, -2) if len(sizes) >= -k and sizes[k] > 1e-12 * max(sizes[-1], 1e-300)]
    rows = [inner[:, k] @ moves for k in kept]
    rows = [row / np.linalg.norm(row) * (1.0 if (moves @ row)[0] >= 0 else -1.0) for row in rows]
    return np.array(rows).reshape(-1, moves.shape[1]), [float(sizes[k] / sizes.sum()) for k in kept]
