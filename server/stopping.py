"""When training shall pause by itself: at a loss, an epoch or a step.

A condition that is met already when play is pressed does not stop it again: it is armed only while it is ahead.
"""
import math

from engine import figure


class StopAt:
    """The conditions, and which of them are armed."""

    def __init__(self, loss=None, epoch=None, step=None):
        self.loss, self.epoch, self.step = loss, epoch, step
        self.armed = set()

    def as_dict(self):
        """What was asked for."""
        return {"loss": self.loss, "epoch": self.epoch, "step": self.step}

    def arm(self, run, loss):
        """Watch for what is not met yet; `loss()` measures the training loss."""
        self.armed = set()
        if self.step is not None and run.step < self.step:
            self.armed.add("step")
        if self.epoch is not None and run.epoch < self.epoch:
            self.armed.add("epoch")
        if self.loss is not None and not loss() <= self.loss:
            self.armed.add("loss")

    def steps_to(self, run):
        """Steps to the nearest mark that is known ahead, or None."""
        ahead = []
        if "step" in self.armed:
            ahead.append(self.step - run.step)
        if "epoch" in self.armed:
            whole = math.ceil(self.epoch) - run.epoch - 1
            ahead.append(run.steps_left_in_epoch + whole * run.steps_per_epoch)
        return max(1, min(ahead)) if ahead else None

    def met(self, run, loss):
        """Why training stops here, in words; None where it goes on."""
        if "step" in self.armed and run.step >= self.step:
            return f"Step {self.step:,} is reached."
        if "epoch" in self.armed and run.epoch >= self.epoch:
            return f"Epoch {self.epoch:g} is reached."
        if "loss" in self.armed and (now := loss()) <= self.loss:
            return f"The training loss is {figure(now, 4)}, which is at or below {figure(self.loss, 4)}."
        return None
