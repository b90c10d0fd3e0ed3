"""Normalisations on columns and on pictures, dropout, and the sum of two roads."""
from . import Case, normal

SHAPES = {"columns": (7, 12), "one_place": (5, 4, 1, 1), "pictures": (3, 4, 5, 2)}


def batch(torch, o):
    return torch.nn.functional.batch_norm(o["x"], o["running_mean"].detach().clone(), o["running_var"].detach().clone(), o["weight"], o["bias"],
                                          training=True, eps=1e-5)


def layer(torch, o):
    return torch.nn.functional.layer_norm(o["x"], o["x"].shape[1:], o["weight"], o["bias"], 1e-5)


def rms(torch, o):
    return torch.nn.functional.rms_norm(o["x"], o["x"].shape[1:], o["weight"], 1e-5)


def group(groups):
    return lambda torch, o: torch.nn.functional.group_norm(o["x"], groups, o["weight"], o["bias"], 1e-5)


def seen(shape):
    return normal(*shape, scale=2.0, mean=3.0)


CASES = []
for note, shape in SHAPES.items():
    channels, width = shape[1], shape[1:]
    CASES += [
        Case("batch_norm", {"x": seen(shape), "weight": normal(channels), "bias": normal(channels, seed=1),
                            "running_mean": normal(channels, seed=2), "running_var": 1 + normal(channels, seed=3)**2,
                            "saved": (4, channels), "y": shape}, torch=batch, note=note),
        Case("layer_norm", {"x": seen(shape), "weight": normal(*width), "bias": normal(*width, seed=1), "saved": (shape[0], 2),
                            "y": shape}, torch=layer, note=note),
        Case("rms_norm", {"x": seen(shape), "weight": normal(*width), "saved": (shape[0], 1), "y": shape}, torch=rms, note=note)]
    for groups in (1, 2, channels) if note == "pictures" else (1, 2):
        CASES.append(Case("group_norm", {"x": seen(shape), "weight": normal(channels), "bias": normal(channels, seed=1),
                                         "saved": (shape[0], groups, 2), "y": shape}, torch=group(groups),
                          note=f"{note}-{groups}groups"))
CASES += [
    Case("dropout", {"x": normal(6, 5), "mask": (6, 5), "y": (6, 5)}, {"p": p}) for p in (0.0, 0.3, 1.0)]
CASES += [
    Case("add", {"a": normal(4, 3), "b": normal(4, 3, seed=1), "y": (4, 3)}, torch=lambda torch, o: o["a"] + o["b"]),
    Case("add", {"a": normal(4, 3), "b": normal(4, 3, seed=1), "y": (4, 3)}, unwanted=("a",), note="one_road",
         torch=lambda torch, o: o["a"] + o["b"])]
