"""Training steps against PyTorch eager and JAX, one thread each, float32; and what changing the network costs."""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import time  # noqa: E402

import numpy as np  # noqa: E402

from engine import Run  # noqa: E402
from engine.ops._product import multiply, multiply_turned, turned  # noqa: E402
from engine.tile import register_bits  # noqa: E402

from .rivals import jax_step, torch_step  # noqa: E402
from .table import Row, best, interleaved  # noqa: E402

NETWORKS = [  # sizes, activation, batch, least ratio to JAX, least ratio to PyTorch
    ((2, 4, 2, 1), "tanh", 10, 2.0, 100),
    ((2, 8, 8, 8, 1), "relu", 30, 1.3, 30),
    ((2, 8, 8, 8, 8, 8, 8, 1), "relu", 30, 1.3, 30),
    ((64, 128, 128, 10), "relu", 64, 0.9, None),
]


def our_run(sizes, activation, batch, x, y, optimizer="sgd"):
    """The engine on the same network and data."""
    labels = y.astype(int).ravel()
    return Run({"model": {"name": "mlp", "hidden": list(sizes[1:-1]), "activation": activation},
                "optimizer": {"name": optimizer, "learning_rate": 0.01}, "batch_size": batch,
                "loss": {"name": "cross_entropy" if sizes[-1] > 1 else "binary_cross_entropy"}},
               data=(x, labels, None, None))


def examples(sizes, n=510):
    """Made inputs and class numbers; speed does not depend on what they say."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, sizes[0])).astype(np.float32)
    y = rng.integers(0, max(2, sizes[-1]), (n, 1)).astype(np.float32)
    return x, y


def products_seconds(run, steps):
    """Seconds of the network's own matrix products alone, for so many steps."""
    layers = [(layer["inputs"], layer["outputs"]) for layer in run.layers]
    batch = run.assembly.batch
    made = [[np.random.default_rng(0).normal(size=shape).astype(np.float32) for shape in
             ((batch, i), (i, o), (batch, o), (batch, i), (i, o), (batch, o))] for i, o in layers]

    @compiled_once
    def products(x, w, z, dx, dw, dz, first, count):
        back = np.empty((w.shape[1], w.shape[0]), w.dtype)
        for _ in range(count):
            multiply(x, w, z, False)
            multiply_turned(x, dz, dw, False)
            if not first:
                turned(w, back)
                multiply(dz, back, dx, False)
    total = 0.0
    for number, arrays in enumerate(made):
        products(*arrays, number == 0, 1)
        total += best(lambda: products(*arrays, number == 0, steps))
    return total


def compiled_once(function):
    """A throw-away compiled function, not cached."""
    from numba import njit
    return njit(nogil=True)(function)


def rows():
    """The section's rows."""
    found = [Row("registers", "-", f"{register_bits()} bits", None)]
    for sizes, activation, batch, least_jax, least_torch in NETWORKS:
        x, y = examples(sizes)
        steps = 2000 if sizes[0] == 2 else 300
        run = our_run(sizes, activation, batch, x, y)
        run.train(10)
        things, note = {"ours": lambda: run.train(steps)}, []
        try:
            jax_run, seconds = jax_step(sizes, activation, batch, x, y, steps)
            things["jax"] = jax_run
            note.append(f"JAX compiled {seconds:.1f} s")
        except ImportError:
            note.append("JAX is not installed: pip install -e .[bench]")
        times = interleaved(things)
        try:
            torch_run, torch_steps = torch_step(sizes, activation, batch, x, y), 200
            torch_run(20)
            times["torch"] = best(lambda: torch_run(torch_steps), 4) * steps / torch_steps
        except ImportError:
            note.append("PyTorch is not installed")
        micro = {name: seconds / steps * 1e6 for name, seconds in times.items()}
        name = "-".join(map(str, sizes)) + f" {activation} batch {batch}"
        must, ok, ratio = [], [], []
        for rival, least in (("jax", least_jax), ("torch", least_torch)):
            if rival in micro:
                ratio.append(f"{micro[rival] / micro['ours']:.2f}× {rival} ({micro[rival]:.1f} µs)")
                if least:
                    must.append(f"≥ {least:g}× {rival}")
                    ok.append(micro[rival] / micro["ours"] >= least)
        found.append(Row(name, ", ".join(must), f"{micro['ours']:.2f} µs = " + ", ".join(ratio + note),
                         all(ok) if ok else None))
        if sizes[0] == 64:
            share = products_seconds(run, steps) / times["ours"]
            found.append(Row("  of it its own matrix products", "≥ 75 %", f"{share:.0%}", share >= 0.75))
    return found + [change_row()]


def change_row():
    """Architecture change until the first new frame's numbers, warm, and whether anything was compiled."""
    run = Run({"data": {"name": "spiral"}})
    run.train(100)
    run.probe("network"), run.probe("surface")
    widths, times = [[8], [8, 6], [7, 5, 3], [4] * 6, [8, 8]], []
    for hidden in widths:
        start = time.perf_counter()
        run.set("model.hidden", hidden)
        run.train(1)
        run.probe("network"), run.probe("surface")
        times.append(time.perf_counter() - start)
    worst = max(times) * 1e3
    return Row("architecture change to the numbers of a frame", "≤ 50 ms", f"{worst:.1f} ms", worst <= 50)
