"""Every model in the registry, on data it fits: what measures, exports and keeps any run must serve it, or refuse it by name."""
import numpy as np
import pytest

from engine import EngineError, Run, kernels_of, torch_script
from engine.registry import models, probes
from tests.runs import data_of, memory

each = pytest.mark.parametrize("model", list(models), ids=lambda record: record.name)
_runs = {}


def trained(model):
    """One run of a model, three steps old, for all tests here; they only look."""
    if model.name not in _runs:
        run = _runs[model.name] = Run({"data": data_of(model), "model": model.name, "batch_size": 8})
        run.train(3)
    return _runs[model.name]


def measured(run, probe):
    """What a probe says with its defaults, of the rows there are; what has none, an input of one's own, is a row of noughts."""
    given = {"input": [0] * len(run.data.columns), "part": "train"}
    return run.probe(probe.name, {name: value for name, value in given.items() if name in probe.knobs
                                  and (name != "part" or value in probe.knobs[name].choices)})


def finite(value):
    """Whether nothing in it is not a number."""
    if isinstance(value, dict):
        return all(finite(one) for one in value.values())
    return not isinstance(value, np.ndarray) or value.dtype.kind != "f" or np.isfinite(value).all()


@each
@pytest.mark.parametrize("probe", list(probes), ids=lambda record: record.name)
def test_every_probe_serves_it_or_refuses_it_by_name(model, probe):
    run = trained(model)
    before = memory(run)
    try:
        assert finite(measured(run, probe))
        assert probe.name in run.measurable()
    except EngineError as error:
        assert error.expected and error.got and len(str(error)) < 600
        assert probe.name not in run.measurable() or probe.name == "softmax", "softmax answers where logits are given"
    assert memory(run) == before, "a probe reads and never changes the run"


@pytest.mark.parametrize("probe", list(probes), ids=lambda record: record.name)
def test_every_probe_serves_some_model(probe):
    served = []
    for run in [*map(trained, models), Run({"data": {"name": "two_domains"}})]:
        try:
            served.append(bool(measured(run, probe)))
        except EngineError:
            continue
    assert any(served)


@each
def test_the_probes_of_every_run_serve_it(model):
    for name in ("curves", "network", "layers"):
        assert trained(model).probe(name)


@each
def test_the_pytorch_script_is_there_or_refused_by_name(model):
    try:
        compile(torch_script(trained(model)), model.name, "exec")
    except EngineError as error:
        assert error.field == "torch_script" and model.name in str(error)


@each
def test_snapshots_history_and_replay_are_to_the_bit(model):
    run = Run({"data": data_of(model), "model": model.name, "batch_size": 3, "seed": 5})
    run.train(5)
    twin, again = run.fork(), Run(**run.recipe())
    run.train(4), twin.train(4), again.train(9)
    assert memory(twin) == memory(run) == memory(again)
    run.history.back(6)
    run.train(6)
    assert memory(run) == memory(twin)


@each
def test_only_its_own_kernels_are_compiled(model):
    names = {name for name, _ in kernels_of(trained(model))}
    ops = {name.split(".")[1] for name in names if name.startswith("ops.")}
    graph = trained(model).assembly.graph
    assert ops <= {node.record.name for node in graph.nodes} | ({"fill"} if graph.penalties else set())
    assert names <= {name for name, _ in kernels_of(trained(model), choices=True)}
