r"""Made-up house prices: size, location, bedrooms and age go in, the price comes out.

    price = 40,000 + size * (1,200 + 280 location) + 9,000 bedrooms - 900 age + 60,000 noise e

with size in m², location a score from 1 to 10, age in years, e normal.  Size and location multiply, so no weighted
sum of the columns gives the price exactly: a hidden layer can learn "big in a good area".

No house here exists; the formula is there so that one can look up what the network should have found.
Prices are in the hundred thousands while the inputs are tens: try it with standardising off.
"""
import numpy as np

from ..knob import Knob
from ..registry import Dataset
from ..table import Table


def make(generator, settings):
    # every row takes its own six draws, so that more points or more noise leave the other houses as they are
    even = generator.random((settings["points"], 6))
    size = np.round(40 + 180 * (0.65 * even[:, 0] + 0.35 * even[:, 1]))
    location = np.round(1 + 9 * even[:, 2], 1)
    bedrooms = np.clip(np.round(size / 35 + 3 * even[:, 1] - 1.5), 1, 7)
    age = np.floor(100 * even[:, 3]**1.5)
    normal = np.sqrt(-2 * np.log1p(-even[:, 4])) * np.cos(2 * np.pi * even[:, 5])
    price = 40_000 + size * (1_200 + 280 * location) + 9_000 * bedrooms - 900 * age
    price = np.maximum(price + 60_000 * settings["noise"] * normal, 10_000)
    return Table(np.stack([size, location, bedrooms, age], axis=1), np.round(price, -2)[:, None],
                 ("size", "location", "bedrooms", "age"), targets=("price",),
                 units=("m²", "score of 10", "", "years"))


RECORD = Dataset(
    "house_price", "Made-up house prices from size, location, bedrooms and age; no such houses exist.",
    r"\text{price} = 40000 + \text{size}\,(1200 + 280\,\text{location}) + 9000\,\text{bedrooms} - 900\,\text{age}",
    "", "House prices (made up)",
    knobs={"points": Knob(500, 20, 5000, kind="integer", effect="rebuild", title="houses", symbol="n",
                          help="How many houses there are, training and test together."),
           "noise": Knob(0.1, 0.0, 1.0, effect="rebuild", title="noise",
                         help="How much chance there is in the price: at 1 about 60,000 up or down.")},
    make=make, task="regression", standardize=True)
