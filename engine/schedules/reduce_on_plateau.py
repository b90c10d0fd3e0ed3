"""Reduce on plateau: the learning rate drops when the loss of the batches has not improved for a while.

Shapes: rate and loss are (1,), memory is (4,): whether it has begun, best loss, bad steps in a row, share of η left.
A step is bad where its loss is not below best (1 - threshold).  After more than `patience` bad steps
in a row the rate is multiplied by `factor`, and the count starts anew.

A loss counts for the steps after its own, as it does where a training loop ends with `scheduler.step(loss)`.
"""
import math

from ..jit import flat, kernel, knob
from ..knob import Knob
from ..registry import Schedule

NOT_WORTH_IT = 1e-8                      # a drop smaller than this is not made (PyTorch's eps)


@kernel
def rate(m, t):
    loss, memory = flat(m, t[1])[0], flat(m, t[2])
    base, factor, patience, threshold, lowest = knob(t, 0), knob(t, 1), knob(t, 2), knob(t, 3), knob(t, 4)
    if memory[0] == 0:
        memory[0], memory[1], memory[2], memory[3] = 1.0, math.inf, 0.0, 1.0
    now = base * memory[3]
    flat(m, t[0])[0] = now
    if loss < memory[1] * (1.0 - threshold):
        memory[1], memory[2] = loss, 0.0
    else:
        memory[2] += 1
    if memory[2] > patience:
        lower = max(now * factor, lowest)
        if now - lower > NOT_WORTH_IT:
            memory[3] = lower / base
        memory[2] = 0


RECORD = Schedule(
    "reduce_on_plateau", title="Reduce on plateau",
    sentence="Lowers the learning rate whenever the loss has not improved for a while.",
    formula=r"\eta \leftarrow \gamma \eta \text{ after more than } P \text{ steps without } L < (1 - \tau) L_{best}",
    source="a rule of practice; named so by Keras, 2015",
    knobs={"factor": Knob(0.1, 0.01, 0.99, symbol="γ", help="What is left of the learning rate after a drop."),
           "patience": Knob(10, 0, 100_000, kind="integer", unit="steps", symbol="P",
                            help="How many steps in a row may fail to improve; the batch loss is noisy, so be patient."),
           "threshold": Knob(1e-4, 0.0, 0.5, symbol="τ", help="The share by which the loss must fall to count as better."),
           "min_lr": Knob(0.0, 0.0, 10.0, symbol="η_min", title="lowest rate", help="The learning rate never drops below this.")},
    rate=rate, slots=4,
    torch="torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={factor}, patience={patience}, "
          "threshold={threshold}, min_lr={min_lr})")
