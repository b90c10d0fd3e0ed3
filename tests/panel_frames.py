"""The frames behind web/panels.html: real networks, really trained, written to web/fixtures/ by `python -m tests.panel_frames`.

NAME.bin holds frames one after the other (a u32 length before each); NAME.json the state they belong to.
"""
import json
import struct
from pathlib import Path

import numpy as np

from engine import Run, describe
from server.curves import Curves
from server.frames import encode_frame, part
from server.state import describe_data

FOLDER = Path(__file__).parent.parent / "web" / "fixtures"
FRAMES = 3

RUNS = {
    "spiral": {"data": {"name": "spiral"}, "model": {"name": "mlp", "hidden": [8, 6, 4], "activation": "tanh"},
               "optimizer": {"name": "adam", "learning_rate": 0.03}},
    "classes": {"data": {"name": "spirals", "classes": 4}, "model": {"name": "mlp", "hidden": [12, 8], "activation": "relu"},
                "optimizer": {"name": "adam", "learning_rate": 0.01}},
    "bumps": {"data": {"name": "bumps"}, "model": {"name": "mlp", "hidden": [8, 8], "activation": "tanh"},
              "optimizer": {"name": "adam", "learning_rate": 0.02}},
    "curve": {"data": {"name": "curve", "points": 120}, "model": {"name": "mlp", "hidden": [8, 8], "activation": "tanh"},
              "optimizer": {"name": "adam", "learning_rate": 0.01}},
    "digits": {"data": {"name": "digits"}, "model": {"name": "mlp", "hidden": [32, 16], "activation": "relu"},
               "optimizer": {"name": "adam", "learning_rate": 0.005}},
    "wine": {"data": {"name": "wine"}, "model": {"name": "mlp", "hidden": [6], "activation": "tanh"},
             "optimizer": {"name": "adam", "learning_rate": 0.01}},
}


def state(run):
    """What the server says about a run, as far as panels read it."""
    return {"config": run.config, "playing": True, "step": run.step, "epoch": run.epoch, "speed": None,
            "can_undo": True, "can_redo": False, "can_back": True, "parameters": run.parameter_count,
            "layers": run.layers, "probes": run.measurable(), "data": describe_data(run.data) | {"version": 1}, "divergence": None, "stopped": None}


def streamed(run):
    """The probes that come by themselves: key, probe, options."""
    found = [("network", "network", {}), ("surface", "surface", {}), ("points", "points", {}), ("layers", "layers", {})]
    found.append(("confusion", "confusion", {}) if run.data.classes else ("predicted", "predicted", {}))
    if run.data.image:
        found.append(("examples", "examples", {}))
    return found


def asked(run):
    """The probes a person asks for by pointing, choosing or pressing: key, probe, options."""
    found = [(f"unit:{layer['name']}.{unit}", "unit", {"layer": layer["name"], "unit": unit})
             for layer in run.layers for unit in range(min(2, layer["outputs"]))]
    found += [(f"space:{layer['name']}", "space", {"layer": layer["name"]}) for layer in run.layers]
    if run.data.plane:
        found += [(f"surface:{layer['name']}.{unit}", "surface", {"tensor": f"{layer['name']}.output", "unit": unit})
                  for layer in run.layers[:-1] for unit in range(min(2, layer["outputs"]))]
    return found + [("walk:0", "walk", {"example": 0}), ("walk:1", "walk", {"example": 1})]


def write(name, config, steps=1200):
    """One fixture; frames are a few steps apart, the last one also answers what a person may ask."""
    run, curves, blocks = Run(config), Curves(), []
    marks = np.unique(np.geomspace(1, steps + 1, 240).astype(int)) - 1
    sent = None
    for step in marks:
        run.train(int(step) - run.step)
        curves.add(run.probe("curves"))
    for number in range(FRAMES):
        wanted = streamed(run) + (asked(run) if number == FRAMES - 1 else [])
        parts = [part(key, probe, run.probe(probe, options)) for key, probe, options in wanted]
        series, sent = curves.since("curves", sent)
        blocks.append(encode_frame(number, run.step, run.step / run.steps_per_epoch, 0.0, [*parts, *([series] if series else [])]))
        run.train(3)
        curves.add(run.probe("curves"))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.bin").write_bytes(b"".join(struct.pack("<I", len(b)) + b for b in blocks))
    (FOLDER / f"{name}.json").write_text(json.dumps(state(run), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for called, settings in RUNS.items():
        write(called, settings)
        print(called, (FOLDER / f"{called}.bin").stat().st_size)
    names = [{"name": record["name"]} for record in describe()["activations"]]
    (FOLDER / "catalog.json").write_text(json.dumps({"activations": names}) + "\n", encoding="utf-8")
