"""A Transformer block: attention, then a small network for each position, each with a road round it.

pre-norm    x ← x + attention(norm1 x),   x ← x + feed_forward(norm2 x)
post-norm   x ← norm1(x + attention(x)),  x ← norm2(x + feed_forward(x))
The block of a decoder has one part more, between the two: it looks at what the encoder made of the input.
Parameters are called as in PyTorch's nn.TransformerEncoderLayer and nn.TransformerDecoderLayer: self_attn, multihead_attn,
linear1, linear2, norm1, norm2, norm3.
Source: Vaswani and others, 2017 (post-norm); Xiong and others, 2020 (pre-norm).
"""
from ..registry import ops
from . import activate
from .attention import cross_attention, linear, self_attention
from .dropout import drop
from .mixture import mixture


def layer_norm(graph, x, name):
    """x (rows, D) -> name.output (rows, D), with parameters name.weight and name.bias (D,)."""
    width = x.shape[1]
    weight = graph.parameter(f"{name}.weight", (width,), role="scale", start=1.0)
    bias = graph.parameter(f"{name}.bias", (width,), role="bias", start=0.0)
    saved, y = graph.inner(f"{name}.saved", (x.shape[0], 2)), graph.tensor(f"{name}.output", x.shape)
    graph.add(name, ops.get("layer_norm", name), (x, weight, bias, saved, y))
    return y


def add(graph, a, b, name):
    """The sum of two tensors of one shape."""
    y = graph.tensor(name, a.shape)
    graph.add(name, ops.get("add", name), (a, b, y))
    return y


def feed_forward(graph, x, width, name, activation):
    """linear2(f(linear1(x))): `width` numbers in between."""
    z = linear(graph, x, width, f"{name}.linear1.weight", f"{name}.linear1.bias", f"{name}.linear1.preactivation")
    a = activate(graph, z, f"{name}.linear1", activation)
    return linear(graph, a, x.shape[1], f"{name}.linear2.weight", f"{name}.linear2.bias", f"{name}.linear2.output")


def part(graph, x, name, norm, norm_first, work):
    """x (rows, D) with what `work` makes of it added: name + norm is the normalisation, before the work or after the sum."""
    if norm_first:
        return add(graph, x, work(layer_norm(graph, x, f"{name}.{norm}")), f"{name}.{norm}.sum")
    return layer_norm(graph, add(graph, x, work(x), f"{name}.{norm}.sum"), f"{name}.{norm}")


def encoder_block(graph, x, steps, name, heads, factor, activation, norm_first=True, dropout=0.0, experts=None, **attention):
    """x (N·T, D) -> name.stream (N·T, D); its weights of attention are called name.attention.

    experts   settings of a mixture of experts in the feed-forward network's place (engine/layers/mixture.py), or None
    """
    def attend(y):
        y = self_attention(graph, y, steps, heads, f"{name}.self_attn", f"{name}.attention", **attention)
        return drop(graph, y, f"{name}.self_attn", dropout)

    def think(y):
        width = x.shape[1]
        y = feed_forward(graph, y, factor * width, name, activation) if experts is None else \
            mixture(graph, y, factor * width, width, name, activation, **experts)
        return drop(graph, y, f"{name}.linear2", dropout)

    for norm, work in (("norm1", attend), ("norm2", think)):
        x = part(graph, x, name, norm, norm_first, work)
    graph.alias(f"{name}.stream", x)
    return x


def decoder_block(graph, x, steps, memory, memory_steps, present, name, heads, factor, activation, norm_first=True,
                  dropout=0.0, scaled=True, **attention):
    """x (N·L, D) -> name.stream (N·L, D), looking at itself (causal), then at memory (N·T, D) where present (N, T) says 1.

    Its weights are called name.attention (N, heads, L, L) and name.cross.attention (N, heads, L, T).
    """
    def attend(y):
        y = self_attention(graph, y, steps, heads, f"{name}.self_attn", f"{name}.attention", causal=True, scaled=scaled, **attention)
        return drop(graph, y, f"{name}.self_attn", dropout)

    def look_over(y):
        y = cross_attention(graph, y, steps, memory, memory_steps, heads, f"{name}.multihead_attn", f"{name}.cross.attention",
                            present, scaled)
        return drop(graph, y, f"{name}.multihead_attn", dropout)

    def think(y):
        return drop(graph, feed_forward(graph, y, factor * x.shape[1], name, activation), f"{name}.linear2", dropout)

    for norm, work in (("norm1", attend), ("norm2", look_over), ("norm3", think)):
        x = part(graph, x, name, norm, norm_first, work)
    graph.alias(f"{name}.stream", x)
    return x
