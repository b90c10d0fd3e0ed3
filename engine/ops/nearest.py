"""The nearest of many stored keys to each question, and how near they are.

x (N, D) questions, keys (M, D) -> neighbours (N, k) the keys' numbers, nearest first;  scores (N, k)
forward   score = −‖x − key‖², for the k keys with the largest
backward  dx −= 2 (x − key) dscore,   dkey += 2 (x − key) dscore, for those k alone: which ones are nearest has no slope.
All keys are looked at, so the k are truly the nearest.
Source: Cover and Hart, 1967; as a network's memory: Khandelwal and others, 2020; Guu and others, 2020.
"""
from ..jit import begin, kernel, like, matrix, wanted
from ..registry import Op


@kernel
def forward(m, t):
    x, keys, neighbours, scores = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[3])
    k = scores.shape[1]
    for n in range(x.shape[0]):
        found = 0
        for key in range(keys.shape[0]):
            score = like(m, 0)
            for d in range(x.shape[1]):
                apart = x[n, d] - keys[key, d]
                score -= apart * apart
            if found == k and score <= scores[n, k - 1]:
                continue
            place = found if found < k else k - 1
            while place > 0 and not score <= scores[n, place - 1]:       # the further ones move down; of equals the first stays first
                scores[n, place], neighbours[n, place] = scores[n, place - 1], neighbours[n, place - 1]
                place -= 1
            scores[n, place], neighbours[n, place] = score, key
            found += found < k


@kernel
def backward(m, t):
    x, keys, neighbours, dscores = matrix(m, t[0]), matrix(m, t[1]), matrix(m, t[2]), matrix(m, t[7])
    for j in (4, 5):
        if wanted(t[j]):
            begin(m, t[j])
    for n in range(x.shape[0]):
        for i in range(dscores.shape[1]):
            key, slope = int(neighbours[n, i]), like(m, 2) * dscores[n, i]
            for d in range(x.shape[1]):
                pull = slope * (x[n, d] - keys[key, d])
                if wanted(t[4]):
                    matrix(m, t[4])[n, d] -= pull
                if wanted(t[5]):
                    matrix(m, t[5])[key, d] += pull


RECORD = Op("nearest", "Finds the stored keys that are nearest to each question.", r"s_j = -\lVert q - k_j \rVert^2,\quad j \in \mathrm{top}_k",
            "Cover and Hart, 1967; Khandelwal and others, 2020", title="Nearest neighbours", forward=forward, backward=backward,
            operands=("x", "keys", "neighbours", "scores"), saved=("neighbours",), torch="torch.topk(-torch.cdist(x, keys)**2, k)")
