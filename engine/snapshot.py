"""A run as bytes: a line of JSON that says what it is, then its arrays.

    bytes 0–3   magic "NPS1"        4–7  length of the header (little endian)
    header      JSON: config, edits, arrays (name, dtype, shape)
    arrays      arena, counters, trace, and a person's own data if there is any, one after the other

Nothing in it is executed when it is read.
"""
import json
from math import prod

import numpy as np

from . import execute
from .assembly import Assembly
from .edits import checked
from .errors import BadSetting
from .history import Keyframe

MAGIC = b"NPS1"
OWN = ("x_train", "y_train", "x_test", "y_test")
KINDS = ("<f4", "<f8", "<i4", "<i8", "<u4", "<u8", "|i1", "|u1", "|b1", "<i2", "<u2", "<f2")


def pack(run):
    """The whole run as bytes."""
    arrays = {"arena": run.arena, "counters": run.counters, "trace": run.trace}
    own = run.assembly.arrays
    if own is not None:
        arrays |= {name: array for name, array in zip(OWN, own) if array is not None}
    arrays = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    header = json.dumps({
        "config": run.config, "initial": run.initial, "edits": run.edits, "future": run.future,
        "replayable": run.replayable, "divergence": run.divergence, "own": own is not None,
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()]}).encode()
    return b"".join([MAGIC, len(header).to_bytes(4, "little"), header, *(array.tobytes() for array in arrays.values())])


def unpack(make, data):
    """The run again.  Errors: BadSetting where the bytes are no snapshot, or one of another program."""
    header, arrays = _read(data)
    own = tuple(arrays.get(name) for name in OWN) if header["own"] else None
    edits, future = checked(header["edits"]), checked(header["future"])
    made = Assembly(header["config"], own)               # its size is known before anything of that size is made
    kept = {"arena": (made.program.size + 16, made.precision), "counters": (8, np.dtype(np.int64)),
            "trace": (execute.TRACE, made.precision)}
    for name, (size, kind) in kept.items():
        if arrays[name].shape != (size,) or arrays[name].dtype != kind:
            raise BadSetting("snapshot", f"{name} of {size} numbers ({kind})", f"{arrays[name].shape} ({arrays[name].dtype})",
                             "It was taken with another version: open its settings instead.")
    _check_counters(arrays["counters"], made)
    start = make(header["initial"], own)
    run = make(header["config"], own)
    run.adopt(run.assembly, arrays["arena"], arrays["counters"], arrays["trace"])
    run.counters[execute.STATUS] = arrays["counters"][execute.STATUS]
    run.initial, run.edits, run.future = start.config, edits, future
    run.replayable, run.divergence = header["replayable"], header["divergence"]
    run.history.clear()
    if run.replayable and run.step:                      # the way back leads over the start
        run.history.frames.insert(0, Keyframe(start, fixed=True))
    return run


def _check_counters(counters, made):
    """Compiled loops trust the counters, so no others than a run's own may reach them."""
    step, epoch, position, status, since, seed, batch, rows = counters.tolist()
    if not (0 <= since <= step and epoch >= 0 and 0 <= position < len(made.x) and status in (0, 1)
            and seed == made.seed and batch == made.batch and 1 <= rows <= batch):
        raise BadSetting("snapshot", "counters of a run", counters.tolist())


def _read(data):
    try:
        data = bytes(data) if isinstance(data, (bytes, bytearray, memoryview)) else b""
        if data[:4] != MAGIC:
            raise ValueError("no snapshot")
        end = 8 + int.from_bytes(data[4:8], "little")
        header, place, arrays = json.loads(data[8:end]), end, {}
        for name, kind, shape in header["arrays"]:
            if kind not in KINDS or not all(type(axis) is int and axis >= 0 for axis in shape):
                raise ValueError("not numbers")
            count = prod(shape)
            arrays[name] = np.frombuffer(data[place:place + count * np.dtype(kind).itemsize], kind).reshape(shape)
            place += count * np.dtype(kind).itemsize
        if place != len(data):
            raise ValueError("wrong length")
        for name in ("config", "initial", "edits", "future", "replayable", "divergence", "own"):
            header[name]
        if not (isinstance(header["replayable"], bool) and isinstance(header["divergence"], (dict, type(None)))
                and isinstance(header["config"], dict) and isinstance(header["initial"], dict)):
            raise ValueError("no state of a run")
        for name in ("arena", "counters", "trace", *(OWN[:2] if header["own"] else ())):
            arrays[name]
        return header, arrays
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BadSetting("snapshot", "the bytes of Run.snapshot()", f"{len(data)} other bytes ({error})") from None
