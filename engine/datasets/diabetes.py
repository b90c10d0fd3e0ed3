"""Diabetes patients: ten measurements, and a score of how far the disease had gone a year later; 442 real patients.

The raw measurements are given, not the ones scaled beforehand that scikit-learn gives by default.  The source does
not say which sex is 1 and which 2, nor the units of the blood values, which have the size of mg/dl.  The columns tell
only about half of what the score does: an R² near 0.5 is what good models reach.
Source: Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", 2004.
"""
import numpy as np

from ..registry import Dataset
from ..table import Table
from ._real import bundled

COLUMNS = {"age": "years", "sex": "1 or 2", "body mass index": "kg/m²", "blood pressure": "mmHg",
           "total cholesterol": "mg/dl", "LDL": "mg/dl", "HDL": "mg/dl", "cholesterol / HDL": "",
           "log triglycerides": "", "blood sugar": "mg/dl"}


def make(generator, settings):
    x, y = bundled("diabetes", scaled=False)
    return Table(x, y.astype(np.float64)[:, None], tuple(COLUMNS), targets=("disease progression",),
                 units=tuple(COLUMNS.values()))


RECORD = Dataset("diabetes", "442 real diabetes patients: ten measurements, and the disease's progress a year later.",
                 "", "Efron, Hastie, Johnstone and Tibshirani, 2004", "Diabetes",
                 make=make, task="regression", made=False, standardize=True)
