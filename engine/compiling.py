"""Compiling ahead: which kernels there are, and turning them into machine code with progress."""
from functools import partial

from . import execute, jit, maps
from .registry import activations, landscapes, losses, ops, optimizers, schedules

PARTS = {ops: ("forward", "backward", "inference"), activations: ("forward", "backward"),
         losses: ("forward", "backward", "sample"), optimizers: ("update", "estimate"), schedules: ("rate",),
         landscapes: ("value", "gradient")}
TRAINING = ("penalty", "clip_by_norm", "clip_by_value", "copy")        # ops that settings name, whatever the model


def kernels_of(run=None, choices=False):
    """(name, kernel) of what a run needs, or of everything there is.

    choices     also what its menus offer beside: other activations, optimizers, schedules, and losses for its task
    """
    if run is not None and not choices:
        return run.kernels()
    found = {} if run is None else {kernel: name for name, kernel in run.kernels()}
    for registry, parts in PARTS.items():
        for record in registry:
            if run is not None and (registry is ops and record.name not in TRAINING
                                    or registry is losses and run.data.task not in record.tasks):
                continue
            for part in parts:
                if getattr(record, part, None) is not None:
                    found.setdefault(getattr(record, part), f"{record.name} {part}")
    return [(name, kernel) for kernel, name in found.items()]


def loops_of(run=None, choices=False):
    """The compiled loops that a run needs (or all there are): a race belongs to no run, and sequences are drawn on no plane."""
    if run is None or choices:
        return list(LOOPS)
    without = {execute.walk} | ({maps.paint, maps.decide} if run.data.task in ("sequence", "labels") else set())
    return [loop for loop in LOOPS if loop not in without]


def compile_kernels(run=None, progress=None, precision=None, choices=False, backwards=False):
    """Compile, or load from the cache, what a run needs (or everything); gives how many there were.

    progress   called as progress(done, total, name) before each and once at the end
    precision  another than the run's own, as for probes that measure in float64
    choices    also what its menus offer beside (kernels_of)
    backwards  from the last to the first, as a second process does that is to meet this one
    """
    precision = precision or (run.assembly.precision.name if run is not None else "float32")
    kernels = [(name, kernel, precision) for name, kernel in kernels_of(run, choices)]
    if run is None or choices:               # the shape of a landscape is measured in float64
        kernels += [(f"{record.name} {part}", getattr(record, part), "float64") for record in landscapes for part in ("value", "gradient")]
    work = [(used.name, partial(used.link, precision)) for used in jit.shared_by(*(kernel for _, kernel, _ in kernels))]
    work += [(name, partial(jit.address, kernel, wanted)) for name, kernel, wanted in kernels]
    work += [(f"the {loop.py_func.__name__} loop", partial(jit.machine_address, loop, LOOPS[loop](precision))) for loop in loops_of(run, choices)]
    for done, (name, make) in enumerate(reversed(work) if backwards else work):
        if progress:
            progress(done, len(work), name)
        make()
    if progress:
        progress(len(work), len(work), "ready")
    return len(work)


def _train(precision):
    numbers, whole, rows, tables = (jit.array_type(precision, 1), jit.array_type("int64", 1),
                                    jit.array_type(precision, 2), jit.array_type("int64", 3))
    return (jit.array_type("uintp", 1), numbers, tables, tables, jit.integer, whole, whole, rows, rows, whole, numbers,
            jit.integer)


def _forward(precision):
    numbers, whole, rows, tables = (jit.array_type(precision, 1), jit.array_type("int64", 1),
                                    jit.array_type(precision, 2), jit.array_type("int64", 3))
    return (jit.array_type("uintp", 1), numbers, tables, tables, rows, rows, whole, jit.integer,
            jit.array_type("int64", 2), numbers)


def _once(precision):
    return (jit.array_type("uintp", 1), jit.array_type(precision, 1), jit.array_type("int64", 3), jit.integer, jit.integer)


def _walk(precision):
    return (*_once(precision), jit.array_type(precision, 2))


def _permutation(precision):
    return (jit.array_type("int64", 1), jit.integer, jit.integer)


def _follow(precision):
    tables = jit.array_type("int64", 3)
    return (jit.array_type("uintp", 1), jit.array_type(precision, 1), tables, tables, jit.array_type(precision, 2), jit.integer,
            jit.integer, jit.array_type("int64", 2))


def _paint(precision):
    doubles = jit.array_type("float64", 1)
    return (*_follow(precision), jit.integer, jit.integer, doubles, doubles, jit.array_type("int64", 1), doubles,
            jit.array_type(precision, 2), doubles, jit.array_type("int8", 2))


def _decide(precision):
    return (*_follow(precision), jit.array_type(precision, 2), jit.array_type("uint8", 1), jit.array_type("uint8", 1))


LOOPS = {execute.train: _train, execute.forward: _forward, execute.once: _once, execute.walk: _walk, execute.permutation: _permutation,
         maps.paint: _paint, maps.decide: _decide}
