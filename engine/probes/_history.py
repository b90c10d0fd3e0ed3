"""Earlier moments of a run, as far as its history keeps them."""


def earlier(run):
    """The keyframes before the present that hold the same network in the same number type, oldest first."""
    return [frame for frame in run.history.frames if frame.step < run.step and _alike(frame.assembly, run.assembly)]


def _alike(then, now):
    return then.precision == now.precision and [(p.name, p.shape) for p in then.graph.parameters] == \
        [(p.name, p.shape) for p in now.graph.parameters]
