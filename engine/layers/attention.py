"""Multi-head attention as a layer: its parameters, its kinds, and its room to work in.

Parameters are called as in PyTorch's nn.MultiheadAttention, weights transposed as everywhere here:
name.in_proj_weight (D, 3D) gives queries, keys and values side by side, name.out_proj.weight (D, D) mixes the heads.
"""
from ..errors import BadSetting
from ..graph import BATCH, Rows
from ..ops.blockwise_attention import BLOCK
from ..registry import ops
from .positions import turn

KINDS = ("full", "local", "low_rank", "blockwise")


def linear(graph, x, width, weight, bias, made):
    """x (rows, inputs) -> made (rows, width), with parameters of any names; bias may be None."""
    w = graph.parameter(weight, (x.shape[1], width))
    z = graph.tensor(made, (x.shape[0], width))
    if bias is None:
        graph.add(made, ops.get("dense_without_bias", made), (x, w, z))
    else:
        graph.add(made, ops.get("dense", made), (x, w, graph.parameter(bias, (width,), role="bias", start=0.0), z))
    return z


def check_heads(width, heads, where):
    """Heads share the columns among them."""
    if width % heads:
        raise BadSetting(where, f"a number of heads that divides the width, {width}", heads)


def self_attention(graph, x, steps, heads, name, watched, causal=False, scaled=True, kind="full", window=8, rank=8,
                   present=None, rotary=False):
    """x (N·T, D) -> (N·T, D): every position looks at all positions of its own sequence.

    watched   the name of the weights: (N, heads, T, T); (N, heads, T, places) where attention is local,
              (N, heads, T, rank) where it is of low rank
    present   (N, T), 1 where there is something to look at; None where all is there
    """
    width = x.shape[1]
    check_heads(width, heads, f"{name}: heads")
    packed = linear(graph, x, 3 * width, f"{name}.in_proj_weight", f"{name}.in_proj_bias", f"{name}.packed")
    if rotary:
        packed = turn(graph, packed, steps, width, heads, name)
    if kind == "low_rank":
        keys, values = (mixtures(graph, packed, steps, at, width, rank, f"{name}.{part}", present, causal)
                        for part, at in (("key_steps", width), ("value_steps", 2 * width)))
        heard = attend(graph, (packed, keys, values), (0, 0, 0), (steps, rank), width, heads, name, watched, False, scaled,
                       "full", 0, None)
    else:
        heard = attend(graph, (packed,) * 3, (0, width, 2 * width), (steps, steps), width, heads, name, watched, causal,
                       scaled, kind, window, present)
    return linear(graph, heard, width, f"{name}.out_proj.weight", f"{name}.out_proj.bias", f"{name}.mixed")


def mixtures(graph, packed, steps, at, width, rank, name, present, causal):
    """`rank` learned mixtures (N·rank, width) of the steps of packed (N·T, ·), from column `at` on; name.weight (T, rank)."""
    where = name.rpartition(".")[0]
    if causal:
        raise BadSetting(f"{where}: attention", "full, local or blockwise where a position may not look ahead", "low_rank",
                         "Its mixtures are made of all positions, later ones too: set model.causal to false.")
    if rank >= steps:
        raise BadSetting(f"{where}: rank", f"fewer mixtures than the sequence has positions, {steps}", rank,
                         "Take a smaller rank, or full attention.")
    weight = graph.parameter(f"{name}.weight", (steps, rank))
    y = graph.tensor(f"{name}.mixed", (Rows(rank), width))
    graph.add(name, ops.get("mix_steps", where), (packed, weight, present, y), {"at": at})
    return y


def cross_attention(graph, x, steps, memory, memory_steps, heads, name, watched, present=None, scaled=True):
    """x (N·T, D) looks at memory (N·M, D): queries from one sequence, keys and values from another.

    PyTorch keeps one in_proj_weight for all three; here its first D columns are name.q_proj_weight, the rest
    name.kv_proj_weight, since they meet different sequences.
    """
    width = x.shape[1]
    check_heads(width, heads, f"{name}: heads")
    q = linear(graph, x, width, f"{name}.q_proj_weight", f"{name}.q_proj_bias", f"{name}.queries")
    kv = linear(graph, memory, 2 * width, f"{name}.kv_proj_weight", f"{name}.kv_proj_bias", f"{name}.packed")
    heard = attend(graph, (q, kv, kv), (0, 0, width), (steps, memory_steps), width, heads, name, watched, False, scaled,
                   "full", 0, present)
    return linear(graph, heard, width, f"{name}.out_proj.weight", f"{name}.out_proj.bias", f"{name}.mixed")


def attend(graph, sources, at, steps, width, heads, name, watched, causal, scaled, kind, window, present):
    """The op itself: sources and at are the matrices of q, k, v and the columns where they begin; gives (N·Tq, width)."""
    asking, asked = steps
    d = width // heads
    knobs = {"heads": heads, "causal": causal, "scaled": scaled, "q_at": at[0], "k_at": at[1], "v_at": at[2]}
    y = graph.tensor(f"{name}.heard", (Rows(asking), width))
    if kind == "local":
        if window >= asked:
            raise BadSetting(f"{name}: window", f"fewer positions than the sequence has, {asked}", window,
                             "Take a smaller window, or full attention.")
        weights = graph.inner(watched, (BATCH, heads, asking, window + 1 if causal else 2 * window + 1))
        graph.add(name, ops.get("local_attention", name), (*sources, present, weights, y), knobs | {"before": window})
    elif kind == "blockwise":
        saved = graph.inner(f"{name}.saved", (BATCH, heads, asking))
        room = graph.inner(f"{name}.room", ((2 * d + 2 + 2 * BLOCK) * BLOCK,))
        graph.add(name, ops.get("blockwise_attention", name), (*sources, present, saved, room, y), knobs)
    else:
        weights = graph.inner(watched, (BATCH, heads, asking, asked))
        room = graph.inner(f"{name}.room", ((d + asking + 1) * asked,))
        graph.add(name, ops.get("attention", name), (*sources, present, weights, room, y), knobs)
    return y
