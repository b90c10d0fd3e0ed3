"""Settings that several schedules share."""
from ..knob import Knob


def steps(default, help):
    return Knob(default, 1, 1_000_000, kind="integer", scale="log", unit="steps", symbol="T", help=help)


def factor(default, symbol, title, help):
    return Knob(default, 0.0, 1.0, symbol=symbol, title=title, help=help)
