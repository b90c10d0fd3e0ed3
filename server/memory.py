"""Giving freed memory back to the system.

After a burst (hundreds of connections that came and went) most of what it took is free again, but in pieces that the C
library keeps for the next one.  glibc can be told to return them; others do so by themselves or cannot.
"""
import ctypes
import sys

try:
    _trim = ctypes.CDLL(None).malloc_trim if sys.platform.startswith("linux") else None
except (OSError, AttributeError):                # another C library than glibc
    _trim = None


def give_back():
    """Return what is free; True where there was something to return.  Takes a few milliseconds, without the interpreter's lock."""
    return bool(_trim and _trim(0))
