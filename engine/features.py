"""The input features of the plane and of a curve: what a network may be shown instead of the bare coordinates.

A circle is hard for straight lines and easy for x1² + x2²: choosing features is helping the network by hand.
All formulas stand in the one table below; `of` takes the columns of the data, each (n,), and gives (n,).
"""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Feature:
    """One input computed from the columns of the data."""
    name: str
    title: str          # as people write it
    formula: str        # LaTeX
    of: Callable

    def describe(self):
        """The feature as plain data."""
        return {"name": self.name, "title": self.title, "formula": self.formula}


PLANE = (
    Feature("x1", "x₁", r"x_1", lambda x1, x2: x1),
    Feature("x2", "x₂", r"x_2", lambda x1, x2: x2),
    Feature("x1^2", "x₁²", r"x_1^2", lambda x1, x2: x1 * x1),
    Feature("x2^2", "x₂²", r"x_2^2", lambda x1, x2: x2 * x2),
    Feature("x1*x2", "x₁x₂", r"x_1 x_2", lambda x1, x2: x1 * x2),
    Feature("sin(x1)", "sin x₁", r"\sin x_1", lambda x1, x2: np.sin(x1)),
    Feature("sin(x2)", "sin x₂", r"\sin x_2", lambda x1, x2: np.sin(x2)),
)
CURVE = (
    Feature("x", "x", r"x", lambda x: x),
    Feature("x^2", "x²", r"x^2", lambda x: x * x),
    Feature("x^3", "x³", r"x^3", lambda x: x * x * x),
    Feature("sin(x)", "sin x", r"\sin x", lambda x: np.sin(x)),
)
FEATURES = {feature.name: feature for feature in PLANE + CURVE}
PLANE_NAMES = tuple(feature.name for feature in PLANE)
CURVE_NAMES = tuple(feature.name for feature in CURVE)


def describe():
    """All features as plain data, for the catalog."""
    return [feature.describe() for feature in FEATURES.values()]
