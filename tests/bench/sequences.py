"""Recurrent layers through time against PyTorch's modules (eager) and JAX (jit + scan), one thread each, float32.

32 units, 30 steps, batch 32, one answer after the last step, plain gradient steps.  Time is that of the clock on the wall: what
JAX computes in threads of its own is not always counted to the process at once.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import time  # noqa: E402

import numpy as np  # noqa: E402

from engine import Run  # noqa: E402

from .table import Row  # noqa: E402

UNITS, STEPS, BATCH = 32, 30, 32
PROMISES = {"rnn": (5, 1.2), "gru": (5, 1.2), "lstm": (2.5, 1.2)}      # least ratio to PyTorch, to JAX
RATE = 0.01


def our_steps(cell, tokens=0, units=UNITS, steps=STEPS, batch=BATCH):
    """A function that makes so many training steps on the adding problem, or on tokens with an embedding of 32."""
    data = {"name": "adding", "length": steps, "examples": 500} if not tokens else \
        {"name": "echo", "length": steps, "delay": steps - 1, "examples": 500, "symbols": tokens}
    run = Run({"data": data, "batch_size": batch, "optimizer": {"name": "sgd", "learning_rate": RATE},
               "model": {"name": "recurrent", "cell": cell, "units": units, "embedding": 32}})
    run.train(1)
    return run.train


def torch_steps(cell, tokens=0):
    """The same in PyTorch's own module."""
    import torch
    from torch import nn
    torch.set_num_threads(1)
    module = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](32 if tokens else 2, UNITS, batch_first=True)
    table, output = nn.Embedding(max(tokens, 1), 32), nn.Linear(UNITS, max(tokens, 1))
    x = torch.randint(tokens, (250, STEPS)) if tokens else torch.rand(250, STEPS, 2)
    y = torch.randint(tokens, (250,)) if tokens else torch.rand(250, 1)
    loss_of = nn.CrossEntropyLoss() if tokens else nn.MSELoss()
    optimizer = torch.optim.SGD([p for part in (module, output, table) for p in part.parameters()], lr=RATE)

    def run(count):
        order = torch.randperm(250)
        for k in range(count):
            rows = order[k * BATCH % (250 - BATCH):][:BATCH]
            optimizer.zero_grad()
            inputs = table(x[rows]) if tokens else x[rows]
            loss_of(output(module(inputs)[0][:, -1]), y[rows]).backward()
            optimizer.step()
    return run


def jax_steps(cell, count, tokens=0):
    """The same as one jitted scan over `count` steps of training, each a scan over time."""
    import jax
    import jax.numpy as jnp
    rng = np.random.default_rng(0)

    def array(*shape):
        return jnp.asarray(rng.normal(0, 0.2, shape).astype(np.float32))
    gates, inputs, outputs = {"rnn": 1, "gru": 3, "lstm": 4}[cell], 32 if tokens else 2, max(tokens, 1)

    def step(w, state, z):
        h, c = state
        q = h @ w["hh"] + w["bhh"]
        if cell == "rnn":
            h = jnp.tanh(z + q)
        elif cell == "lstm":
            i, f, g, o = jnp.split(z + q, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        else:
            (zr, zu, zn), (qr, qu, qn) = jnp.split(z, 3, -1), jnp.split(q, 3, -1)
            u = jax.nn.sigmoid(zu + qu)
            h = (1 - u) * jnp.tanh(zn + jax.nn.sigmoid(zr + qr) * qn) + u * h
        return (h, c), None

    def loss_of(w, x, y):
        x = w["table"][x] if tokens else x
        start = jnp.zeros((BATCH, UNITS), jnp.float32)
        (h, _), _ = jax.lax.scan(lambda s, z: step(w, s, z), (start, start), jnp.swapaxes(x @ w["ih"] + w["bih"], 0, 1))
        z = h @ w["out"] + w["bout"]
        return -jnp.take_along_axis(jax.nn.log_softmax(z), y, 1).mean() if tokens else ((z - y) ** 2).mean()
    weights = {"ih": array(inputs, gates * UNITS), "hh": array(UNITS, gates * UNITS), "bih": array(gates * UNITS),
               "bhh": array(gates * UNITS), "out": array(UNITS, outputs), "bout": array(outputs),
               "table": array(max(tokens, 1), 32)}
    x = jnp.asarray(rng.integers(0, tokens, (250, STEPS))) if tokens else array(250, STEPS, 2)
    y = jnp.asarray(rng.integers(0, tokens, (250, 1))) if tokens else array(250, 1)
    order = jnp.asarray(rng.permutation(250))

    @jax.jit
    def train(weights):
        def one(w, k):
            rows = jax.lax.dynamic_slice(order, (k * BATCH % (250 - BATCH),), (BATCH,))
            slopes = jax.grad(loss_of)(w, x[rows], y[rows])
            return jax.tree.map(lambda p, g: p - RATE * g, w, slopes), None
        return jax.lax.scan(one, weights, jnp.arange(count))[0]
    jax.block_until_ready(train(weights))
    return lambda: jax.block_until_ready(train(weights))


def measured(things, rounds=25):
    """Microseconds of one of `steps` steps for each (run, steps), in turns, the smallest."""
    found = dict.fromkeys(things, np.inf)
    for _ in range(rounds):
        for name, (run, steps) in things.items():
            begun = time.perf_counter()
            run()
            found[name] = min(found[name], (time.perf_counter() - begun) / steps * 1e6)
    return found


def against(cell, tokens):
    """One row: this cell against both rivals."""
    ours, (least_torch, least_jax) = our_steps(cell, tokens), PROMISES[cell]
    things, note = {"ours": (lambda: ours(5), 5)}, ""
    try:
        theirs = torch_steps(cell, tokens)
        theirs(2)
        things["PyTorch"] = (lambda: theirs(2), 2)
    except ImportError:
        note += ", PyTorch is not installed"
    try:
        things["JAX"] = (jax_steps(cell, 5, tokens), 5)
    except ImportError:
        note += ", JAX is not installed: pip install -e .[bench]"
    micro = measured(things)
    ratios = {name: micro[name] / micro["ours"] for name in micro if name != "ours"}
    ok = [ratios[name] >= least for name, least in (("PyTorch", least_torch), ("JAX", least_jax)) if name in ratios]
    return Row(f"{cell}, {'tokens, embedding of 32' if tokens else '2 columns'}", f"≥ {least_torch:g}× PyTorch, ≥ {least_jax:g}× JAX",
               f"{micro['ours']:.0f} µs = " + ", ".join(f"{r:.2f}× {name} ({micro[name]:.0f} µs)" for name, r in ratios.items()) + note,
               all(ok) if ok else None)


def growth():
    """How the cost of an LSTM step grows when one of width, length and batch is doubled."""
    sizes = {"as above": {}, "64 units": {"units": 64}, "60 steps": {"steps": 60}, "batch 64": {"batch": 64},
             "128 units": {"units": 128}}
    runs = {name: our_steps("lstm", **size) for name, size in sizes.items()}
    micro = measured({name: ((lambda run=run: run(2)), 2) for name, run in runs.items()}, 15)
    return Row("lstm, larger", "-", ", ".join(f"{name}: {micro[name]:.0f} µs" for name in sizes), None)


def rows():
    """The section's rows."""
    return [against(cell, tokens) for tokens in (0, 8) for cell in PROMISES] + [growth()]
