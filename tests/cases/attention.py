"""Attention of every kind, with keys hidden and all of them, and queries turned by their positions."""
import numpy as np

from engine.ops.blockwise_attention import BLOCK

from . import Case, normal

N, T, HEADS, D = 2, 4, 2, 4              # examples, positions, heads, columns
THERE = np.array([[1, 1, 1, 1], [0, 1, 1, 0]], float)


def formula(causal=False, window=None, tk=T):
    """softmax(q kᵀ / √d + mask) v in PyTorch's own words; a query that may look nowhere gets zeros."""
    def answer(torch, o):
        q, k, v = (o[name].reshape(N, -1, HEADS, D // HEADS).transpose(1, 2) for name in "qkv")
        apart = torch.arange(tk)[None] - torch.arange(T)[:, None]
        seen = torch.ones(N, 1, T, tk, dtype=torch.bool) if o["present"] is None else (o["present"] > 0)[:, None, None].expand(N, 1, T, tk)
        seen = seen & (apart <= 0 if causal else torch.tensor(True)) & (apart.abs() <= window if window is not None else torch.tensor(True))
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, torch.where(seen, 0.0, -1e30).to(q.dtype))
        return torch.where(seen.any(-1, keepdim=True), y, 0).transpose(1, 2).reshape(N * T, D)
    return answer


def attention(kind, present=None, causal=False, tk=T, window=2, note=""):
    given = {"q": normal(N * T, D), "k": normal(N * tk, D, seed=1), "v": normal(N * tk, D, seed=2), "present": present}
    d, knobs = D // HEADS, {"heads": HEADS, "causal": causal}
    if kind == "local_attention":
        given |= {"weights": (N, HEADS, T, window + 1 if causal else 2 * window + 1)}
        knobs |= {"before": window}
    elif kind == "blockwise_attention":
        given |= {"saved": (N, HEADS, T), "room": ((2 * d + 2 + 2 * BLOCK) * BLOCK,)}
    else:
        given |= {"weights": (N, HEADS, T, tk), "room": ((d + T + 1) * tk,)}
    return Case(kind, given | {"y": (N * T, D)}, knobs, formula(causal, window if kind == "local_attention" else None, tk), note=note)


def turned(torch, o):
    pairs, angle = o["x"][:, :4].reshape(6, 2, 2), o["table"].reshape(3, 2).repeat(2, 1)
    cosine, sine = angle[:, None, 0], angle[:, None, 1]
    both = torch.stack([pairs[..., 0] * cosine - pairs[..., 1] * sine, pairs[..., 0] * sine + pairs[..., 1] * cosine], -1)
    return torch.cat([both.reshape(6, 4), o["x"][:, 4:]], 1)


CASES = [
    Case("rotary", {"x": normal(6, 7), "table": normal(3, 2), "y": (6, 7)}, {"turned": 4}, turned),
    *(attention(kind, present, causal, note=note) for kind in ("attention", "local_attention", "blockwise_attention")
      for present, causal, note in ((None, False, "all"), (None, True, "causal"), (THERE, False, "padded"),
                                    (THERE, True, "padded_causal"), (np.zeros((N, T)), False, "nothing"))),
    attention("attention", tk=7, note="from_another"), attention("blockwise_attention", tk=7, note="from_another"),
]
