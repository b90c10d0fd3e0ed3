"""Wines from three growers of one region of Italy: thirteen chemical measurements; 178 real wines.

The columns differ a thousandfold in size (proline against hue), which shows what standardising is good for.
Their units are not recorded with the data.
Source: Forina and others, PARVUS, 1988; Aeberhard and others, UCI, 1991.
"""
import numpy as np

from ..registry import Dataset
from ..table import Table
from ._real import bundled

COLUMNS = ("alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
           "nonflavanoid phenols", "proanthocyanins", "colour intensity", "hue", "OD280/OD315", "proline")


def make(generator, settings):
    x, y = bundled("wine")
    return Table(x, y.astype(np.int64), COLUMNS, classes=("grower 1", "grower 2", "grower 3"))


RECORD = Dataset("wine", "178 real Italian wines: thirteen chemical measurements, three growers to be told apart.",
                 "", "Forina and others, 1988", "Wine",
                 make=make, task="classes", made=False, standardize=True)
