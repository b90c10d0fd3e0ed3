"""The catalog and the public names: complete, documented, plain data."""
import inspect
import json

import pytest

import engine
from engine import Run, compile_kernels, describe, kernels_of, thumbnail
from engine.compiling import LOOPS, loops_of
from engine.knob import KINDS, Knob
from engine.registry import REGISTRIES, Record, Registry, activations, datasets
from engine.shared import shared_by
from tests.kernels import WITHOUT_TORCH
from tests.runs import small

# what the lessons, the server and people's notebooks call: a name may come, none may go
PUBLIC = {"Run": ["train", "predict", "probabilities", "forward", "metrics", "probe", "set", "edit", "reset", "recipe", "snapshot", "restore", "fork",
                  "step", "epoch", "loss", "config", "data", "layers", "parameter_count", "parameters", "gradients", "tensors", "rows",
                  "steps_per_epoch", "steps_left_in_epoch"]}
RECORDS = [pytest.param(record, id=f"{kind}.{record.name}") for kind, registry in REGISTRIES.items() for record in registry]


def test_all_public_names_are_there():
    assert {"Run", "describe", "check_gradient", "EngineError", "UnknownName", "BadSetting", "ShapeError"} <= set(engine.__all__)
    assert all(hasattr(engine, name) for name in engine.__all__) and engine.__all__ == sorted(engine.__all__)
    for name in PUBLIC["Run"]:
        assert hasattr(Run, name)


@pytest.mark.parametrize("name", engine.__all__)
def test_public_name_is_documented(name):
    thing = getattr(engine, name)
    assert inspect.getdoc(thing) and inspect.getdoc(thing)[0].isupper() or inspect.getdoc(thing)[0] in "({"
    if inspect.isclass(thing) and name == "Run":
        for method, value in vars(thing).items():
            if not method.startswith("_"):
                assert inspect.getdoc(value), f"Run.{method}"


def test_the_catalog_is_json_and_holds_every_record():
    told = describe()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    for kind, registry in REGISTRIES.items():
        assert [entry["name"] for entry in told[kind]] == list(registry.names()) and registry.names()


@pytest.mark.parametrize("record", RECORDS)
def test_every_record_says_what_it_is(record):
    told = record.describe()
    assert isinstance(record, Record) and told["title"] and record.sentence.endswith(".") and not record.sentence[0].islower()
    assert "\n" not in record.sentence and len(record.sentence) <= 160
    if record.kind not in ("a dataset", "a probe"):
        assert record.formula and record.source
    assert record.formula.count("{") == record.formula.count("}")
    for key, knob in record.knobs.items():
        assert key.isidentifier() and knob.help and knob.kind in KINDS
        assert knob.check(knob.default, key) == knob.default, "the default is one of the allowed values"
        json.dumps(knob.describe(), allow_nan=False)


@pytest.mark.parametrize("record", [p for p in RECORDS if p.values[0].kind in ("an activation", "a loss", "an optimizer", "a schedule", "an initializer")])
def test_every_record_that_trains_names_its_pytorch_counterpart(record):
    assert bool(record.torch) == (record.name not in WITHOUT_TORCH)
    record.torch.format(tensor="w", learning_rate="0.1", **{key: repr(value) for key, value in record.defaults().items() if key != "learning_rate"})


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_file_of_a_folder_is_explained(kind):
    import importlib
    for record in REGISTRIES[kind]:
        module = importlib.import_module(f"engine.{kind}.{record.name}")
        assert module.__doc__ and module.__doc__.strip().split("\n")[0].endswith("."), f"{kind}/{record.name}.py begins with a sentence"


def test_names_and_aliases_are_used_once():
    for registry in REGISTRIES.values():
        names = [name for record in registry for name in (record.name, *record.aliases)]
        assert len(names) == len(set(names)) == len(registry.by_alias)


def test_a_folder_with_two_things_of_one_name_is_refused(tmp_path, monkeypatch):
    import sys
    folder = tmp_path / "twins"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for name in ("a", "b"):
        (folder / f"{name}.py").write_text("from engine.registry import Initializer\nRECORD = Initializer('same', 'One sentence.')\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry("twins", Record)
    monkeypatch.setattr("engine.registry.__package__", "")
    monkeypatch.setattr("engine.registry.importlib.import_module", lambda name: __import__(name.lstrip("."), fromlist=["x"]))
    with pytest.raises(TypeError, match="both called 'same'"):
        registry.records
    for name in [name for name in sys.modules if name.startswith("twins")]:
        del sys.modules[name]


@pytest.mark.parametrize("wrong", [dict(kind="nummer"), dict(scale="cubic"), dict(effect="later"), dict(help=""), dict(low=2.0)], ids=str)
def test_a_knob_checks_itself(wrong):
    with pytest.raises((TypeError, ValueError)):
        Knob(1.0, **{"help": "A sentence.", **wrong})


@pytest.mark.parametrize("wrong", [dict(name="two words"), dict(sentence="No full stop"), dict(knobs={"a": 5})], ids=str)
def test_a_record_checks_itself(wrong):
    with pytest.raises(TypeError):
        Record(**{"name": "thing", "sentence": "A thing.", **wrong})


@pytest.mark.parametrize("name", datasets.names())
def test_thumbnails_are_small_plain_data(name):
    found = thumbnail(name)
    assert found is None or len(json.dumps(found)) < 4000 and len(found["points"]) == len(found["y"])


def test_compiling_tells_how_far_it_is_and_leaves_nothing_to_compile():
    told = []
    total = compile_kernels(progress=lambda done, total, name: told.append((done, total, name)))
    assert [done for done, _, _ in told] == list(range(total + 1)) and {t for _, t, _ in told} == {total}
    assert told[-1][2] == "ready" and any("tanh" in name for _, _, name in told)
    from engine import execute
    loops = execute.train, execute.forward, execute.once, execute.permutation
    before = [len(loop.signatures) for loop in loops]
    run = Run(small(precision="float32"))
    run.train(5), run.metrics(), run.probe("layers"), run.history.back()
    assert [len(loop.signatures) for loop in loops] == before


def test_kernels_of_a_run_are_those_of_its_program():
    run = Run(small(model={"name": "mlp", "hidden": [3], "activation": "gelu"}))
    names = [name for name, _ in kernels_of(run)]
    assert len(names) == len(set(names)) and any("gelu" in name for name in names) and not any("relu.relu" in name for name in names)
    assert len(kernels_of()) >= 2 * len(activations.names())
    shared = len(shared_by(*(kernel for _, kernel in kernels_of(run))))
    assert compile_kernels(run) == shared + len(names) + len(loops_of(run)) < shared + len(names) + len(LOOPS)
