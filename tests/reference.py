"""Every formula once more, in plain NumPy and float64, as short as it can be said.

The tests compare the kernels with these; a record without a reference here fails them.
"""
import itertools
import math

import numpy as np

erf = np.vectorize(math.erf, otypes=[float])


def logistic(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def shares(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


# ---------------------------------------------------------------- activations: x, *knobs, *parameters -> y

ACTIVATIONS = {
    "linear": lambda x: x,
    "sigmoid": logistic,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "prelu": lambda x, slope: np.where(x > 0, x, slope * x),
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    "gelu": lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))),
    "silu": lambda x: x * logistic(x),
    "softplus": lambda x: np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20)))),
    "softmax": shares,
}

# ---------------------------------------------------------------- losses: z, target, *knobs -> one number


def right(z, target):
    return np.take_along_axis(z, target.astype(int), 1)


def hinge(z, target):
    if z.shape[1] == 1:
        return np.maximum(0, 1 - target * z).mean()
    margins = np.maximum(0, 1 - right(z, target) + z)
    np.put_along_axis(margins, target.astype(int), 0, 1)
    return margins.mean()


def ctc(z, target, zero_infinity):
    """Every path there is, read as CTC reads it, and the probabilities of those that read as the target summed up."""
    steps, blank, total = len(z) // len(target), z.shape[1] - 1, 0.0
    for row, asked in zip(shares(z).reshape(len(target), steps, -1), target):
        asked, mass = [int(k) for k in asked if k >= 0], 0.0
        for path in itertools.product(range(blank + 1), repeat=steps):
            if [k for k, before in zip(path, (-1, *path)) if k not in (before, blank)] == asked:
                mass += np.prod(row[np.arange(steps), path])
        if mass > 0 or not zero_infinity:
            total -= (math.log(mass) if mass > 0 else -math.inf) / max(1, len(asked))
    return total / len(target)


LOSSES = {
    "ctc": ctc,
    "mse": lambda z, target: ((z - target)**2).mean(),
    "binary_cross_entropy": lambda z, target: (np.logaddexp(0, z) - target * z).mean(),
    "cross_entropy": lambda z, target, smooth: -((1 - smooth) * np.log(right(shares(z), target))
                                                 + smooth * np.log(shares(z)).mean(1, keepdims=True)).mean(),
    "huber": lambda z, target, delta: np.where(np.abs(z - target) <= delta, 0.5 * (z - target)**2,
                                               delta * (np.abs(z - target) - 0.5 * delta)).mean(),
    "hinge": hinge,
}

# ---------------------------------------------------------------- optimizers: p, g, rate, slots, s (1, 2, …), *knobs -> p, slots


def descent(p, g, rate, slots, s):
    return p - rate * g, []


def momentum(p, g, rate, slots, s, mu):
    v = mu * slots[0] + g
    return p - rate * v, [v]


def nesterov(p, g, rate, slots, s, mu):
    v = mu * slots[0] + g
    return p - rate * (g + mu * v), [v]


def adagrad(p, g, rate, slots, s, eps):
    total = slots[0] + g**2
    return p - rate * g / (np.sqrt(total) + eps), [total]


def rmsprop(p, g, rate, slots, s, alpha, eps):
    square = alpha * slots[0] + (1 - alpha) * g**2
    return p - rate * g / (np.sqrt(square) + eps), [square]


def adam(p, g, rate, slots, s, beta1, beta2, eps):
    mean, square = beta1 * slots[0] + (1 - beta1) * g, beta2 * slots[1] + (1 - beta2) * g**2
    return p - rate * (mean / (1 - beta1**s)) / (np.sqrt(square / (1 - beta2**s)) + eps), [mean, square]


def adamw(p, g, rate, slots, s, beta1, beta2, eps, decay, everywhere):
    moved, slots = adam(p, g, rate, slots, s, beta1, beta2, eps)
    return moved - rate * decay * p, slots


def lion(p, g, rate, slots, s, beta1, beta2, decay, everywhere):
    return p - rate * decay * p - rate * np.sign(beta1 * slots[0] + (1 - beta1) * g), [beta2 * slots[0] + (1 - beta2) * g]


def sophia(p, g, rate, slots, s, beta1, beta2, scale, decay, every, everywhere):
    mean = beta1 * slots[0] + (1 - beta1) * g
    return p - rate * decay * p - rate * np.clip(mean / np.maximum(scale * slots[1], 1e-12), -1, 1), [mean, slots[1]]


