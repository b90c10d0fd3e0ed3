"""The frames both sides must read alike: written to tests/golden/ by `python -m tests.golden_frames`, then checked.

NAME.bin is the frame; NAME.json is what a reader must find in it (arrays as lists, NaN and infinities as text).
"""
import json
import math
from pathlib import Path

import numpy as np

from server.frames import DTYPES, Part, decode_frame, encode_frame

FOLDER = Path(__file__).parent / "golden"


def frames():
    """Every golden frame by name."""
    every = {}
    for index, dtype in enumerate(DTYPES):
        kind = np.dtype(dtype)
        span = np.iinfo(kind) if kind.kind in "iu" else np.finfo(kind)
        # Lengths 1, 2, 3, ...: every padding from 0 to 7 occurs.
        values = np.linspace(0, 7 + index, 3 + index).astype(kind)
        every[dtype] = np.concatenate([values, np.array([span.min, span.max, 1], kind)])
    side = np.arange(8, dtype=np.float64)
    bowl = np.add.outer(side, side[::-1]) / 14 * 2 - 1
    picture = Part("surface", "surface", {"kind": "signed", "scale": 1.5, "low": -3, "high": 3},
                   {"values": np.round(bowl * 127).astype(np.int8)})
    classes = Part("other surface", "surface", {"kind": "classes", "classes": ["Blüte", "Kelch", "葉"]},
                   {"winner": (np.arange(9) % 3).astype(np.uint8).reshape(3, 3),
                    "probability": np.linspace(85, 255, 9).astype(np.uint8).reshape(3, 3)})
    weights = Part("network", "network", {"plane": True, "features": ["x1", "x2"], "layers": [
        {"name": "layer1", "units": 3, "activation": "tanh"}, {"name": "layer2", "units": 1, "activation": "linear"}]},
        {"layer1.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4 - 0.5,
         "layer1.bias": np.array([0.5, -0.25, 0.125], np.float32),
         "layer2.weight": np.array([[1.0], [-2.0], [0.75]], np.float32), "layer2.bias": np.zeros(1, np.float32),
         "maps": (np.arange(6 * 4 * 4) % 255 - 127).astype(np.int8).reshape(6, 4, 4),
         "scales": np.linspace(0.5, 3, 6).astype(np.float32)})
    curves = Part("curves", "curves", {"reset": True, "score": "accuracy"}, {
        "step": np.array([0, 1, 2, 3, 5], np.float64), "epoch": np.array([0, 0.125, 0.25, 0.375, 0.625]),
        "loss_train": np.array([0.7, 0.65, np.nan, np.inf, -np.inf], np.float32),
        "loss_test": np.array([0.71, 0.66, 0.6, 0.55, 0.5], np.float32)}, series=True)
    odd = Part("odd", "odd", {"nothing": None, "text": "“quotes” \\ and a\nline", "not a number": None}, {
        "no rows": np.empty((0, 4), np.float32), "one": np.float64(2.5),
        "deep": np.arange(24, dtype=np.int16).reshape(2, 3, 4)})
    return {
        "empty": encode_frame(0, 0, 0.0, 0.0, []),
        "dtypes": encode_frame(1, 10, 1.25, 0.5, [Part("all", "all", {}, every)]),
        "pictures": encode_frame(41, 1200, 150.0, 12.345, [picture, classes, weights]),
        "series": encode_frame(42, 1205, 150.625, 12.5, [curves]),
        "measure": encode_frame(43, 1205, 150.625, 12.75, [Part("measure", "unit", {
            "bias": 0.5, "z": -1.25, "activation": "tanh"}, {"inputs": np.array([1, 2], np.float32)})], re=7),
        "odd": encode_frame(2 ** 40, 2 ** 41, 0.1, 1e6, [odd]),
    }


def readable(data):
    """A frame as plain JSON, the way another reader must see it."""
    header = decode_frame(data)
    for part in header["parts"]:
        part["arrays"] = {name: {"dtype": values.dtype.name, "shape": list(values.shape),
                                 "values": [_number(v) for v in values.reshape(-1).tolist()]}
                          for name, values in part["arrays"].items()}
    return header


def _number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in frames().items():
        (FOLDER / f"{name}.bin").write_bytes(data)
        text = json.dumps(readable(data), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
