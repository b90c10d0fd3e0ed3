"""How sharp the valley is: the largest eigenvalue of the Hessian, next to 2 / learning rate.

Along an eigenvector of curvature λ, plain gradient descent with rate η multiplies the distance from the bottom by 1 − ηλ,
which grows where λ > 2/η.  The Hessian is never formed: all that is needed is what it does to a vector,
    Hv = (∇L(w + εv) − ∇L(w − εv)) / 2ε          in float64, with penalties, dropout masks held fast.
Power iteration would take v, Hv, H(Hv), … and look at the last; Lanczos' method keeps them all, made orthogonal, and takes
the largest eigenvalue of H as seen within them: the same products, but it closes in much sooner and on the largest
eigenvalue, not on the one of largest size.
Source: Lanczos, 1950; Cohen, Kaur, Li, Kolter and Talwalkar, 2021 (sharpness hovers about 2/η).
"""
import numpy as np

from ..assembly import Assembly
from ..knob import Knob
from ..random import generator
from ..registry import Probe
from ..trial import Trial


class Curvature:
    """Hessian-vector products of a run's loss over some of its training rows."""

    def __init__(self, run, rows):
        n = min(rows, len(run.assembly.x))
        config = {**run.config, "precision": "float64", "batch_size": n}
        self.trial = Trial(run, np.linspace(0, len(run.assembly.x) - 1, n).astype(int), Assembly(config, run.assembly.arrays))
        program = self.trial.program
        self.w = program.view(self.trial.arena, "parameters", 0)
        self.g = program.view(self.trial.arena, "gradients", 0)
        self.start = self.w.copy()

    def gradient(self, move):
        """The gradient at the run's parameters plus `move`."""
        self.w[...] = self.start + move
        self.trial.backward()
        self.w[...] = self.start
        return self.g.copy()

    def product(self, v, epsilon=1e-5):
        """H v for a v of length 1."""
        return (self.gradient(epsilon * v) - self.gradient(-epsilon * v)) / (2 * epsilon)


def largest(product, start, iterations, tolerance):
    """The largest eigenvalue, its vector, how many products it took, and how far Hv still is from λv.

    With the orthonormal vectors as columns of V, T = VᵀHV has the along[k] on its diagonal and the beside[k] next to it.
    """
    vectors, along, beside = [start / np.linalg.norm(start)], [], []
    for count in range(1, min(iterations, len(start)) + 1):
        hv = product(vectors[-1])
        along.append(vectors[-1] @ hv)
        for v in (*vectors, *vectors):                       # twice, since rounding leaves a little behind
            hv = hv - (v @ hv) * v
        beside.append(np.linalg.norm(hv))
        if not np.isfinite(beside[-1]):
            return float("nan"), vectors[0], count, float("nan")
        values, inner = np.linalg.eigh(np.diag(along) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
        error = abs(beside[-1] * inner[-1, -1])
        if error <= tolerance * abs(values[-1]):
            break
        vectors.append(hv / beside[-1])
    return float(values[-1]), np.stack(vectors[:count], axis=1) @ inner[:, -1], count, float(error)


def measure(run, options):
    """{sharpness, limit: 2 / rate, rate, iterations, error, vector (float32, all parameters)}."""
    curvature = Curvature(run, options["rows"])
    start = generator(run.config["seed"], "sharpness").standard_normal(len(curvature.w))
    value, v, count, error = largest(curvature.product, start, options["iterations"], options["tolerance"])
    rate = float(run.assembly.program.view(run.arena, "rate", 0)[0]) if run.step else run.config["optimizer"]["learning_rate"]
    return {"sharpness": value, "rate": rate, "limit": 2 / rate, "iterations": count, "error": error, "vector": v.astype(np.float32)}


RECORD = Probe("sharpness", "The largest curvature of the loss at the present weights, next to what the learning rate can bear.",
               measure=measure, precision="float64",
               knobs={"rows": Knob(256, 1, 4096, kind="integer", help="Over how many training rows."),
                      "iterations": Knob(50, 1, 1000, kind="integer", help="At most so many Hessian-vector products."),
                      "tolerance": Knob(1e-3, 1e-12, 1.0, scale="log", help="How far Hv may be from λv, as a share of λ.")})
