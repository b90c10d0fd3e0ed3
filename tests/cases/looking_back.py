"""Additive attention, the steps of a decoder that looks back, and mixtures of steps."""
import numpy as np

from . import Case, normal

N, T, A, V = 2, 4, 3, 5                  # examples, keys, columns of questions, columns of values
THERE = np.array([[1, 1, 1, 1], [0, 1, 1, 0]], float)


def additive(torch, o):
    """softmax(vᵀ tanh(q + k)) values; a question that may look nowhere gets zeros."""
    query, keys, values = (o[name].reshape(N, -1, o[name].shape[1]) for name in ("query", "keys", "values"))
    scores = (torch.tanh(query[:, :, None] + keys[:, None]) * o["v"]).sum(-1)
    seen = torch.ones(N, 1, T, dtype=torch.bool) if o["present"] is None else (o["present"] > 0)[:, None]
    shares = torch.softmax(torch.where(seen, scores, -1e30), -1)
    return torch.where(seen.any(-1, keepdim=True), shares @ values, 0).flatten(0, 1)


def looked(present=None, asked=1, rows=1, at=0, note=""):
    return Case("additive_attention", {"query": normal(N * asked, A), "keys": normal(N * T, A, seed=1), "v": normal(A),
                                       "values": normal(N * T, V), "present": present, "weights": (N, 1, rows, T), "y": (N * asked, V)},
                {"at": at}, additive, note=note)


def mixed(torch, o):
    x = o["x"].reshape(N, T, -1)[:, :, 1:4]
    there = 1 if o["present"] is None else o["present"][:, :, None]
    return torch.einsum("ntc,tr->nrc", x * there, o["weight"]).flatten(0, 1)


CASES = [
    looked(note="one"), looked(asked=3, rows=3, note="all"), looked(rows=4, at=2, note="a_row"), looked(THERE, 2, 2, note="padded"),
    looked(np.zeros((N, T)), note="nothing"),
    *(Case("put_step", {"x": normal(2, 3), "y": (2, 4, 3)}, {"step": step},
           lambda torch, o, step=step: o["y"].index_copy(1, torch.tensor([step]), o["x"][:, None])) for step in (0, 3)),
    Case("mix_steps", {"x": normal(N * T, 5), "weight": normal(T, 2), "present": None, "y": (N * 2, 3)}, {"at": 1}, mixed, nan_at=1),
    Case("mix_steps", {"x": normal(N * T, 5), "weight": normal(T, 2), "present": THERE, "y": (N * 2, 3)}, {"at": 1}, mixed, nan_at=1,
         note="padded"),
]
