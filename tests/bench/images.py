"""Convolutional and deep residual networks against PyTorch eager and JAX, one thread each, float32."""
from . import training  # noqa: F401, I001  (first: it sets one thread for all)

import numpy as np

from engine import Run

from .table import Row, best, interleaved

SGD = {"name": "sgd", "learning_rate": 0.01}
# name, config, least ratio to PyTorch, least ratio to JAX
NETWORKS = [
    ("digits CNN 8×8, conv 8 and 16, batch 32", {"data": {"name": "digits"}, "model": {"name": "cnn"}, "batch_size": 32}, 3.0, 1.0),
    ("convnet 24×24, conv5×8 conv5×16, batch 32",
     {"data": {"name": "shifted_digits"}, "model": {"name": "cnn", "kernel": [5], "pool": [2, 3]}, "batch_size": 32}, 1.2, None),
    ("residual MLP, 50 layers of 32, batch 32",
     {"data": {"name": "digits"}, "model": {"name": "residual_mlp", "width": 32, "blocks": 48}, "batch_size": 32,
      "initializer": {"name": "normal", "std": 0.02}}, 10.0, 1.0),
    ("  the same with layer normalisation",
     {"data": {"name": "digits"}, "model": {"name": "residual_mlp", "width": 32, "blocks": 48, "normalization": "layer"},
      "batch_size": 32}, 10.0, 1.0),
]


def torch_model(config):
    """The network of a config as a PyTorch module."""
    import torch
    from torch import nn
    model = config["model"]
    if model["name"] == "cnn":
        side, before, layers = (8 if config["data"]["name"] == "digits" else 24), 1, [nn.Unflatten(1, (1, -1, 8 if config["data"]["name"] == "digits" else 24))]
        kernel = model.get("kernel", [3])[0]
        for channels, size in zip((8, 16), model.get("pool", [2, 2])):
            layers += [nn.Conv2d(before, channels, kernel, padding=kernel // 2), nn.ReLU(), nn.MaxPool2d(size)]
            side, before = side // size, channels
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * side * side, 10))

    class Block(nn.Module):
        def __init__(self, width, normed):
            super().__init__()
            self.norm, self.dense = nn.LayerNorm(width) if normed else nn.Identity(), nn.Linear(width, width)

        def forward(self, x):
            return x + torch.relu(self.dense(self.norm(x)))
    normed, width = "normalization" in model, model["width"]
    return nn.Sequential(nn.Linear(64, width), nn.ReLU(), *(Block(width, normed) for _ in range(model["blocks"])),
                         *([nn.LayerNorm(width)] if normed else []), nn.Linear(width, 10))


def torch_step(config, x, y):
    """A function that makes so many eager PyTorch steps."""
    import torch
    torch.set_num_threads(1)
    model, loss_of = torch_model(config), torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y).long().flatten()
    optimizer, batch = torch.optim.SGD(model.parameters(), lr=0.01), config["batch_size"]

    def run(steps):
        order = torch.randperm(len(inputs))
        for k in range(steps):
            rows = order[k * batch % (len(inputs) - batch):][:batch]
            optimizer.zero_grad()
            loss_of(model(inputs[rows]), targets[rows]).backward()
            optimizer.step()
    return run


