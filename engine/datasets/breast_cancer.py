"""Breast tumours, malignant or benign: thirty measures of cell nuclei in a microscope picture; 569 real patients.

Ten measures of each nucleus, each given as the mean over the nuclei, its standard error, and the mean of the
three largest.  Their units are not recorded with the data.
Source: Street, Wolberg and Mangasarian, "Nuclear feature extraction for breast tumor diagnosis", 1993.
"""
import numpy as np

from ..registry import Dataset
from ..table import Table
from ._real import bundled

MEASURES = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
            "symmetry", "fractal dimension")
COLUMNS = tuple(f"{kind} {measure}" for kind in ("mean", "error of", "largest") for measure in MEASURES)


def make(generator, settings):
    x, y = bundled("breast_cancer")
    return Table(x, y.astype(np.int64), COLUMNS, classes=("malignant", "benign"))


RECORD = Dataset("breast_cancer", "569 real breast tumours: thirty measures of cell nuclei, malignant or benign.",
                 "", "Street, Wolberg and Mangasarian, 1993", "Breast tumours",
                 make=make, task="binary", made=False, standardize=True)
