"""Orthogonal: a random rotation, which neither stretches nor squeezes.

Shape: (…, outputs), seen as one matrix with all other axes together as rows; a convolution's is (outputs, …).
QᵀQ = g² 1 where there are at least as many rows as columns, Q Qᵀ = g² 1 otherwise.

Q comes from the QR decomposition of a normal random matrix.  Its signs are an accident of the
method; multiplying each column by the sign of R's diagonal makes every rotation equally likely.
"""
import numpy as np

from ..registry import Initializer
from ._knobs import gain


def fill(generator, shape, fan_in, fan_out, settings):
    drawn = generator.standard_normal(shape)
    drawn = drawn.reshape(shape[0], -1) if len(shape) == 4 else drawn.reshape(-1, shape[-1])
    tall = drawn if drawn.shape[0] >= drawn.shape[1] else drawn.T
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    q = q if tall is drawn else q.T
    return np.ascontiguousarray(settings["gain"] * q).reshape(shape)


RECORD = Initializer(
    "orthogonal", title="Orthogonal",
    sentence="A random rotation: all singular values are equal, so depth neither fades nor enlarges the signal.",
    formula=r"W^T W = g^2 I", source="A. M. Saxe, J. L. McClelland and S. Ganguli, 2014",
    knobs={"gain": gain()},
    fill=fill, torch="nn.init.orthogonal_({tensor}, gain={gain})")
