"""Is the gradient right?  Compare it with what the loss does when the parameters are moved a little.

For a random direction v in the space of one parameter:  (L(w + εv) − L(w − εv)) / 2ε  against  ∇L · v.
"""
import numpy as np

from .random import generator
from .run import Run
from .trial import Trial


def check_gradient(config, data=None, directions=3, epsilon=1e-6, tolerance=1e-5):
    """Compare every parameter's gradient with central differences in float64, on the first batch of the run.

    config   a config, or a Run (its present parameters are taken); data as for Run
    Gives {"passed", "worst", "parameters": {name: {"analytic", "numeric", "relative_error"}}}, the numbers being the
    slope along the direction that agrees least.
    """
    given = config if isinstance(config, Run) else Run(config, data)
    run = Run({**given.config, "precision": "float64"}, given.assembly.arrays)
    for parameter in run.assembly.program.parameters:
        name = parameter.name
        run.assembly.program.view(run.arena, name, 0)[...] = given.assembly.program.view(given.arena, name, 0)
    trial = Trial(run, assembly=run.assembly)
    arena, report = trial.arena, {}
    trial.backward()
    gradients = arena.copy()
    for parameter in trial.program.parameters:
        value = trial.program.view(arena, parameter.name, 0)
        slope, start = trial.program.view(gradients, f"d.{parameter.name}", 0), value.copy()
        worst = None
        for k in range(directions):
            v = generator(run.config["seed"], f"direction.{parameter.name}", k).standard_normal(value.shape)
            v /= np.linalg.norm(v)
            losses = []
            for sign in (1, -1):
                value[...] = start + sign * epsilon * v
                losses.append(trial.penalised())
            value[...] = start
            numeric, analytic = (losses[0] - losses[1]) / (2 * epsilon), float((slope * v).sum())
            error = abs(numeric - analytic) / max(abs(numeric), abs(analytic), 1e-4)
            if worst is None or error > worst["relative_error"]:
                worst = {"analytic": analytic, "numeric": numeric, "relative_error": error}
        report[parameter.name] = worst
    worst = max((entry["relative_error"] for entry in report.values()), default=0.0)
    return {"passed": bool(worst <= tolerance), "worst": worst, "parameters": report}
