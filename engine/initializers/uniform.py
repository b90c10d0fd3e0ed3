"""Uniform: random weights spread evenly between two numbers, the same for a narrow and a wide layer.

Shape: whatever is asked; U(a, b).
"""
from ..knob import Knob
from ..registry import Initializer


def fill(generator, shape, fan_in, fan_out, settings):
    return settings["a"] + (settings["b"] - settings["a"]) * generator.random(shape)


RECORD = Initializer(
    "uniform", title="Uniform",
    sentence="Random weights spread evenly between two numbers, the same for a narrow and a wide layer.",
    formula=r"w \sim U(a, b)", source="the simplest random start",
    knobs={"a": Knob(0.0, -100.0, 100.0, symbol="a", title="from", effect="restart", help="One end of the range."),
           "b": Knob(1.0, -100.0, 100.0, symbol="b", title="to", effect="restart", help="The other end of the range.")},
    fill=fill, torch="nn.init.uniform_({tensor}, a={a}, b={b})")
