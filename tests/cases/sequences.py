"""Sequences: tokens, steps, and the recurrent cells with and without a first state, both ways through time."""
import numpy as np

from . import Case, normal

N, T, I, H = 3, 4, 2, 3
TOKENS = np.array([[0, 2, 2], [1, 0, 2]], float)
THERE = np.array([[1, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]], float)


def cell(torch, kind, o, reverse, relu=False):
    """The cell's steps spelt out: hidden (N, T, H), and cell (N, T, H) of an LSTM."""
    h = o["start"] if o["start"] is not None else o["x"].new_zeros(N, H)
    c = o["start_cell"] if o.get("start_cell") is not None else o["x"].new_zeros(N, H)
    peep = o["weight_peephole"] if "weight_peephole" in o else o["x"].new_zeros(3, H)
    hs, cs = [None] * T, [None] * T
    for step in reversed(range(T)) if reverse else range(T):
        inner = o["x"][:, step] @ o["weight_ih"] + o["bias_ih"]
        outer = h @ o["weight_hh"] + o["bias_hh"]
        if kind == "rnn":
            h = torch.relu(inner + outer) if relu else torch.tanh(inner + outer)
        elif kind == "gru":
            (a, b, n), (d, e, q) = inner.chunk(3, 1), outer.chunk(3, 1)
            keep = torch.sigmoid(b + e)
            h = (1 - keep) * torch.tanh(n + torch.sigmoid(a + d) * q) + keep * h
        else:
            i, f, g, out = (inner + outer).chunk(4, 1)
            c = torch.sigmoid(f + peep[1] * c) * c + torch.sigmoid(i + peep[0] * c) * torch.tanh(g)
            h = torch.sigmoid(out + peep[2] * c) * torch.tanh(c)
        hs[step], cs[step] = h, c
    return (torch.stack(hs, 1), torch.stack(cs, 1)) if kind.startswith("lstm") else torch.stack(hs, 1)


def recurrent(kind, gates, started=False, **knobs):
    reverse, relu = knobs.get("reverse", False), knobs.get("relu", False)
    over, opened = (N, T, H), (N, T, H) if gates == 1 else (N, T, gates, H)
    first = normal(N, H, seed=7) if started else None
    given = {"x": normal(N, T, I), "weight_ih": normal(I, gates * H), "weight_hh": normal(H, gates * H), "bias_ih": normal(gates * H),
             "bias_hh": normal(gates * H, seed=1), "start": first}
    room = {"before": over, "state": (N, H), "product": (N, gates * H), "slopes": opened}
    results = ("hidden",)
    if gates == 1:
        given |= {"hidden": over, **room}
    elif gates == 3:
        given |= {"gates": opened, "recall": over, "hidden": over, **room, "inner_slopes": opened}
    else:
        given |= {"start_cell": None if first is None else first[::-1].copy(), "gates": opened, "cell": over, "hidden": over,
                  "before": over, "state": (N, H), "memory": (N, H), "product": (N, gates * H), "slopes": opened}
        given |= {"weight_peephole": normal(3, H)} if kind == "lstm_peephole" else {}
        results = ("hidden", "cell")
    return Case(kind, given, knobs, lambda torch, o: cell(torch, kind, o, reverse, relu), results=results,
                note="started" if started else "from_zero")


def pointed(torch, o):
    """Every step of the answer spelt out, for two sets of three things."""
    rows, (steps, chosen) = [], (3, POINTED.astype(int))
    for n in range(2):
        free = np.ones(steps, bool)
        before = begun = -1
        mine = slice(n * steps, (n + 1) * steps)
        for k in range(chosen.shape[1]):
            question = o["base"][n] + (o["start"] if before < 0 else o["last"][mine][before] + o["first"][mine][begun])
            scores = torch.tanh(o["keys"][mine] + question) @ o["v"]
            lowest = torch.clamp(scores[free].min().detach(), max=0)
            rows.append(torch.where(torch.tensor(free), scores, lowest - 50.0))
            before, begun = chosen[n, k], begun if begun >= 0 else chosen[n, k]
            free[before] = False
    return torch.stack(rows)


POINTED = np.array([[2, 0], [1, 2]], float)
CASES = [
    Case("embedding", {"tokens": TOKENS, "weight": normal(4, 3), "y": (2, 3, 3)}, unwanted=("tokens",), nan="weight",
         torch=lambda torch, o: torch.nn.functional.embedding(o["tokens"].long(), o["weight"])),
    Case("add_positions", {"x": normal(2, 3, 4), "table": normal(3, 4), "y": (2, 3, 4)}, torch=lambda torch, o: o["x"] + o["table"]),
    Case("mean_steps", {"x": normal(3, 4, 2), "present": None, "y": (3, 2)}, torch=lambda torch, o: o["x"].mean(1), note="all"),
    Case("mean_steps", {"x": normal(3, 4, 2), "present": THERE, "y": (3, 2)}, note="some",
         torch=lambda torch, o: (o["x"] * o["present"][..., None]).sum(1) / o["present"].sum(1, keepdim=True).clamp(min=1)),
    *(Case("last_step", {"x": normal(2, 4, 3), "y": (2, 3)}, {"step": step}, nan_at=(step % 4) * 3,
           torch=lambda torch, o, step=step: o["x"][:, step]) for step in (-1, 0, 2)),
    *(Case("concatenate", {"x": normal(*shape, 3), "y": normal(*shape, 2), "z": (*shape, 5)}, note=f"{len(shape)}axes",
           torch=lambda torch, o: torch.cat([o["x"], o["y"]], -1)) for shape in ((2,), (2, 4))),
    Case("dense_transposed", {"x": normal(6, 4), "weight": normal(5, 4), "z": (6, 5)}, torch=lambda torch, o: o["x"] @ o["weight"].T),
    Case("pointer", {"keys": normal(6, 4), "last": normal(6, 4, seed=1), "first": normal(6, 4, seed=2), "base": normal(2, 4),
                     "start": normal(4), "v": normal(4, seed=1), "present": None, "target": POINTED, "room": (2 * 4 + 3,), "z": (4, 3)},
         torch=pointed, learned=True, masked=True),
    *(recurrent(kind, gates, started, **knobs) for kind, gates in (("rnn", 1), ("gru", 3), ("lstm", 4), ("lstm_peephole", 4))
      for started, knobs in ((False, {}), (True, {"reverse": True}))),
    recurrent("rnn", 1, True, relu=True),
]
