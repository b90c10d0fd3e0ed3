"""Mixtures of experts: a router with and without room, rows that were dropped, experts to which nobody came."""
import numpy as np

from . import Case, normal


def shares(n, experts, seed=0):
    e = np.exp(normal(n, experts, seed=seed))
    return e / e.sum(1, keepdims=True)


def routed(k):
    def gates(torch, o):
        top = torch.topk(o["p"], k).values
        return top if k == 1 else top / top.sum(1, keepdim=True)
    return gates


def route(n, experts, k, capacity=0.0):
    return Case("route", {"p": shares(n, experts), "chosen": (n, k), "slot": (n, k), "begins": (experts + 1,), "gates": (n, k)},
                {"capacity": capacity}, routed(k), note=f"{n}x{experts}-top{k}")


def dispatched(torch, o):
    slot = o["slot"].long()
    y = torch.zeros(slot.numel(), o["x"].shape[1], dtype=o["x"].dtype)
    n, j = torch.nonzero(slot >= 0, as_tuple=True)
    return y.index_add(0, slot[n, j], o["x"][n])


def layered(torch, o):
    z = [torch.zeros(0, o["weight"].shape[2], dtype=o["x"].dtype)]
    begins = [int(b) for b in o["begins"]]
    for e, (first, last) in enumerate(zip(begins, begins[1:])):
        z.append(o["x"][first:last] @ o["weight"][e] + o["bias"][e])
    z.append(0 * o["x"][begins[-1]:].sum() + torch.zeros(len(o["x"]) - begins[-1], o["weight"].shape[2], dtype=o["x"].dtype))
    return torch.cat(z)


def combined(torch, o):
    slot = o["slot"].long()
    kept = (slot >= 0).to(o["x"].dtype)
    return ((o["gates"] * kept)[:, :, None] * o["x"][slot.clamp(min=0)]).sum(1)


def balanced(strength, experts):
    def cost(torch, o):
        f = torch.bincount(o["chosen"].long().ravel(), minlength=experts).to(o["p"].dtype) / o["chosen"].numel()
        return (strength * experts * (f * o["p"].mean(0)).sum())[None]
    return cost


SLOT = np.array([[0, 4], [1, -1], [2, 5], [-1, 3]])           # two choices found no room
CASES = [route(5, 4, 1), route(5, 4, 2), route(9, 3, 3), route(8, 4, 1, 1.0), route(8, 4, 2, 0.6), route(1, 1, 1)]
CASES += [Case("dispatch", {"x": normal(4, 3), "slot": SLOT, "y": (8, 3)}, torch=dispatched),
          Case("combine", {"x": normal(8, 3), "slot": SLOT, "gates": normal(4, 2), "y": (4, 3)}, torch=combined),
          Case("dispatch", {"x": normal(3, 2), "slot": np.array([[2], [0], [1]]), "y": (3, 2)}, torch=dispatched, note="switch")]
for note, rows, begins, inputs, outputs in (("loops", 7, [0, 3, 3, 4, 6], 3, 2), ("library", 40, [0, 22, 22, 40], 20, 17), ("full", 6, [0, 2, 6], 2, 5)):
    experts = len(begins) - 1
    CASES.append(Case("expert_dense", {"x": normal(rows, inputs), "begins": np.array(begins), "weight": normal(experts, inputs, outputs),
                                       "bias": normal(experts, outputs), "z": (rows, outputs)}, torch=layered, note=note))
CASES += [Case("noisy", {"x": normal(5, 3), "spread": normal(5, 3, seed=1), "drawn": (5, 3), "y": (5, 3)}),
          Case("balance", {"p": shares(6, 3), "chosen": np.array([[0], [2], [0], [0], [2], [0]]), "y": (1,)}, {"strength": 0.3}, balanced(0.3, 3)),
          Case("balance", {"p": shares(5, 4), "chosen": np.array([[0, 1], [2, 1], [1, 3], [0, 1], [2, 1]]), "y": (1,)}, {"strength": 2.0},
               balanced(2.0, 4), note="two_each")]
