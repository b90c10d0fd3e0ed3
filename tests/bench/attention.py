"""Transformer and pointer network against PyTorch eager and JAX, one thread each, float32; and how cost grows."""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

from engine import Run  # noqa: E402

from .attention_rivals import jax_language_model, torch_language_model, torch_pointer_steps  # noqa: E402
from .table import Row, interleaved  # noqa: E402

STEPS, SGD = 20, {"name": "sgd", "learning_rate": 0.01}


def language_model(length=32, batch=16, **model):
    """A causal language model over a made language of 26 letters."""
    return Run({"data": {"name": "induction", "examples": 512, "length": length, "letters": 26, "test_share": 0.0},
                "model": {"name": "transformer", **model}, "batch_size": batch, "optimizer": SGD})


def pointer_network():
    return Run({"data": {"name": "convex_hull", "examples": 512, "shortest": 10, "longest": 10, "test_share": 0.0},
                "model": {"name": "pointer"}, "batch_size": 32, "optimizer": SGD})


def compared(name, run, rivals, must):
    """A row: our step beside those of the rivals (name -> a function of a number of steps, or None where not installed)."""
    run.train(STEPS)
    things = {"ours": lambda: run.train(STEPS)} | {k: v for k, v in rivals.items() if v}
    seconds = {k: v / STEPS * 1e6 for k, v in interleaved(things, 11).items()}
    ratios = {k: seconds[k] / seconds["ours"] for k in must if k in seconds}
    figure = f"{seconds['ours']:.0f} µs = " + ", ".join(f"{r:.2f}× {k} ({seconds[k]:.0f} µs)" for k, r in ratios.items())
    return Row(name, ", ".join(f"≥ {least:g}× {k}" for k, least in must.items()), figure,
               all(r >= must[k] for k, r in ratios.items()) if ratios else None)


def rows():
    """The section's rows."""
    run, found = language_model(), []
    x, y = run.data.x_train, run.data.y_train.clip(0)
    run.assembly.y[:] = y                                # every position is asked, as in the rivals
    rivals = {}
    try:
        step = torch_language_model(x, y, 26, 32, 2, 4, 16)
        rivals["torch"] = lambda: step(STEPS)
    except ImportError:
        pass
    try:
        rivals["jax"], _ = jax_language_model(x, y, 26, 32, 2, 4, 16, STEPS)
    except ImportError:
        pass
    found.append(compared("Transformer, d 32, 2 blocks, 4 heads, 32 tokens, batch 16", run, rivals, {"torch": 3.5, "jax": 1.0}))
    run, rivals = pointer_network(), {}
    try:
        towards = torch_pointer_steps(run.data.x_train.reshape(-1, *run.data.shape), run.data.y_train, 32, 2, 4, 32)
        rivals["torch"] = lambda: towards(STEPS)
    except ImportError:
        pass
    found.append(compared("pointer network, 10 points, 32 units, batch 32", run, rivals, {"torch": 5.0}))
    for what, values in (("length", (32, 64, 128)), ("width", (32, 64, 128)), ("layers", (2, 4, 8)), ("batch", (16, 32, 64))):
        runs = [language_model(**{what: value}) for value in values]
        for run in runs:
            run.train(2)
        seconds = interleaved({value: (lambda run=run: run.train(5)) for value, run in zip(values, runs)}, 5)
        found.append(Row(f"  cost by {what}", "", ", ".join(f"{value}: {seconds[value] / 5e-3:.2f} ms" for value in values), None))
    return found
