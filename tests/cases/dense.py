"""Dense layers: below and above the size from which the BLAS library takes over."""
from . import Case, normal


def linear(torch, o):
    return torch.nn.functional.linear(o["x"], o["weight"].T, o.get("bias"))


CASES = [case for n, i, o in ((1, 1, 1), (3, 2, 4), (33, 20, 17), (5, 40, 3)) for case in (
    Case("dense", {"x": normal(n, i), "weight": normal(i, o), "bias": normal(o), "z": (n, o)}, torch=linear, note=f"{n}x{i}x{o}"),
    Case("dense_without_bias", {"x": normal(n, i), "weight": normal(i, o), "z": (n, o)}, torch=linear, note=f"{n}x{i}x{o}"))]