def jax_step(config, x, y, steps):
    """A function that makes `steps` jitted steps in one scan, compiled before it is returned."""
    import jax
    import jax.numpy as jnp
    model, rng, batch = config["model"], np.random.default_rng(0), config["batch_size"]
    weights = [np.asarray(p, np.float32) * 0.1 for p in start_of(config, rng)]

    def conv(x, w, b):
        return jax.lax.conv_general_dilated(x, w, (1, 1), "SAME") + b[:, None, None]

    def normed(x, w, b):
        x = x - x.mean(-1, keepdims=True)
        return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * w + b

    def logits(w, x):
        if model["name"] == "cnn":
            side = int(np.sqrt(x.shape[1]))
            x = x.reshape(-1, 1, side, side)
            for k, size in enumerate(model.get("pool", [2, 2])):
                x = jax.nn.relu(conv(x, w[2 * k], w[2 * k + 1]))
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, size, size), (1, 1, size, size), "VALID")
            return x.reshape(len(x), -1) @ w[4] + w[5]
        x = jax.nn.relu(x @ w[0] + w[1])
        if "normalization" in model:
            for k in range(2, len(w) - 4, 4):
                x = x + jax.nn.relu(normed(x, w[k], w[k + 1]) @ w[k + 2] + w[k + 3])
            return normed(x, w[-4], w[-3]) @ w[-2] + w[-1]
        for k in range(2, len(w) - 2, 2):
            x = x + jax.nn.relu(x @ w[k] + w[k + 1])
        return x @ w[-2] + w[-1]

    def loss_of(w, x, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(logits(w, x)), y, 1).mean()
    inputs, targets = jnp.asarray(x), jnp.asarray(y.astype(int))
    order = jnp.asarray(rng.permutation(len(x)))

    @jax.jit
    def train(w):
        def step(w, k):
            rows = jax.lax.dynamic_slice(order, (k * batch % (len(x) - batch),), (batch,))
            slopes = jax.grad(loss_of)(w, inputs[rows], targets[rows])
            return [a - 0.01 * g for a, g in zip(w, slopes)], None
        return jax.lax.scan(step, w, jnp.arange(steps))[0]
    start = [jnp.asarray(w) for w in weights]
    jax.block_until_ready(train(start))
    return lambda: jax.block_until_ready(train(start))


def start_of(config, rng):
    """Arrays of the shapes of a network's parameters, in the order in which they are used."""
    run = Run(config)
    program = run.assembly.program
    made = []
    for node in run.assembly.graph.nodes:
        for tensor in node.operands:
            if tensor in program.parameters:
                made.append(rng.normal(size=tensor.shape))
    return made


def rows():
    """The section's rows."""
    found = []
    for name, config, least_torch, least_jax in NETWORKS:
        run = Run({**config, "optimizer": SGD})
        x, y, steps = run.assembly.x, run.assembly.y, 10
        run.train(5)
        things, ratio, must, ok = {"ours": lambda: run.train(steps)}, [], [], []
        for rival, make in (("torch", lambda: torch_step(config, x, y)), ("jax", lambda: jax_step(config, x, y, steps))):
            try:
                made = make()
                things[rival] = (lambda made=made: made(steps)) if rival == "torch" else made
                things[rival]()
            except ImportError:
                ratio.append(f"{rival} is not installed")
        micro = {key: seconds / steps * 1e6 for key, seconds in interleaved(things, 25).items()}
        for rival, least in (("torch", least_torch), ("jax", least_jax)):
            if rival in micro:
                ratio.append(f"{micro[rival] / micro['ours']:.2f}× {rival} ({micro[rival]:.0f} µs)")
                if least:
                    must.append(f"≥ {least:g}× {rival}")
                    ok.append(micro[rival] / micro["ours"] >= least)
        found.append(Row(name, ", ".join(must), f"{micro['ours']:.0f} µs = " + ", ".join(ratio), all(ok) if ok else None))
    return found + growth()


def growth():
    """How the time of a step grows with the width of a convolution, the picture, the depth and the batch."""
    found = []
    cases = {"conv channels 8-16, 16-32, 32-64": [{"model": {"name": "cnn", "channels": [c, 2 * c]}} for c in (8, 16, 32)],
             "sheet of 12, 16, 24, 32 pixels": [{"data": {"name": "shifted_digits", "side": s, "shift": 2}, "model": {"name": "cnn"}}
                                               for s in (12, 16, 24, 32)],
             "residual blocks 12, 24, 48, 96": [{"model": {"name": "residual_mlp", "width": 32, "blocks": b}} for b in (12, 24, 48, 96)],
             "CNN on batches of 8, 32, 128": [{"model": {"name": "cnn"}, "batch_size": b} for b in (8, 32, 128)]}
    for name, configs in cases.items():
        micro = []
        for config in configs:
            run = Run({"data": {"name": "digits"}, "initializer": {"name": "normal", "std": 0.02}, "optimizer": SGD, **config})
            run.train(3)
            micro.append(best(lambda run=run: run.train(5), 9) / 5 * 1e6)
        found.append(Row(name, "-", ", ".join(f"{m:.0f}" for m in micro) + " µs", None))
    return found
