"""Random numbers: the published test vectors, independence of the order of asking, and evenness."""
from itertools import permutations

import numpy as np
import pytest

from engine.jit import compiled
from engine.random import generator, permutation, philox, philox_block, stream_of, uniform, uniforms

# from the known-answer file that goes with Salmon et al. 2011: counter, key -> block
VECTORS = [
    ([0x00000000] * 4, [0x00000000] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]


@pytest.mark.parametrize("counter, key, block", VECTORS)
def test_philox_gives_the_published_numbers(counter, key, block):
    result = philox_block(*map(np.uint64, counter + key))
    assert [int(word) for word in result] == block


def test_philox_lays_out_seed_stream_step_and_counter():
    """Key: the two halves of the seed. Counter: counter, stream, the two halves of the step."""
    seed, stream, step, counter = 0x299F31D0_A4093822, 0x85A308D3, 0x03707344_13198A2E, 0x243F6A88
    assert [int(word) for word in philox(seed, stream, step, counter)] == VECTORS[2][2]


def test_philox_differs_in_every_argument():
    blocks = {philox(*arguments) for arguments in
              [(1, 2, 3, 4), (2, 2, 3, 4), (1, 3, 3, 4), (1, 2, 4, 4), (1, 2, 3, 5), (1 + 2**40, 2, 3, 4)]}
    assert len(blocks) == 6


def test_a_generator_depends_on_its_arguments_alone():
    first = generator(7, "weights", 3).random(5)
    generator(7, "data").random(1000)
    np.random.seed(0)
    assert (generator(7, "weights", 3).random(5) == first).all()
    others = [generator(8, "weights", 3), generator(7, "noise", 3), generator(7, "weights", 4)]
    assert all((other.random(5) != first).all() for other in others)


def test_a_generator_is_the_same_in_every_process():
    """The numbers themselves, so that nobody makes an old link mean other data without noticing."""
    assert stream_of("shuffle") == 180166363
    assert generator(7, "data").random(2) == pytest.approx([0.27395584, 0.52489824], abs=1e-8)


def test_large_and_negative_seeds_are_taken():
    values = [generator(seed, "x").random() for seed in (0, 1, -1, 2**63, 2**64 - 2)]
    assert len(set(values)) == 5


@compiled
def _shuffled_inside(order, seed, epochs):
    total = 0
    for epoch in range(epochs):
        permutation(order, seed, epoch)
        total += order[0]
    return total


def test_permutation_is_called_inside_compiled_code():
    order = np.empty(10, dtype=np.int64)
    total = _shuffled_inside(order, 3, 50)
    again, expected = np.empty(10, dtype=np.int64), 0
    for epoch in range(50):
        permutation(again, 3, epoch)
        expected += again[0]
    assert total == expected and (again == order).all()


@pytest.mark.parametrize("n", [0, 1, 2, 5, 1000])
def test_permutation_holds_every_row_once_whatever_was_there(n):
    a, b = np.full(n, -1, dtype=np.int64), np.arange(n, dtype=np.int64)[::-1].copy()
    permutation(a, 5, 9)
    permutation(b, 5, 9)
    assert sorted(a) == list(range(n)) and (a == b).all()


def test_permutation_gives_every_order_equally_often():
    order, counts, rounds = np.empty(4, dtype=np.int64), dict.fromkeys(permutations(range(4)), 0), 24_000
    for epoch in range(rounds):
        permutation(order, 11, epoch)
        counts[tuple(order.tolist())] += 1
    expected = rounds / 24
    chi_squared = sum((count - expected)**2 / expected for count in counts.values())
    assert chi_squared < 49.7                        # 23 degrees of freedom: beyond it once in a thousand


def test_permutation_puts_every_row_everywhere_equally_often():
    n, rounds = 50, 5_000
    order, counts = np.empty(n, dtype=np.int64), np.zeros((n, n))
    for epoch in range(rounds):
        permutation(order, 2, epoch)
        counts[np.arange(n), order] += 1
    chi_squared = ((counts - rounds / n)**2 / (rounds / n)).sum()
    freedom = (n - 1)**2
    assert abs(chi_squared - freedom) < 4 * (2 * freedom)**0.5


@pytest.mark.parametrize("n", [0, 1, 3, 4, 7, 100_003])
def test_uniforms_are_the_same_in_both_precisions_and_even(n):
    single, double = np.empty(n, dtype=np.float32), np.empty(n)
    uniforms(single, 1, 2, 3)
    uniforms(double, 1, 2, 3)
    assert (single == double).all() and (double >= 0).all() and (double < 1).all()
    if n > 1000:
        assert abs(double.mean() - 0.5) < 4 / (12 * n)**0.5
        counts = np.histogram(double, 100, (0, 1))[0]
        assert abs(((counts - n / 100)**2 / (n / 100)).sum() - 99) < 4 * (2 * 99)**0.5
        assert abs(np.corrcoef(double[:-1], double[1:])[0, 1]) < 4 / n**0.5


@compiled
def _highest(out):
    out[0] = uniform(out, np.uint32(0xFFFFFFFF))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_uniform_stays_below_one(kind):
    out = np.empty(1, dtype=kind)
    _highest(out)
    assert out[0] == 1 - 2.0**-24 < 1
