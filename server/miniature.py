"""The small pictures of the shelf, measured: a lab's start is trained for a moment, once, when somebody first looks.

A miniature is a frame (protocol.py) with the curves of every lane, and of the first lane what its data allow: the output
over the plane with some examples, or the gradient of every layer over the steps.
"""
import asyncio
import hashlib
import time

import numpy as np
from pydantic_core import to_json

from .frames import Part, encode_frame, part

STEPS = 1000                  # trained for a picture, where the lab says nothing
SAMPLES = 48                  # on a curve
SECONDS = 0.8                 # for one lane; a slow network is drawn after fewer steps, and says so
DEEP = 7                      # layers from which on the gradients are what is worth seeing
PLANE, EXAMPLES = 40, 160


class Miniatures:
    """Makes and keeps them, one at a time.

    make      make(config) gives a run
    wants     wants(run, then): whether all that the run needs is compiled; if not, it is compiled next
    """

    def __init__(self, make, wants):
        self.make, self.wants = make, wants
        self._kept, self._turn = {}, asyncio.Lock()

    async def of(self, lab):
        """(a name that changes with the picture, the frame); None while the lab's kernels are being compiled."""
        key = hashlib.sha256(to_json([lab["config"], lab.get("runs", []), lab.get("miniature", {})])).hexdigest()[:24]
        async with self._turn:
            if key not in self._kept:
                frame = await asyncio.to_thread(self._make, lab)
                if frame is None:
                    return None
                self._kept[key] = frame
            return key, self._kept[key]

    def _make(self, lab):
        first = self.make(lab["config"])
        runs = [first, *(first.twin(lane["changes"]) for lane in lab.get("runs", []) if lane.get("changes"))]
        if not all([self.wants(run, lambda: None) for run in runs]):          # a list: all of them are asked for
            return None
        about = lab.get("miniature") or {}
        kind = about.get("show") or _kind(runs)
        parts = []
        for number, run in enumerate(runs):
            series, layers = train(run, about.get("steps") or STEPS, deep=kind == "gradients" and number == 0)
            parts.append(Part(f"curves-{number}", "curves", {"diverged": bool(run.divergence), "step": run.step},
                              {name: np.array(values, np.float32) for name, values in series.items()}))
            if layers:
                parts.append(Part("gradients", "layers", {}, {"norms": np.array(layers, np.float32).T.copy()}))
        if kind == "plane":
            parts.append(part("surface", "surface", runs[0].probe("surface", {"resolution": PLANE})))
            parts.append(part("points", "points", runs[0].probe("points", {"limit": EXAMPLES})))
        parts[0].meta["show"] = kind
        return encode_frame(0, max(run.step for run in runs), runs[0].epoch, 0.0, parts)


def train(run, steps, deep=False):
    """Train and sample on the way: ({name: values}, gradient norms by sample and layer)."""
    series, layers, until = {"step": [], "loss": []}, [], None
    for number in range(SAMPLES + 1):
        run.train(max(0, round(steps * number / SAMPLES) - run.step))
        if run.divergence:
            break
        series["step"].append(run.step)
        series["loss"].append(run.metrics()["loss_train"])
        if deep:
            layers.append([layer["gradient_norm"] for layer in run.probe("layers", {})["layers"]])
        if number == 1:                                      # loading kernels does not count
            until = time.monotonic() + SECONDS
        elif number and time.monotonic() > until:
            break
    return series, layers


def _kind(runs):
    if len(runs) > 1:
        return "curves"
    if len(runs[0].layers) >= DEEP:
        return "gradients"
    return "plane" if runs[0].data.plane else "curves"

