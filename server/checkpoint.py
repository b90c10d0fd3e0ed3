"""A session on disk: one frame (header and arrays) and its digest, written atomically, for its owner alone.

The file's name is the digest of the session's secret, so that reading the folder's listing gives no session away.
"""
import hashlib
import os
import time

import numpy as np

from .frames import Part, decode_frame, encode_frame

SUFFIX = ".session"


def name_of(secret):
    """The file's name for a session's secret."""
    return hashlib.sha256(b"neural playground session " + secret.encode("utf-8", "replace")).hexdigest()[:40]


def pack(about, lanes):
    """Bytes of a checkpoint: plain values, and of every lane (the run's snapshot, the curves' samples)."""
    arrays = {}
    for number, (snapshot, rows) in enumerate(lanes):
        one, two = _names(number)
        arrays |= {one: np.frombuffer(snapshot, np.uint8), two: np.asarray(rows, np.float64)}
    data = encode_frame(0, 0, 0.0, 0.0, [Part("session", "checkpoint", about, arrays)])
    return hashlib.sha256(data).digest() + data


def unpack(data):
    """(about, [(snapshot, rows)]), or ValueError for bytes that are not whole."""
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        raise ValueError("the checkpoint is damaged")
    part = decode_frame(data[32:])["parts"][0]
    arrays, lanes = part["arrays"], []
    while _names(len(lanes))[0] in arrays:
        one, two = _names(len(lanes))
        lanes.append((arrays[one].tobytes(), arrays[two]))
    return part["meta"], lanes


def _names(number):
    """What the arrays of a lane are called; those of the first as before there were others."""
    return f"snapshot{number or ''}", f"curves{number or ''}"


def make_folder(folder):
    """The folder, for its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.chmod(folder, 0o700)
    except OSError:                          # a file system without such rights
        pass


def write(folder, name, data):
    """Write whole or not at all: another file first, then put in place."""
    make_folder(folder)
    beside = folder / f".{name}-{os.getpid()}.tmp"
    try:
        how = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(beside, how, 0o600), "wb") as file:
            file.write(data)
        os.replace(beside, folder / (name + SUFFIX))
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def read(folder, name):
    """The checkpoint's content, or None where there is none or it is damaged (then it is put aside)."""
    path = folder / (name + SUFFIX)
    try:
        return unpack(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        path.unlink(missing_ok=True)
        return None


def remove(folder, name):
    """Forget it."""
    (folder / (name + SUFFIX)).unlink(missing_ok=True)


def sweep(folder, older_than, most=1_000):
    """Remove checkpoints nobody came back for, the oldest beyond `most`, and halves of broken writes."""
    found = []
    for path in folder.glob("*") if folder.is_dir() else ():
        try:
            age = time.time() - path.stat().st_mtime
        except OSError:
            continue
        if path.suffix == ".tmp" and age > 60 or path.suffix == SUFFIX and age > older_than:
            path.unlink(missing_ok=True)
        elif path.suffix == SUFFIX:
            found.append((age, path))
    for _, path in sorted(found)[most:]:
        path.unlink(missing_ok=True)
