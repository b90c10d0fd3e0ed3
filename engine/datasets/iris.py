"""Iris flowers: four lengths of sepals and petals, three species; 150 real flowers.

Source: Anderson, 1936; Fisher, "The use of multiple measurements in taxonomic problems", 1936.
"""
import numpy as np

from ..registry import Dataset
from ..table import Table
from ._real import bundled


def make(generator, settings):
    x, y = bundled("iris")
    return Table(x, y.astype(np.int64), ("sepal length", "sepal width", "petal length", "petal width"),
                 classes=("setosa", "versicolor", "virginica"), units=("cm",) * 4)


RECORD = Dataset("iris", "150 real iris flowers: four lengths in centimetres, three species to be told apart.",
                 "", "Anderson, 1936; Fisher, 1936", "Iris flowers",
                 make=make, task="classes", made=False, standardize=True)
