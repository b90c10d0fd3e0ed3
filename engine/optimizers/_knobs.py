"""Settings that several optimizers share."""
from ..knob import Knob


def learning_rate(default):
    return Knob(default, 1e-6, 10.0, scale="log", symbol="η", title="learning rate",
                help="How far one step goes: too small learns slowly, too large jumps over the valley and diverges.")


def weight_decay(default):
    return Knob(default, 0.0, 10.0, symbol="λ", title="weight decay", help="Each step shrinks every parameter by the share η λ.")


def decay_everywhere():
    return Knob(True, kind="boolean", title="decay everywhere",
                help="Whether biases and the scales of normalisations shrink too; off, only weights do.")
