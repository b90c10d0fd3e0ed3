"""Walks a lab as its steps say, on the engine alone, and gives what every check measured:  python -m tests.labs [NAME ...] [--labs DIR]

A **seed** takes the place of the config's `seed` in every run of the lab before anything else happens, so that the examples
drawn, their noise, the split, the initial weights and the order of the batches are all others.
"""
import argparse
import sys
import time

import engine
from server import claims
from server.lab import beside, checker
from server.limits import Limits
from server.settings import Settings
from server.shelf import Shelf

SEEDS = (0, 1, 2)              # added to the lab's own seed: what students see, and two others


def shelf(more=None, **settings):
    """The shelf as the server has it."""
    limits = Limits(Settings(**settings), engine.parameter_count)
    return Shelf(more=more, check=checker(limits, engine.parameter_count), after=engine.config_after,
                 probes=[probe["name"] for probe in engine.describe()["probes"]])


def walk(lab, extra=0):
    """From the first step to the last: (number, step, answer) for each that claims something.

    extra   added to the lab's own seed
    """
    lanes = Lanes(lab, lab["config"], lab.get("runs", []), extra)
    for number, step in enumerate(lab["steps"], 1):
        if "scene" in step:
            lanes = lanes.scene(step["scene"])
        if "do" in step:
            lanes = lanes.do(step["do"]["when"])
        if "check" in step:
            lanes.train_to(step["check"]["train"])
            yield number, step, claims.evaluate(step["check"], lanes.runs, lanes.labels)


class Lanes:
    """The runs of a lab at one moment."""

    def __init__(self, lab, config, others, extra):
        self.lab, self.extra = lab, extra
        start = engine.config_after(config)
        self.start = {**start, "seed": start["seed"] + extra}
        self.others = beside(others)
        self.labels = [others[0]["label"] if len(others) > len(self.others) else "the lab's own", *(one["label"] for one in self.others)]
        self.runs = [engine.Run(self.start)]
        self.runs += [self.runs[0].twin(one["changes"]) for one in self.others]

    def scene(self, name):
        """The lanes of a scene, at step 0."""
        scene = next(one for one in self.lab["scenes"] if one["name"] == name)
        return Lanes(self.lab, scene["config"], scene.get("runs", self.lab.get("runs", [])), self.extra)

    def do(self, when):
        """What the step asks a person to do, done by its example."""
        if "scene" in when:
            return self.scene(when["scene"])
        only = self.runs if "run" not in when else [self.runs[when["run"] - 1]]
        for run in only:
            if "setting" in when and not self._own(run, when["setting"], when):
                run.set({when["setting"]: when["example"]})
            elif "steps" in when:
                run.train(when["steps"])
            elif when.get("did") == "reset":
                run.reset()
            elif when.get("did") == "step":
                run.train(1)
        if "example" in when and ("edited" in when or "painted" in when):
            kind = when.get("edited", "paint")
            edit = when["example"] if kind == "weight" else {kind: when["example"]}
            for run in only:
                run.edit(edit)
        return self

    def _own(self, run, path, when):
        """Whether a change for all leaves this lane alone, since it is what makes it different."""
        number = self.runs.index(run)
        return "run" not in when and number > 0 and path in self.others[number - 1]["changes"]

    def train_to(self, step):
        """Every lane that still can, as far as this."""
        for run in self.runs:
            if run.step < step and not run.divergence:
                run.train(step - run.step)


def main():
    """Print what every check of the named labs measured, seed by seed; 1 where one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.labs", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="labs (all)")
    parser.add_argument("--labs", metavar="DIR", help="a folder with more labs")
    options = parser.parse_args()
    found, failed = shelf(options.labs), 0
    for problem in found.problems:
        print(problem)
    for name in options.names or [one["name"] for one in found.labs()]:
        for extra in SEEDS:
            began = time.perf_counter()
            print(f"\n{name}, seed +{extra}")
            for number, step, answer in walk(found.lab(name), extra):
                failed += not answer["passed"]
                print(f"  {'holds' if answer['passed'] else 'FAILS'}  step {number} ({step['title']}): {step['check']['claim']}")
                for one in answer["measured"]:
                    value = "not known" if one["value"] is None else f"{one['value']:.4g}"
                    print(f"             {'' if one['passed'] else 'no: '}{one['what']}, run {one['run']}: {value}, wanted {one['expected']}")
            print(f"  {time.perf_counter() - began:.1f} s")
    return 1 if failed or found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
