"""Softmax, number by number: logits, divided by the temperature, raised to powers of e, divided by their sum.

    p_k = exp(z_k / T) / Σ_j exp(z_j / T)
The logits are those one asks about, or the network's own for one example.  All of it is done in float32 as a network does
it; without subtracting the maximum first, exp overflows beyond 88.7 and the quotient is not a number.
With z = −E this is the Boltzmann distribution of energies E at temperature T.
Source: Boltzmann, 1868; Bridle, 1990 (as the output of a network).
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..random import generator
from ..registry import Probe

MOST = 64                                # logits


def measure(run, options):
    """float32 arrays over the classes: logits, scaled, powers, probabilities, slope (p − y, where a target is known), counts;
    meta: sum, entropy (nats), largest, winner, overflow, classes, target.  Errors: BadSetting naming the option."""
    z, target, names = _logits(run, options)
    if options["target"] is not None:
        target = options["target"]
    if target is not None and target >= len(z):
        raise BadSetting("target", f"a class below {len(z)}", target)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scaled = (z + np.float32(options["shift"])) / np.float32(options["temperature"])
        if options["subtract"]:
            scaled = scaled - scaled.max()
        powers = np.exp(scaled)
        total = powers.sum(dtype=np.float32)
        p = powers / total
        finite = bool(np.isfinite(p).all())
        entropy = float(-(p[p > 0] * np.log(p[p > 0])).sum()) if finite else None
    found = {"logits": z, "scaled": scaled, "powers": powers, "probabilities": p, "sum": _plain(total), "entropy": entropy,
             "largest": float(p.max()) if finite else None, "winner": int(p.argmax()) if finite else None,
             "overflow": bool(np.isinf(powers).any()), "finite": finite, "classes": names, "target": target}
    if target is not None:
        smooth = np.float32(options["smoothing"])
        y = np.full(len(z), smooth / np.float32(len(z)), np.float32)
        y[target] += np.float32(1) - smooth
        found |= {"slope": p - y, "wanted": y, "loss": _plain(-(y * np.log(np.maximum(p, np.float32(1e-45)))).sum()) if finite else None}
    if options["draws"] and finite:
        # the first hundred of a thousand draws are the hundred: more draws continue what is seen
        uniform = generator(options["seed"], "softmax.draws").random(options["draws"])
        edges = np.cumsum(p.astype(np.float64))
        found["counts"] = np.bincount(np.searchsorted(edges / edges[-1], uniform, side="right"), minlength=len(z)).astype(np.int32)
    return found


def _logits(run, options):
    """(logits float32, class the example has or None, names of the classes)."""
    if options["logits"] is not None:
        z = np.array([v for v in options["logits"]], np.float64)
        if z.ndim != 1 or not 2 <= len(z) <= MOST:
            raise BadSetting("logits", f"a list of 2 to {MOST} numbers", f"{z.shape}")
        return z.astype(np.float32), None, [str(k + 1) for k in range(len(z))]
    data = run.data
    if data.task not in ("binary", "classes"):
        raise BadSetting("probe", "a network that tells classes apart, or logits to look at", f"a network for {data.task}")
    part = data.raw_test if len(data.raw_test) else data.raw_train
    truth = data.y_test if len(data.raw_test) else data.y_train
    at = options["example"] % len(part)
    z = np.asarray(run.forward(part[at:at + 1], ["output"])["output"][0], np.float32)
    if len(z) == 1:                                          # one logit decides between two: the other's is 0
        z = np.array([0, z[0]], np.float32)
    names = [str(c) for c in data.classes] if data.classes else [str(k) for k in range(len(z))]
    return z, int(truth[at]), names


def _plain(value):
    return float(value) if np.isfinite(value) else None


RECORD = Probe("softmax", "Logits, their powers of e, and the probabilities they become, for chosen numbers or one example.",
               measure=measure, formula=r"p_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}", source="L. Boltzmann, 1868; J. Bridle, 1990",
               knobs={"logits": Knob(None, -1e6, 1e6, kind="points", optional=True, help="The logits; null takes the network's own for one example."),
                      "example": Knob(0, 0, 10**7, kind="integer", help="Which test example."),
                      "temperature": Knob(1.0, 1e-3, 1e3, scale="log", symbol="T", help="What the logits are divided by first."),
                      "shift": Knob(0.0, -1e6, 1e6, help="A constant added to every logit."),
                      "subtract": Knob(True, kind="boolean", help="Whether the largest is subtracted before raising e to it."),
                      "target": Knob(None, 0, MOST, kind="integer", optional=True, help="The right class; null takes the example's."),
                      "smoothing": Knob(0.0, 0.0, 0.999, help="The share of certainty spread over all classes (label smoothing)."),
                      "draws": Knob(0, 0, 100_000, kind="integer", help="How many answers are drawn by these probabilities."),
                      "seed": Knob(0, 0, 2**53, kind="integer", help="The seed of the draws.")})
