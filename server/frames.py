"""Frames: the results of probes as bytes, without I/O.

A frame is `NPF1`, the header's length (u32), the header (JSON, padded with spaces so that the payload begins at a
multiple of 8), then the arrays, each beginning at a multiple of 8: a page lays typed arrays over them without a copy.
"""
import math
import struct
from dataclasses import dataclass, field

import numpy as np
from pydantic_core import from_json, to_json

from .protocol import plain

MAGIC = b"NPF1"
DTYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
NAMES = {np.dtype(name).newbyteorder("<"): name for name in DTYPES}


@dataclass
class Part:
    """One probe's result on its way: arrays, and everything else as meta."""
    key: str
    probe: str
    meta: dict = field(default_factory=dict)
    arrays: dict = field(default_factory=dict)
    series: bool = False          # samples in a row: merged, never replaced

    @property
    def size(self):
        """Bytes of its arrays."""
        return sum(values.nbytes for values in self.arrays.values())


def part(key, probe, result, series=False):
    """A probe's result (a dict) as a part: arrays to the arrays, the rest to the meta."""
    arrays = {name: value for name, value in result.items() if isinstance(value, np.ndarray)}
    meta = {name: value for name, value in result.items() if name not in arrays and name != "meta"}
    return Part(key, probe, {**meta, **result.get("meta", {})}, arrays, series)


def wire_array(values):
    """The array as it travels: contiguous, little endian, in one of DTYPES."""
    values = np.asarray(values)
    if values.dtype in NAMES and values.flags.c_contiguous:
        return values
    if values.dtype.name not in DTYPES:
        if values.dtype == np.bool_:
            values = values.astype(np.uint8)
        elif values.dtype.kind in "iu":
            small = np.iinfo(np.int32)
            fits = values.size == 0 or (values.min() >= small.min and values.max() <= small.max)
            values = values.astype(np.int32 if fits else np.float64)
        elif values.dtype == np.float16:
            values = values.astype(np.float32)
        else:
            raise TypeError(f"an array of {values.dtype} cannot travel; it must be one of {', '.join(DTYPES)}")
    little = values.dtype.newbyteorder("<")
    return np.ascontiguousarray(values, little).reshape(values.shape)      # ascontiguousarray makes scalars 1-D


def encode_frame(seq, step, epoch, time, parts, re=None, **more):
    """A frame's bytes."""
    listed, blocks, offset = [], [], 0
    for one in parts:
        arrays = {}
        for name, values in one.arrays.items():
            values = wire_array(values)
            arrays[name] = {"dtype": NAMES[values.dtype], "shape": list(values.shape), "offset": offset}
            data = values.tobytes()
            gap = -len(data) % 8
            blocks += data, bytes(gap)
            offset += len(data) + gap
        listed.append({"key": one.key, "probe": one.probe, "meta": one.meta, "arrays": arrays})
    header = {"seq": seq, "step": step, "epoch": epoch, "time": time, "re": re, **more, "parts": listed}
    text = to_json(header, inf_nan_mode="null", fallback=plain)
    text += b" " * (-len(text) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *blocks])


def decode_frame(data):
    """A frame's header, its parts holding real arrays; ValueError for bytes that are no frame."""
    data = memoryview(data)
    if len(data) < 8 or bytes(data[:4]) != MAGIC:
        raise ValueError("not a frame: it does not begin with NPF1")
    length = struct.unpack("<I", data[4:8])[0]
    if length % 8 or 8 + length > len(data):
        raise ValueError("not a frame: its header is cut off")
    header = from_json(bytes(data[8:8 + length]))
    payload = data[8 + length:]
    for one in header["parts"]:
        for name, about in one["arrays"].items():
            if about["dtype"] not in DTYPES:
                raise ValueError(f"not a frame: dtype {about['dtype']!r}")
            count = math.prod(about["shape"])
            dtype = np.dtype(about["dtype"]).newbyteorder("<")
            if about["offset"] % 8 or about["offset"] + count * dtype.itemsize > len(payload):
                raise ValueError(f"not a frame: array {name!r} lies outside")
            values = np.frombuffer(payload, dtype, count, about["offset"]) if count else np.empty(0, dtype)
            one["arrays"][name] = values.reshape(about["shape"])
    return header


def merge_series(old, new, limit):
    """Two pieces of one series as one; `meta.reset` in the newer says that it is the whole and replaces the older.

    At most `limit` samples: every second of the older half goes, the last sample always stays.
    """
    if new.meta.get("reset") or old is None:
        return new
    arrays = {name: np.concatenate([old.arrays[name], values]) if name in old.arrays else values
              for name, values in new.arrays.items()}
    count = max((len(values) for values in arrays.values()), default=0)
    while count > limit:
        half = count // 2
        keep = np.r_[np.arange(0, half, 2), np.arange(half, count)]
        arrays = {name: values[keep] for name, values in arrays.items()}
        count = len(keep)
    return Part(new.key, new.probe, {**new.meta, "reset": bool(old.meta.get("reset"))}, arrays, True)
