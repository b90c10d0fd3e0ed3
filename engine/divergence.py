"""When the loss is no number any more: which value was the first to break, in which layer, at which step."""
import numpy as np

from .figures import figure


def explain(run):
    """{tensor, layer, step, value, message} of the first value that is not finite, in the order of the forward pass."""
    program = run.assembly.program
    for instruction in program.forward:
        for tensor in instruction.operands[:len(instruction.operands) // 2]:
            if tensor is None or program.cut and tensor.root in program.cut.inner:
                continue
            view = program.view(run.arena, tensor.name, run.rows)
            if not np.isfinite(view).all():
                return _words(run, tensor, view)
    return {"tensor": "loss", "layer": None, "step": run.step, "value": "NaN",
            "message": f"The loss is no number any more at step {run.step}."}


def _words(run, tensor, view):
    bad = view[~np.isfinite(view)].flat[0]
    word = "not a number" if np.isnan(bad) else "infinite"
    layer = tensor.name.rpartition(".")[0] or None
    finite = run.arena[:run.parameter_count]
    finite = np.abs(finite[np.isfinite(finite)])
    largest = f" The largest weight is {figure(finite.max())}." if finite.size else ""
    advice = "The steps are too large: lower the learning rate and go back."
    if tensor in (run.assembly.program.input, run.assembly.program.target):
        advice = "The data has numbers too large for float32: standardise them, or take float64."
    return {"tensor": tensor.name, "layer": layer, "step": run.step, "value": str(float(bad)),
            "message": f"{tensor.name} became {word} at step {run.step}.{largest} {advice}"}
