"""Augmentation: inputs that are a little different each time they are trained on, and as they are when the network is used.

It stands between the data and the model, so that any model can be trained with it; each way is an op of its own.
"""
from dataclasses import replace

from .errors import BadSetting
from .graph import BATCH
from .knob import Knob
from .registry import ops
from .table import MASK

KNOBS = {
    "crop": Knob(0.0, 0.0, 0.9, title="Crop", help="The share of a picture's height and width that may be cut off; the rest is enlarged."),
    "shift": Knob(0, 0, 16, kind="integer", title="Shift", help="By how many pixels at most a picture is moved, each way."),
    "cutout": Knob(0, 0, 16, kind="integer", title="Cut-out", help="How many pixels wide a square is that is painted over."),
    "noise": Knob(0.0, 0.0, 10.0, title="Noise", symbol="σ", help="How much chance is added to every input."),
    "mask": Knob(0.0, 0.0, 0.95, title="Masking",
                 help="Above 0 this share of the tokens is hidden anew at each step, and only these are asked (data that asks for hidden tokens)."),
    "mixup": Knob(0.0, 0.0, 1.0, title="MixUp", symbol="α",
                  help="Above 0 every example and its answer are mixed with another's, in a share drawn from Beta(α, α)."),
    "word_dropout": Knob(0.0, 0.0, 0.9, title="Word dropout", help="The share of the tokens of a sequence that is covered."),
}
MIXED = {"cross_entropy": "shares", "binary_cross_entropy": "values", "mse": "values", "huber": "values"}


def augment(graph, x, settings, data, loss, outputs):
    """The input as training sees it; `graph.answer` becomes the mixed answers where examples are mixed."""
    asked = {name: value for name, value in settings.items() if value}
    if "mask" in asked:
        return mask_tokens(graph, x, asked.pop("mask"), data, asked)
    if asked.pop("word_dropout", 0):
        x = word_dropout(graph, x, settings["word_dropout"])
    if asked and (graph.example.tokens or graph.example.task == "sequence"):
        raise BadSetting(f"augmentation.{next(iter(asked))}", "0 for sequences", next(iter(asked.values())))
    paper = float(-data.x_mean[0] / data.x_std[0])
    for name, op, knobs in (("crop", "random_crop", {"crop": settings["crop"]}),
                            ("shift", "random_shift", {"reach": settings["shift"], "paper": paper}),
                            ("cutout", "cutout", {"size": settings["cutout"], "paper": paper})):
        if name not in asked:
            continue
        if len(graph.example.shape) != 3:
            raise BadSetting(f"augmentation.{name}", "0 for data that are no pictures", asked[name])
        shape = (BATCH, *graph.example.shape)
        seen = graph.reshape(x, f"augmentation.{name}.before", shape)
        made = graph.tensor(f"augmentation.{name}", shape, learns=False)
        graph.add(f"augmentation.{name}", ops.get(op, "augmentation"), (seen, made), knobs)
        x = graph.reshape(made, f"augmentation.{name}.flat", x.shape)
    if "noise" in asked:
        made = graph.tensor("augmentation.noise", x.shape, learns=False)
        graph.add("augmentation.noise", ops.get("noise", "augmentation"), (x, made), {"spread": settings["noise"]})
        x = made
    if "mixup" in asked:
        if loss.name not in MIXED:
            raise BadSetting("augmentation.mixup", f"0 with {loss.name}, or one of the losses " + ", ".join(MIXED), asked["mixup"])
        made = graph.tensor("augmentation.mixup", x.shape, learns=False)
        columns = outputs if MIXED[loss.name] == "shares" else graph.target.shape[1]
        graph.answer = graph.inner("augmentation.answer", (BATCH, columns))
        graph.add("augmentation.mixup", ops.get("mixup", "augmentation"), (x, graph.target, made, graph.answer),
                  {"alpha": max(settings["mixup"], 0.01)})
        x = made
    return x


def mask_tokens(graph, x, share, data, others):
    """Tokens with a share of them hidden; `graph.answer` becomes what was hidden."""
    if data.tokens[-1:] != (MASK,):
        raise BadSetting("augmentation.mask", "0 for data that does not ask for hidden tokens", share, "Take text with data.ask \"masked\".")
    if others:
        raise BadSetting(f"augmentation.{next(iter(others))}", "0 for sequences", next(iter(others.values())))
    made = graph.tensor("augmentation.mask", x.shape, learns=False)
    graph.answer = graph.inner("augmentation.answer", x.shape)
    graph.add("augmentation.mask", ops.get("mask_tokens", "augmentation"), (x, graph.target, made, graph.answer),
              {"share": share, "mask": len(data.tokens) - 1})
    return made


def word_dropout(graph, x, share):
    """Tokens with some covered; for the model there is one token more, which it meets in training alone."""
    mask = graph.example.tokens
    if not mask:
        raise BadSetting("augmentation.word_dropout", "0 for data without tokens", share)
    graph.example = replace(graph.example, tokens=mask + 1)
    made = graph.tensor("augmentation.word_dropout", x.shape, learns=False)
    graph.add("augmentation.word_dropout", ops.get("word_dropout", "augmentation"), (x, made), {"p": share, "mask": mask})
    return made
