"""Random numbers that can be asked for by name: the same seed, purpose and step always give the same numbers.

Nothing here remembers anything.  An ordinary generator gives its numbers in the order it is asked, so one more
question changes all later answers.  A counter-based generator is a keyed scrambling of a counter instead:

    numbers = philox(key, counter),    key = the seed,    counter = which numbers

so the shuffling of epoch 12 is the same whether or not anybody looked at epoch 11.  Replay, stepping back,
forks and resuming rest on this.

    host     generator(seed, purpose, step) -> numpy's Generator over Philox4x64-10
    kernels  philox(seed, stream, step, counter) -> four uint32 of Philox4x32-10; `stream_of` names a stream

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""
import hashlib

import numpy as np

from .jit import compiled, helper, like

_64_BITS = 2**64 - 1
_ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


# ---------------------------------------------------------------- on the host

def _number_of(purpose):
    """A stable 64-bit number for a name; Python's own hash() differs from one process to the next."""
    return int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "little")


def generator(seed, purpose, step=0):
    """A fresh numpy Generator for this seed, purpose ("data", "layer1.weight", ...) and step.

    The step is the highest word of the 256-bit counter, so two steps never share numbers:
    the lower words leave room for 2^192 of them.
    """
    key = np.array([int(seed) & _64_BITS, _number_of(purpose)], dtype=np.uint64)
    counter = np.array([0, 0, 0, int(step) & _64_BITS], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def stream_of(purpose):
    """The number of a kernel's stream, 0 .. 2^32 - 1, for a name such as "layer2.dropout"."""
    return _number_of(purpose) & 0xFFFFFFFF


_SHUFFLE = np.uint64(stream_of("shuffle"))


# ---------------------------------------------------------------- inside kernels

@compiled
def philox_block(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10 itself: scramble a 128-bit counter under a 64-bit key, both in words of 32 bits (uint64 here).

    One round multiplies two words, keeps both halves of the products, and mixes in the others and the key:
        (c0, c1, c2, c3) <- (high(M1 c2) ^ c1 ^ k0,  low(M1 c2),  high(M0 c0) ^ c3 ^ k1,  low(M0 c0))
    """
    for _ in range(_ROUNDS):
        first = np.uint64(0xD2511F53) * c0
        second = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW
        k0 = (k0 + np.uint64(0x9E3779B9)) & _LOW             # the golden ratio ...
        k1 = (k1 + np.uint64(0xBB67AE85)) & _LOW             # ... and the square root of 3, less 1
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


@compiled
def philox(seed, stream, step, counter):
    """Four random uint32 for (seed, stream, step, counter); different arguments, different counters or keys.

    The seed (64 bits) is the key; counter (32), stream (32) and step (64 bits) are the counter.
    """
    seed, step = np.uint64(seed), np.uint64(step)
    return philox_block(np.uint64(counter) & _LOW, np.uint64(stream) & _LOW, step & _LOW, step >> _HALF,
                        seed & _LOW, seed >> _HALF)


@helper
def uniform(reference, bits):
    """A number in [0, 1) from 32 random bits, in the number type of `reference`.

    24 of the bits are used, as many as a float32 holds exactly, so both precisions get the same number.
    """
    return like(reference, bits >> np.uint32(8)) * like(reference, 2.0**-24)


@compiled
def uniforms(out, seed, stream, step):
    """Fill a vector with numbers in [0, 1), four to a block: what dropout and noise compare with."""
    n = out.shape[0]
    for block in range((n + 3) // 4):
        a, b, c, d = philox(seed, stream, step, block)
        i = 4 * block
        out[i] = uniform(out, a)
        if i + 1 < n:
            out[i + 1] = uniform(out, b)
        if i + 2 < n:
            out[i + 2] = uniform(out, c)
        if i + 3 < n:
            out[i + 3] = uniform(out, d)


@compiled
def permutation(order, seed, epoch):
    """Write the shuffled row numbers 0 .. n-1 of this epoch into `order` (n,) int64.

    Fisher and Yates's shuffle (Durstenfeld, 1964): swap each place, from the last, with one at or before it.
    Every order is equally likely only if that choice is exactly uniform.  `bits % n` is not (2^32 is seldom
    a multiple of n), so Lemire's way is taken (2019): the high half of bits * n, drawn again in the few cases
    that would make some places likelier.
    """
    n = order.shape[0]
    for i in range(n):
        order[i] = i
    block, used = 0, 4
    words = (np.uint32(0), np.uint32(0), np.uint32(0), np.uint32(0))
    for i in range(n - 1, 0, -1):
        span = np.uint64(i + 1)
        fair = ((_LOW + np.uint64(1)) - span) % span          # 2^32 mod span: so many cases are one too many
        while True:
            if used == 4:
                words = philox(seed, _SHUFFLE, epoch, block)
                block, used = block + 1, 0
            product = np.uint64(words[used]) * span
            used += 1
            if (product & _LOW) >= fair:
                break
        j = np.int64(product >> _HALF)
        order[i], order[j] = order[j], order[i]
