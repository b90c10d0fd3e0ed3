"""Sums over a channel, wherever it lies: x is (rows, channels, places), and one place means a plain (rows, channels).

With one place the channels lie side by side, so the inner loop goes along them; with several the places do.
"""
from ..jit import helper, like


@helper
def add_sums(x, total):
    """total[c] += Σ x[n, c, s] over rows and places."""
    rows, channels, places = x.shape
    if places == 1:
        row = x.reshape(rows, channels)
        for n in range(rows):
            for c in range(channels):
                total[c] += row[n, c]
    else:
        for n in range(rows):
            for c in range(channels):
                here = like(x, 0)
                for s in range(places):
                    here += x[n, c, s]
                total[c] += here


@helper
def add_products(x, middle, spread, dy, total):
    """total[c] += Σ dy[n, c, s] · (x[n, c, s] − middle[c]) · spread[c]."""
    rows, channels, places = x.shape
    if places == 1:
        value, slope = x.reshape(rows, channels), dy.reshape(rows, channels)
        for n in range(rows):
            for c in range(channels):
                total[c] += slope[n, c] * (value[n, c] - middle[c]) * spread[c]
    else:
        for n in range(rows):
            for c in range(channels):
                here = like(x, 0)
                for s in range(places):
                    here += dy[n, c, s] * (x[n, c, s] - middle[c])
                total[c] += here * spread[c]


@helper
def standardise(x, middle, spread, weight, bias, y):
    """y = (x − middle) · spread · weight + bias, each by channel."""
    rows, channels, places = x.shape
    if places == 1:
        value, out = x.reshape(rows, channels), y.reshape(rows, channels)
        for n in range(rows):
            for c in range(channels):
                out[n, c] = (value[n, c] - middle[c]) * (spread[c] * weight[c]) + bias[c]
    else:
        for n in range(rows):
            for c in range(channels):
                factor = spread[c] * weight[c]
                for s in range(places):
                    y[n, c, s] = (x[n, c, s] - middle[c]) * factor + bias[c]
