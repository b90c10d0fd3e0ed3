"""The table of token vectors seen from its two widest sides: tokens that are used alike come to lie together."""
import numpy as np

from ..errors import BadSetting
from ..registry import Probe


def needs(run):
    """Errors: BadSetting where tokens have no vectors."""
    if not run.data.tokens or "embedding.weight" not in run.assembly.program.names:
        raise BadSetting("probe", "a network with vectors for tokens", f"the model {run.config['model']['name']!r}")


def measure(run, options):
    """`points` float32 (tokens, 2): the vectors on their first two principal directions; `explained` their shares.

    The sign of a direction is free; here the largest number of each is positive, so that pictures do not flip.
    """
    table = run.parameters["embedding.weight"].astype(np.float64)
    if not np.isfinite(table).all():
        raise BadSetting("probe", "finite vectors", "a diverged network")
    centred = table - table.mean(0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:2] if len(directions) > 1 else np.vstack([directions, np.zeros_like(directions)])
    points = centred @ directions.T
    points *= np.where(points[np.abs(points).argmax(0), [0, 1]] < 0, -1, 1)
    total = (sizes ** 2).sum()
    shares = (sizes ** 2 / total if total else sizes)[:2]
    return {"points": points.astype(np.float32), "tokens": list(run.data.tokens), "explained": shares.tolist()}


RECORD = Probe("embedding", "The vectors of all tokens, on their first two principal directions.", needs=needs, measure=measure)