OPTIMIZERS = {"gradient_descent": descent, "sgd": descent, "momentum": momentum, "nesterov": nesterov,
              "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "adamw": adamw, "lion": lion, "sophia": sophia}

# ---------------------------------------------------------------- schedules: steps, losses, base, *knobs -> rates


def every_step(formula):
    return lambda steps, losses, *knobs: np.array([formula(t, *knobs) for t in range(steps)], float)


def wave(done):
    return (1 + math.cos(math.pi * done)) / 2


def warmup_cosine(t, base, warmup, steps, end):
    return base * (t + 1) / (warmup + 1) if t < warmup else \
        base * (end + (1 - end) * wave(min(1, (t - warmup) / max(1, steps - warmup))))


def one_cycle(t, peak, steps, rising, first, last):
    top = rising * steps - 1
    if t <= top:
        return peak + (peak / first - peak) * wave(t / top)
    return peak / first / last + (peak - peak / first / last) * wave(min(1, (t - top) / (steps - 1 - top)))


def reduce_on_plateau(steps, losses, base, factor, patience, threshold, lowest):
    rates, best, bad = [base], math.inf, 0
    for loss in losses[:steps - 1]:
        better = loss < best * (1 - threshold)
        best, bad = (loss, 0) if better else (best, bad + 1)
        now, lower = rates[-1], max(rates[-1] * factor, lowest)
        rates.append(lower if bad > patience and now - lower > 1e-8 else now)
        bad = 0 if bad > patience else bad
    return np.array(rates)


SCHEDULES = {
    "constant": every_step(lambda t, base: base),
    "step_decay": every_step(lambda t, base, every, gamma: base * gamma**(t // every)),
    "exponential": every_step(lambda t, base, gamma: base * gamma**t),
    "linear_warmup": every_step(lambda t, base, start, steps: base * np.interp(t, [0, steps], [start, 1])),
    "linear_decay": every_step(lambda t, base, end, steps: base * np.interp(t, [0, steps], [1, end])),
    "cosine": every_step(lambda t, base, steps, lowest: lowest + (base - lowest) * wave(t / steps)),
    "warmup_cosine": every_step(warmup_cosine),
    "cyclic": every_step(lambda t, peak, low, up: peak * np.interp(t % (2 * up), [0, up, 2 * up], [low, 1, low])),
    "one_cycle": every_step(one_cycle),
    "reduce_on_plateau": reduce_on_plateau,
}

# ---------------------------------------------------------------- initializers: fan_in, fan_out, settings -> mean, variance, largest

NO_BOUND = math.inf


def kaiming_fan(fan_in, fan_out, s):
    return (2 / (1 + s["a"]**2)) / (fan_in if s["mode"] == "fan_in" else fan_out)


def evenly(variance):
    return 0.0, variance, math.sqrt(3 * variance)


def bell(variance, mean=0.0):
    return mean, variance, NO_BOUND


INITIALIZERS = {
    "zeros": lambda i, o, s: (0.0, 0.0, 0.0),
    "constant": lambda i, o, s: (s["value"], 0.0, abs(s["value"])),
    "too_small": lambda i, o, s: bell(s["std"]**2),
    "too_large": lambda i, o, s: bell(s["std"]**2),
    "normal": lambda i, o, s: bell(s["std"]**2, s["mean"]),
    "uniform": lambda i, o, s: ((s["a"] + s["b"]) / 2, (s["b"] - s["a"])**2 / 12, max(abs(s["a"]), abs(s["b"]))),
    "xavier_uniform": lambda i, o, s: evenly(s["gain"]**2 * 2 / (i + o)),
    "xavier_normal": lambda i, o, s: bell(s["gain"]**2 * 2 / (i + o)),
    "kaiming_uniform": lambda i, o, s: evenly(kaiming_fan(i, o, s)),
    "kaiming_normal": lambda i, o, s: bell(kaiming_fan(i, o, s)),
    "lecun_uniform": lambda i, o, s: evenly(1 / i),
    "lecun_normal": lambda i, o, s: bell(1 / i),
    "orthogonal": lambda i, o, s: (0.0, s["gain"]**2 / max(i, o), s["gain"]),
}
