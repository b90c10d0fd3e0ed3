"""The same data, model, start and training as a PyTorch script that runs on its own.

Each record names its PyTorch counterpart (`torch`), so this file only puts them in order.  What cannot be
the same is the order of the shuffled rows: PyTorch has its own random numbers.
"""
import base64
import zlib

import numpy as np

from .errors import BadSetting
from .registry import activations, losses, optimizers, schedules

SCRIPT = '''"""A network from Neural Playground, trained with PyTorch.  Run:  python {file}

Data, model, start, loss, optimizer and schedule are those of the playground; only the shuffling differs.
"""
import base64
import math
import zlib

import numpy as np
import torch
from torch import nn


def numbers(text, *shape):
    """An array packed as text, so that this file needs no other."""
    return torch.from_numpy(np.frombuffer(zlib.decompress(base64.b85decode(text)), "{dtype}").reshape(shape).copy())


torch.manual_seed({seed})
torch.set_default_dtype(torch.{precision})

x_train = {x_train}
y_train = {y_train}
x_test = {x_test}
y_test = {y_test}

model = nn.Sequential(
{layers}
)
with torch.no_grad():                    # the playground keeps weights as (inputs, outputs), PyTorch as (outputs, inputs)
{start}

parameters = list(model.parameters())
weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
loss_function = {loss}
optimizer = {optimizer}
schedule = {schedule}


def score(x, y):
    """{score_sentence}"""
    with torch.no_grad():
        z = model(x)
        return loss_function(z, y).item(), {score}


batch, steps, order = {batch}, {steps}, torch.empty(0, dtype=torch.long)
for step in range(steps):
    if len(order) == 0:
        order = torch.randperm(len(x_train))
    rows, order = order[:batch], order[batch:]
    optimizer.zero_grad()
    loss = loss_function(model(x_train[rows]), y_train[rows])
    ({total}).backward()
{clip}    optimizer.step()
    schedule.step({stepped})
    if (step + 1) % max(1, steps // 10) == 0:
        print(f"step {{step + 1}}: loss {{score(x_train, y_train)[0]:.4f}}, {score_name} {{score(x_train, y_train)[1]:.3f}}")
print("test:", score(x_test, y_test) if len(x_test) else "no test set")
'''


def torch_script(run, steps=None, file="playground_torch.py"):
    """The script as text; `steps` is how many it trains (those of the run, or ten epochs if it has made none)."""
    made, config = run.assembly, run.config
    _need_counterparts(config)
    classes = made.y.shape[1] == 1 and made.output.shape[1] > 1          # class numbers rather than values
    regularization = config["regularization"]
    total = "loss"
    if regularization["l1"]:
        total += f" + {regularization['l1']!r} * sum(w.abs().sum() for w in weights)"
    if regularization["l2"]:
        total += f" + {0.5 * regularization['l2']!r} * sum((w ** 2).sum() for w in weights)"
    clip = ""
    for way, limit in (config["clip"] or {}).items():
        clip = f"    nn.utils.clip_grad_{way}_(parameters, {limit!r})\n"
    binary = made.output.shape[1] == 1
    truth = "y > 0" if made.y.size and made.y.min() < 0 else "y > 0.5"
    score, sentence, name = (("1 - (((z - y) ** 2).sum() / ((y - y.mean(0)) ** 2).sum()).item()", "Loss and R².", "R²")
                             if made.data.task == "regression" else
                             (f"((z > 0) == ({truth})).float().mean().item()", "Loss and accuracy.", "accuracy") if binary else
                             (f"(z.argmax(1) == {'y' if classes else 'y.argmax(1)'}).float().mean().item()",
                              "Loss and accuracy.", "accuracy"))
    schedule = schedules.get(config["schedule"]["name"], "schedule.name")
    return SCRIPT.format(
        file=file, dtype=made.precision.str, seed=run.config["seed"], precision=made.precision.name,
        x_train=_packed(made.x), y_train=_packed(made.y, classes), x_test=_packed(made.x_test),
        y_test=_packed(made.y_test, classes), layers=_layers(run), start=_start(run),
        loss=_source(losses, config["loss"]),
        optimizer=_source(optimizers, config["optimizer"]),
        schedule=_source(schedules, config["schedule"], learning_rate=config["optimizer"]["learning_rate"]),
        stepped="loss.item()" if schedule.slots else "", score=score, score_sentence=sentence, score_name=name,
        batch=made.batch, steps=steps or run.step or 10 * run.steps_per_epoch, total=total, clip=clip)


def _need_counterparts(config):
    """Errors: BadSetting for what this script cannot say in PyTorch's own words."""
    model, optimizer = config["model"], optimizers.get(config["optimizer"]["name"], "optimizer.name")
    if model["name"] != "mlp" or model["normalization"] != "none" or model["dropout"]:
        raise BadSetting("torch_script", "a plain multilayer perceptron", model["name"],
                         "Other models have no PyTorch script yet.")
    if not optimizer.torch or not config["optimizer"].get("decay_everywhere", True):
        raise BadSetting("torch_script", "an optimizer that PyTorch has, with one group of parameters", optimizer.name)
    for section in ("augmentation", "early_stopping"):
        if any((config[section] or {}).values()):
            raise BadSetting("torch_script", f"a run without {section}", config[section])


def _source(registry, section, **more):
    knobs = {k: repr(v) for k, v in section.items() if k != "name"}
    return registry.get(section["name"], "name").torch.format(**knobs, **more)


def _packed(array, classes=False):
    text = base64.b85encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 9)).decode()
    shape = ", ".join(map(str, array.shape))
    return f'numbers("{text}", {shape})' + (".long().flatten()" if classes else "")


def _layers(run):
    lines, bias = [], run.config["model"].get("bias", True)
    chosen = run.config["model"]["activation"]
    hidden = run.layers[:-1]
    each = chosen if isinstance(chosen, list) else [chosen] * len(hidden)
    for layer, bend in zip(hidden, each):
        section = {"name": bend} if isinstance(bend, str) else dict(bend)
        section = {"name": section["name"]} | activations.get(section["name"], "activation").defaults() | section
        lines += [f"    nn.Linear({layer['inputs']}, {layer['outputs']}, bias={bias}),",
                  f"    {_source(activations, section)},"]
    last = run.layers[-1]
    return "\n".join([*lines, f"    nn.Linear({last['inputs']}, {last['outputs']}, bias={bias}),"])


def _start(run):
    """Lines that put the playground's first weights in place (PReLU's slope starts the same by itself)."""
    lines = []
    for number, layer in enumerate(run.layers):
        for part in ("weight", "bias"):
            parameter = next((p for p in run.assembly.program.parameters if p.name == f"{layer['name']}.{part}"), None)
            if parameter is not None:
                value = np.asarray(run.assembly.start(parameter), run.assembly.precision)
                lines.append(f"    model[{2 * number}].{part}.copy_({_packed(value)}{'.T' if part == 'weight' else ''})")
    return "\n".join(lines)
