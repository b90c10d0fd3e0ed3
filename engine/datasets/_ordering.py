"""What the data sets for pointer networks share: sets of things, and the right order as numbers of the things.

x (n, places · columns); sets smaller than `places` are filled up with zeros, which stand for nothing: a thing is never
exactly 0 in all its columns.  y (n, L): which thing is first, second, ..., -1 where nothing is asked.
"""
import numpy as np

from ..errors import BadSetting
from ..knob import Knob
from ..table import Table

EXAMPLES = Knob(2000, 20, 10_000, kind="integer", effect="rebuild", title="Examples", scale="log",
                help="How many sets there are.")


def sizes(shortest, longest, most, what):
    """Knobs for how many things a set has."""
    return {
        "shortest": Knob(shortest, 3, most, kind="integer", effect="rebuild", title="Fewest",
                         help=f"How many {what} the smallest set has; never more than the largest one has."),
        "longest": Knob(longest, 3, most, kind="integer", effect="rebuild", title="Most",
                        help=f"How many {what} the largest set has."),
        "places": Knob(None, 3, most, kind="integer", optional=True, effect="rebuild", title="Places",
                       help="Room for so many, so that larger sets can be tried later; null means as many as the largest has."),
    }


def draw(generator, settings, columns):
    """(sets (n, places, columns) of numbers above 0 up to 1, counts (n,)); example i is the same however many there are."""
    n, longest = settings["examples"], settings["longest"]
    shortest, places = min(settings["shortest"], longest), settings["places"] or longest
    if places < longest:
        raise BadSetting("data.places", f"room for the largest set, {longest}", places)
    u = generator.random((n, 1 + longest * columns))
    counts = shortest + np.minimum((u[:, 0] * (longest - shortest + 1)).astype(int), longest - shortest)
    sets = np.zeros((n, places, columns))
    sets[:, :longest] = 1 - u[:, 1:].reshape(n, longest, columns)
    sets[np.arange(places) >= counts[:, None]] = 0
    return sets, counts


def table(sets, y, names):
    """The sets and their right orders as a table."""
    n, places, columns = sets.shape
    return Table(sets.reshape(n, -1), y.astype(np.int64),
                 tuple(f"{name} {k + 1}" for k in range(places) for name in names),
                 classes=tuple(str(k + 1) for k in range(places)), shape=(places, columns))
