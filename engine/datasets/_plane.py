"""What the sets of points in the plane share: their knobs, their random draws, their size on the page."""
import numpy as np

from ..knob import Knob
from ..table import Table

COLUMNS = ("x1", "x2")
DOMAIN = (-3.2, 3.2)        # the same for all of them, so that the picture does not jump when the set is changed
GOLDEN = (5**0.5 - 1) / 2
EDGE = 3.1                  # no point lies beyond

POINTS = Knob(500, 20, 5000, kind="integer", effect="rebuild", title="points", symbol="n",
              help="How many points there are, training and test together.")
NOISE = Knob(0.1, 0.0, 1.0, effect="rebuild", title="noise",
             help="How far the points are scattered from the clean figure: 0 leaves it clean, 1 nearly hides it.")
KNOBS = {"points": POINTS, "noise": NOISE}


def classes_knob(default, help):
    """How many classes a set has."""
    return Knob(default, 2, 10, kind="integer", effect="rebuild", title="classes", symbol="C", help=help)


def draws(generator, n, classes=1):
    """Random numbers row by row: u (n,) and v (n,) in [0, 1), and scatter (n, 2) normal.

    A row's numbers depend neither on n nor on the noise, so that moving those sliders adds points or
    scatters them further, and every other point stays where it was.  The normal numbers are made from
    even ones (Box and Muller, 1958) because numpy's own take a varying share of the random stream.

    v is even by chance, and u evenly filled within each class: it starts by chance and goes on in steps of
    the golden ratio (Weyl, 1916), which leaves no clumps and no holes, so that thirty points show the figure.
    """
    start = generator.random(10)
    turn = np.arange(n)
    u = (start[turn % classes] + turn // classes * GOLDEN) % 1
    even = generator.random((n, 3))
    radius, angle = np.sqrt(-2 * np.log1p(-even[:, 1])), 2 * np.pi * even[:, 2]
    return u, even[:, 0], polar(radius, angle)


def take_turns(n, classes):
    """Labels 0, 1, .., C-1, 0, 1, ..: balanced, and balanced in any first few rows too."""
    return np.arange(n, dtype=np.int64) % classes


def inside(x):
    """Points that noise threw over the edge, folded back in: cutting them off would draw a line there."""
    return np.abs((x - EDGE) % (4 * EDGE) - 2 * EDGE) - EDGE


def table(x, y, classes=2, **more):
    """A Table of classes in the plane."""
    return Table(inside(x), y, COLUMNS, classes=class_names(classes), domain=DOMAIN, **more)


def class_names(classes):
    """Two classes are named by the colours they are drawn in, more are A, B, C, ..."""
    return ("orange", "blue") if classes == 2 else tuple("ABCDEFGHIJ"[:classes])


def polar(radius, angle):
    """Points (n, 2) from radius and angle, both (n,)."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
