"""What the probes of attention share: where its weights are, and a window of them laid out in full."""
import numpy as np


def attention_names(run):
    """Block -> the name of the tensor that holds its weights, in the order they are computed."""
    return {name.removesuffix(".attention"): name for name in run.assembly.graph.tensors if name.endswith(".attention")}


def spread(weights, model):
    """Weights (heads, T, W) of local attention as (heads, T, T); others are given back."""
    if model.get("attention") != "local":
        return weights
    heads, steps, window = weights.shape
    wide, before = np.zeros((heads, steps, steps), weights.dtype), model["window"]
    for i in range(steps):
        for o in range(window):
            if 0 <= i - before + o < steps:
                wide[:, i, i - before + o] = weights[:, i, o]
    return wide
