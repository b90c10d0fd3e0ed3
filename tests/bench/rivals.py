"""The same training in PyTorch (eager) and in JAX (jit + lax.scan): same layers, loss, plain gradient steps, one thread."""
import numpy as np


def start_weights(sizes, seed=0):
    """One start for all: uniform weights and zero biases."""
    rng = np.random.default_rng(seed)
    return [(rng.uniform(-1, 1, (i, o)).astype(np.float32) / np.sqrt(i, dtype=np.float32), np.zeros(o, np.float32))
            for i, o in zip(sizes, sizes[1:])]


def torch_step(sizes, activation, batch, x, y, rate=0.01):
    """A function that makes so many eager PyTorch steps."""
    import torch
    from torch import nn
    torch.set_num_threads(1)
    bend = {"tanh": nn.Tanh, "relu": nn.ReLU}[activation]
    layers = []
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), bend()]
    model = nn.Sequential(*layers[:-1])
    several = sizes[-1] > 1
    loss_of = nn.CrossEntropyLoss() if several else nn.BCEWithLogitsLoss()
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    targets = targets.long().flatten() if several else targets
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def run(steps):
        n = len(inputs)
        order = torch.randperm(n)
        for k in range(steps):
            at = k * batch % (n - batch + 1)
            rows = order[at:at + batch]
            optimizer.zero_grad()
            loss_of(model(inputs[rows]), targets[rows]).backward()
            optimizer.step()
    return run


def jax_step(sizes, activation, batch, x, y, steps, rate=0.01):
    """A function that makes `steps` steps in one jitted scan (compiled before it is returned), and the seconds compiling took."""
    import time

    import jax
    import jax.numpy as jnp
    bend = {"tanh": jnp.tanh, "relu": jax.nn.relu}[activation]
    several = sizes[-1] > 1

    def loss_of(weights, inputs, targets):
        for w, b in weights[:-1]:
            inputs = bend(inputs @ w + b)
        z = inputs @ weights[-1][0] + weights[-1][1]
        if several:
            return -jnp.take_along_axis(jax.nn.log_softmax(z), targets.astype(int), 1).mean()
        return (jax.nn.softplus(z) - targets * z).mean()

    inputs, targets = jnp.asarray(x), jnp.asarray(y)
    order = jnp.asarray(np.random.default_rng(0).permutation(len(x)))

    @jax.jit
    def train(weights):
        def step(weights, k):
            at = k * batch % (len(x) - batch + 1)
            rows = jax.lax.dynamic_slice(order, (at,), (batch,))
            slopes = jax.grad(loss_of)(weights, inputs[rows], targets[rows])
            return jax.tree.map(lambda w, g: w - rate * g, weights, slopes), None
        return jax.lax.scan(step, weights, jnp.arange(steps))[0]

    weights = [(jnp.asarray(w), jnp.asarray(b)) for w, b in start_weights(sizes)]
    begun = time.perf_counter()
    jax.block_until_ready(train(weights))
    seconds = time.perf_counter() - begun
    return (lambda: jax.block_until_ready(train(weights))), seconds
