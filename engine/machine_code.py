"""How a function becomes machine code, and where that is kept: Numba's compiler with our options and our cache.

Numba caches each function beside its source and asks only whether that one file changed. A kernel is made of many files,
so the cache has a folder of its own for exactly these sources.
"""
import gc
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numba
import numpy as np
from numba import njit, types
from numba.core.compiler_lock import global_compiler_lock
from platformdirs import user_cache_dir

# 'nnan' and 'ninf' are left out on purpose: a diverged run must show its NaN, not hide it.
FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
OPTIONS = dict(nogil=True, error_model="numpy", no_cfunc_wrapper=True)      # nobody calls kernels from C: a sixth less to compile
DAY = 24 * 3600                          # seconds


def _digest():
    """Numba does not notice an edit in another file, so the cache folder is named by all sources."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.relative_to(Path(__file__).parent).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder(kept=4):
    """The cache folder of exactly these sources; older ones beyond `kept` are removed, if nobody used them for a day."""
    root = Path(os.environ.get("NEURAL_PLAYGROUND_CACHE") or user_cache_dir("neural-playground", appauthor=False))
    try:
        folder = root / "kernels" / _digest()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        os.utime(folder)
    except OSError:                      # a read-only home: kernels are still cached, for this login
        folder = Path(tempfile.gettempdir()) / f"neural-playground-{_user()}" / _digest()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    older = sorted((p for p in folder.parent.iterdir() if p.is_dir() and p != folder),
                   key=lambda p: p.stat().st_mtime, reverse=True)
    for old in older[kept - 1:]:
        if old.stat().st_mtime > folder.stat().st_mtime - DAY:      # another version may be at work with it
            continue
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _user():
    return os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


CACHE = _cache_folder()


def compiled(function, fastmath=False, **options):
    """Numba's njit with our options, its cache in our own folder."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(CACHE)
    try:
        return njit(cache=True, fastmath=FASTMATH if fastmath else False, **OPTIONS, **options)(function)
    finally:
        numba.config.CACHE_DIR = before


# ---------------------------------------------------------------- types and addresses

def array_type(kind, axes, layout="C"):
    """The Numba type of an array with so many axes, C-ordered if nothing else is said."""
    return types.Array(numba.from_dtype(np.dtype(kind)), axes, layout)


@contextmanager
def collecting_seldom():
    """Look for circular garbage more seldom, as long as something is compiled: Numba makes millions of objects and few circles."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def machine_address(function, kinds):
    """Compile a function for arguments of these Numba types, or load it from the cache, and say where its machine code begins."""
    with global_compiler_lock, collecting_seldom():          # Numba's own lock: so nobody else puts the thresholds back meanwhile
        function.compile(kinds)
        built = function.overloads[kinds]
        return built.library.get_pointer_to_function(built.fndesc.llvm_func_name)
