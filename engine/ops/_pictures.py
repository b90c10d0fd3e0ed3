"""Chance for augmentation: numbers of a picture's own, the same again for the same seed, stream, step and row."""
from ..jit import helper, seed, step, stream
from ..random import philox


@helper
def draws(t, number):
    """Four numbers in [0, 1) in float64 for row `number` of this step."""
    a, b, c, d = philox(seed(t), stream(t), step(t), number)
    return a * 2.0**-32, b * 2.0**-32, c * 2.0**-32, d * 2.0**-32


@helper
def whole(draw, low, high):
    """A whole number from low to high, both among them."""
    return low + int(draw * (high - low + 1))
