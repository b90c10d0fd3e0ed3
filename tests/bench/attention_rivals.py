"""The same Transformer and pointer network in PyTorch (eager) and in JAX (jit + lax.scan): plain gradient steps, one thread."""
import numpy as np


def torch_language_model(tokens, answers, vocabulary, width, layers, heads, batch, rate=0.01):
    """A function that makes so many eager PyTorch steps of a pre-norm causal language model with PyTorch's own blocks."""
    import torch
    from torch import nn
    torch.set_num_threads(1)
    steps = tokens.shape[1]

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.position = nn.Embedding(vocabulary, width), nn.Embedding(steps, width)
            block = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(block, layers, nn.LayerNorm(width), enable_nested_tensor=False)
            self.output = nn.Linear(width, vocabulary)
            self.mask = nn.Transformer.generate_square_subsequent_mask(steps)

        def forward(self, x):
            return self.output(self.blocks(self.embedding(x) + self.position.weight, self.mask, is_causal=True))

    model, loss_of = Model(), nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(tokens).long(), torch.from_numpy(answers).long()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def run(count):
        for k in range(count):
            at = k * batch % (len(inputs) - batch + 1)
            optimizer.zero_grad()
            loss_of(model(inputs[at:at + batch]).flatten(0, 1), targets[at:at + batch].flatten()).backward()
            optimizer.step()
    return run


def jax_language_model(tokens, answers, vocabulary, width, layers, heads, batch, count, rate=0.01):
    """A function that makes `count` steps in one jitted scan, compiled before it is returned, and the seconds that took."""
    import time

    import jax
    import jax.numpy as jnp
    steps, rng = tokens.shape[1], np.random.default_rng(0)

    def matrix(*shape):
        return jnp.asarray(rng.normal(0, shape[0] ** -0.5, shape), jnp.float32)

    def norm_weights():
        return jnp.ones(width), jnp.zeros(width)

    def block():
        return {"qkv": (matrix(width, 3 * width), jnp.zeros(3 * width)), "mix": (matrix(width, width), jnp.zeros(width)),
                "up": (matrix(width, 4 * width), jnp.zeros(4 * width)), "down": (matrix(4 * width, width), jnp.zeros(width)),
                "norm1": norm_weights(), "norm2": norm_weights()}

    weights = {"embedding": matrix(vocabulary, width), "position": matrix(steps, width), "norm": norm_weights(),
               "output": (matrix(width, vocabulary), jnp.zeros(vocabulary)), "blocks": [block() for _ in range(layers)]}
    earlier = jnp.tril(jnp.ones((steps, steps), bool))

    def norm(x, pair):
        x = x - x.mean(-1, keepdims=True)
        return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * pair[0] + pair[1]

    def dense(x, pair):
        return x @ pair[0] + pair[1]

    def attention(x, block):
        q, k, v = (part.reshape(batch, steps, heads, -1).transpose(0, 2, 1, 3) for part in jnp.split(dense(x, block["qkv"]), 3, -1))
        scores = jnp.where(earlier, q @ k.swapaxes(-1, -2) * (width // heads) ** -0.5, -jnp.inf)
        return dense((jax.nn.softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(batch, steps, width), block["mix"])

    def loss_of(weights, x, y):
        stream = weights["embedding"][x] + weights["position"]
        for block in weights["blocks"]:
            stream = stream + attention(norm(stream, block["norm1"]), block)
            stream = stream + dense(jax.nn.gelu(dense(norm(stream, block["norm2"]), block["up"]), approximate=False), block["down"])
        z = jax.nn.log_softmax(dense(norm(stream, weights["norm"]), weights["output"]))
        return -jnp.take_along_axis(z, y[..., None], -1).mean()

    inputs, targets = jnp.asarray(tokens, jnp.int32), jnp.asarray(answers, jnp.int32)

    @jax.jit
    def train(weights):
        def step(weights, k):
            at = k * batch % (len(tokens) - batch + 1)
            x, y = (jax.lax.dynamic_slice_in_dim(a, at, batch) for a in (inputs, targets))
            return jax.tree.map(lambda w, g: w - rate * g, weights, jax.grad(loss_of)(weights, x, y)), None
        return jax.lax.scan(step, weights, jnp.arange(count))[0]

    begun = time.perf_counter()
    jax.block_until_ready(train(weights))
    return (lambda: jax.block_until_ready(train(weights))), time.perf_counter() - begun


def torch_pointer(width, layers, heads, columns, factor=4, norm_first=True, activation="relu"):
    """engine/models/pointer.py as a PyTorch module, all steps of the decoder at once; its parameters have our names."""
    import torch
    from torch import nn

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.keys, self.last, self.first = (nn.Linear(width, width, bias=False) for _ in range(3))
            self.base = nn.Linear(width, width)
            self.start, self.v = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.randn(width) * width ** -0.5)

        def forward(self, memory, present, target):
            n, steps, _ = memory.shape
            length, each = target.shape[1], torch.arange(n)[:, None]
            mean = (memory * present[..., None]).sum(1) / present.sum(1, keepdim=True)
            before, begun = target.clamp(min=0)[:, :-1], target.clamp(min=0)[:, :1].expand(n, length - 1)
            later = self.last(memory)[each, before] + self.first(memory)[each, begun]
            question = self.base(mean)[:, None] + torch.cat([self.start.expand(n, 1, width), later], 1)
            z = (torch.tanh(self.keys(memory)[:, None] + question[:, :, None]) * self.v).sum(-1)
            taken = torch.zeros(n, length, steps, dtype=torch.bool)
            taken[:, 1:] = nn.functional.one_hot(before, steps).cumsum(1) > 0
            if length == steps + 1:      # a ring may be closed
                taken[:, 2:] &= ~nn.functional.one_hot(target[:, :1], steps).bool()
            return z.masked_fill(taken | (present == 0)[:, None], -torch.inf)

    class Pointer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Linear(columns, width)
            block = nn.TransformerEncoderLayer(width, heads, factor * width, 0.0, activation, batch_first=True, norm_first=norm_first)
            self.blocks = nn.TransformerEncoder(block, layers, nn.LayerNorm(width) if norm_first else None, enable_nested_tensor=False)
            self.pointer = Decoder()

        def forward(self, x, target):
            """x (N, T, columns), target (N, L) -> logits (N, L, T)"""
            present = (x != 0).any(-1).to(x.dtype)
            return self.pointer(self.blocks(self.embedding(x), None, present == 0), present, target)

    return Pointer()


def torch_pointer_steps(x, y, width, layers, heads, batch, rate=0.01):
    """A function that makes so many eager PyTorch steps of the pointer network."""
    import torch
    torch.set_num_threads(1)
    model = torch_pointer(width, layers, heads, x.shape[2])
    inputs, targets = torch.from_numpy(x).float(), torch.from_numpy(y).long()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def run(count):
        for k in range(count):
            at = k * batch % (len(inputs) - batch + 1)
            optimizer.zero_grad()
            z = model(inputs[at:at + batch], targets[at:at + batch])
            torch.nn.functional.cross_entropy(z.flatten(0, 1), targets[at:at + batch].flatten(), ignore_index=-1).backward()
            optimizer.step()
    return run
