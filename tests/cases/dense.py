"""Dense layers: in plain loops, in tiles narrower and wider than a register, with rows and columns left over."""
from . import Case, normal


def linear(torch, o):
    return torch.nn.functional.linear(o["x"], o["weight"].T, o.get("bias"))


CASES = [case for n, i, o in ((1, 1, 1), (3, 2, 4), (33, 20, 17), (5, 40, 3), (6, 13, 8), (7, 140, 26), (13, 9, 70)) for case in (
    Case("dense", {"x": normal(n, i), "weight": normal(i, o), "bias": normal(o), "z": (n, o)}, torch=linear, note=f"{n}x{i}x{o}"),
    Case("dense_without_bias", {"x": normal(n, i), "weight": normal(i, o), "z": (n, o)}, torch=linear, note=f"{n}x{i}x{o}"))]
