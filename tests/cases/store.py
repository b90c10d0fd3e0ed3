"""Looking up in a store: the nearest keys, and what stands beside them."""
import numpy as np

from . import Case, normal

NEIGHBOURS = np.array([[3, 0], [1, 2], [0, 3]])


def near(k):
    def scores(torch, o):
        return torch.topk(-((o["x"][:, None] - o["keys"][None])**2).sum(-1), k).values
    return scores


def recalled(torch, o):
    return (o["weights"][:, :, None] * o["values"][o["neighbours"].long()]).sum(1)


CASES = [Case("nearest", {"x": normal(n, d), "keys": normal(keys, d, seed=1), "neighbours": (n, k), "scores": (n, k)}, torch=near(k), note=f"{k}of{keys}")
         for n, d, keys, k in ((4, 3, 6, 2), (1, 1, 1, 1), (5, 2, 4, 4), (3, 20, 30, 5))]
CASES += [Case("recall", {"weights": normal(3, 2), "neighbours": NEIGHBOURS, "values": normal(4, 5), "y": (3, 5)}, torch=recalled)]
