"""Stand-ins for the engine and the network, so that the server's logic is tested without either."""
import copy
import itertools
import json
import time
import types

import numpy as np

from server.errors import Refused
from server.frames import decode_frame


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        return self.now


KEPT = ("initial", "config", "step", "sum", "edits", "future", "divergence", "ended")


class FakeHistory:
    def __init__(self, run):
        self.run = run

    def back(self, steps):
        return self.go(max(0, self.run.step - steps))

    def go(self, step):
        run, edits = self.run, self.run.edits + self.run.future
        run.__init__(run.initial)
        run.future = edits
        run.train(step)
        return run.step

    def rewind(self):
        self.back(10)
        self.run.future = []
        return self.run.step


def found_in(config, changes):
    """The config that changes by path lead to, or what is wrong with one of them."""
    config = copy.deepcopy(config)
    for path, value in changes.items():
        section, _, key = path.partition(".")
        if section not in config or key and not isinstance(config[section], dict):
            raise Refused(path, "a setting", path)
        if value == "bad":
            raise Refused(path, "a good value", value)
        if key:
            config[section][key] = value
        else:
            config[section] = value
    return config


class FakeRun:
    """Counts steps; its loss falls as 1 / (1 + step), and `sum` is what the rate was in all steps together.

    `rate` is live; `seed` begins anew.
    """
    replayable = True
    steps_per_epoch = 8
    parameter_count = 3
    layers = [{"name": "layer1", "inputs": 2, "outputs": 1, "activation": "linear"}]

    def __init__(self, config=None, edits=()):
        config = dict(config or {})
        if config.get("fail"):
            raise Refused("fail", "nothing", config["fail"])
        self.config = {"data": {"name": "spiral", "painted": []}, "rate": 0.1, "seed": 0, **config}
        if any(type(edit.get("step")) is not int or not {"set", "paint", "erase", "weight"} & edit.keys() for edit in edits):
            raise Refused("edits", "edits with their steps", "others")
        self.initial, self.future = copy.deepcopy(self.config), copy.deepcopy(list(edits))
        self.step, self.divergence, self.trained, self.sum, self.ended, self.best = 0, None, [], 0.0, False, None
        self.data = types.SimpleNamespace(task="binary", raw_train=np.zeros((5, 2)), raw_test=np.zeros((3, 2)))
        self.history, self.edits = FakeHistory(self), []
        self.parameters = {"layer1.weight": np.zeros((2, 1), np.float32)}
        self.measured = []

    epoch = property(lambda self: self.step // 8)
    steps_left_in_epoch = property(lambda self: 8 - self.step % 8)
    loss = property(lambda self: 1 / (1 + self.step))

    def train(self, steps):
        made = 0
        while made < steps and not self.divergence and not self.ended:
            self._due()
            count = min([steps - made, *(edit["step"] - self.step for edit in self.future)])
            made += self._train(count)
        if not self.divergence:
            self._due()
        return made

    def _due(self):
        while self.future and self.future[0]["step"] <= self.step:
            edit = self.future.pop(0)
            self._apply(edit)
            self.edits.append(edit)

    def _train(self, steps):
        end = self.config.get("end_at")
        if end is not None and self.step + steps >= end:
            # It may have been told when it was past it: steps do not go back.
            steps, self.ended, self.best = max(0, end - self.step), True, {"loss": 0.5, "epoch": 3, "since": 2, "ended": True}
        at = self.config.get("diverge_at")
        if at is not None and self.step + steps >= at:
            steps, self.divergence = max(0, at - self.step), {"tensor": "layer1.output", "layer": "layer1", "step": at,
                                                      "value": "nan", "message": f"broke at {at}"}
        if self.config.get("explode"):
            raise RuntimeError("a fault inside")
        time.sleep(steps * self.config.get("seconds_a_step", 0))
        self.step += steps
        self.sum += steps * (self.config["rate"] if isinstance(self.config["rate"], (int, float)) else 0)
        self.trained.append(steps)
        return steps

    def metrics(self):
        return {"loss_train": self.loss, "loss_test": None}

    def measurable(self):
        return ["curves", "surface"]

    def advise(self, curves):
        return [{"rule": "fake", "title": "A fake rule.", "evidence": f"{len(curves)} curves.", "remedies": []}]

    def probe(self, name, options):
        self.measured.append((name, dict(options)))
        if name == "curves":
            return {"step": self.step, "epoch": self.step / 8, "loss_train": self.loss, "loss_test": None,
                    "score": "accuracy"}
        if name == "plain":
            return {"answer": 42}
        if name == "huge":
            return {"values": np.zeros(1_000_000, np.float64)}
        if name == "gone" and self.config.get("gone"):
            raise Refused("layer", "a layer", "layer9")
        if name == "unknown":
            raise Refused("probe", "the name of a probe", "unknown")
        return {"values": np.full(4, self.step, np.float32), "kind": name, **options}

    def recipe(self):
        return copy.deepcopy({"config": self.initial, "edits": self.edits + self.future})

    def set(self, changes):
        return self.edit({"set": changes}) or "live"

    def edit(self, edit):
        before = self.config["seed"]
        self._apply(edit)
        self.divergence, self.ended, self.future = None, False, []
        if self.config["seed"] != before:
            self.__init__(self.config)
            return "restart"
        self.edits.append({**edit, "step": self.step})

    def _apply(self, edit):
        if "set" in edit:
            self.config = found_in(self.config, edit["set"])
        elif "paint" in edit:
            data = self.config["data"]
            self.config = {**self.config, "data": {**data, "painted": data["painted"] + edit["paint"]}}
        elif "weight" in edit and self.config.get("no_weights"):
            raise Refused("edit.weight", "a parameter", edit["weight"])

    def plan(self, edit):
        self.future = sorted([*self.future, edit], key=lambda edit: edit["step"])
        self._due()

    def forget(self, step):
        self.future = [edit for edit in self.future if edit["step"] <= step]

    @staticmethod
    def difference(before, after):
        found = {}
        for section, value in after.items():
            if isinstance(value, dict) and isinstance(before.get(section), dict):
                found |= {f"{section}.{key}": item for key, item in value.items() if before[section].get(key) != item}
            elif value != before.get(section):
                found[section] = value
        return found

    def config_with(self, changes):
        return found_in(self.config, changes)

    def twin(self, changes):
        other = type(self)(found_in(self.initial, changes))
        lead, now = self.initial, other.config
        for edit in [*self.edits, *self.future]:
            if "weight" in edit:
                other.future.append(edit)
                continue
            shadow = type(self)(lead)
            shadow._apply(edit)
            lead, before, now = shadow.config, now, found_in(shadow.config, changes)
            if steps := self.difference(before, now):
                other.future.append({"step": edit["step"], "set": steps})
        other._due()
        return other

    def reset(self, seed=None):
        self.__init__({**self.config, "seed": self.config["seed"] if seed is None else seed})

    def kernels(self):
        return []

    def snapshot(self):
        return json.dumps({name: getattr(self, name) for name in KEPT}).encode()

    @classmethod
    def restore(cls, data):
        kept = json.loads(data)
        run = cls(kept["initial"])
        vars(run).update(kept)
        return run


class FakeError(Refused):
    """Stands for the engine's own errors."""


class Roomy(dict):
    """A config of an engine that has every setting."""

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        value = dict.get(self, key, Roomy())
        return Roomy(value) if type(value) is dict else value


class FakeEngine:
    """What the server uses of the engine."""
    Run, EngineError = FakeRun, FakeError
    describe = staticmethod(lambda: {"activations": []})
    kernels_of = staticmethod(lambda run=None, choices=False: [])
    parameter_count = staticmethod(lambda config: config.get("parameters", 3))
    config_after = staticmethod(lambda config, changes=None: Roomy({**config, **(changes or {})}))
    torch_script = staticmethod(lambda run: "import torch\n")

    @staticmethod
    def compile_kernels(run=None, progress=None, choices=False):
        progress(1, 1, "ready")

    @staticmethod
    def inspect_csv(text, settings=None):
        return {"rows": text.count("\n"), "questions": [], "refused": None if "," in text else Refused(
            "table", "commas", "none").as_dict()}


class Listener:
    """What a client got out of an outbox: texts read, frames decoded and (if asked) acknowledged."""

    def __init__(self, viewer):
        self.viewer, self.texts, self.frames = viewer, [], []

    def read(self, acknowledge=True):
        while (message := self.viewer.outbox.take()) is not None:
            if isinstance(message, str):
                self.texts.append(json.loads(message))
            else:
                self.frames.append(decode_frame(message))
                if acknowledge:
                    self.viewer.outbox.acknowledge(self.frames[-1]["seq"])
        return self

    def answer(self, number):
        self.read()
        found = [text for text in self.texts if text.get("re") == number]
        assert len(found) <= 1, "answered more than once"
        return found[0] if found else None

    def state(self):
        self.read()
        return [text["state"] for text in self.texts if text.get("event") == "state"][-1]

    def keys(self):
        return list(itertools.chain.from_iterable([part["key"] for part in frame["parts"]] for frame in self.frames))
