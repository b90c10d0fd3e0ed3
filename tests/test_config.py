"""Settings: what is refused and in which words, and that nothing else than a run or an EngineError comes of any JSON."""
import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine import BadSetting, EngineError, Run, UnknownName, default_config, describe, parameter_count
from engine import config as module
from engine.assembly import Assembly
from engine.config import SCALARS, SECTIONS, changed, complete, effect, knobs_of
from engine.registry import activations, datasets, losses, optimizers, schedules
from tests.runs import small


def refused(config):
    with pytest.raises(EngineError) as caught:
        Run(config)
    assert str(caught.value.field) in str(caught.value) and json.dumps(caught.value.as_dict())
    return caught.value


# ---------------------------------------------------------------- unknown names

@pytest.mark.parametrize("section, wrong, nearest", [
    ("data", "spirals_", "spirals"), ("model", "mpl", "mlp"), ("loss", "cross_entrpy", "cross_entropy"), ("optimizer", "adm", "adam"),
    ("schedule", "cosin", "cosine"), ("initializer", "xavier", "xavier_normal")])
def test_an_unknown_name_says_the_nearest_and_all_there_are(section, wrong, nearest):
    for asked in ({"name": wrong}, wrong):
        error = refused({section: asked})
        assert isinstance(error, UnknownName) and error.field == f"{section}.name" and repr(wrong) in str(error)
        assert error.nearest is not None and all(name in str(error) for name in (nearest, *SECTIONS[section].names()))


def test_an_unknown_activation_says_the_nearest_and_where():
    for asked, field in (("rleu", "model.activation"), (["tanh", "rleu"], "model.activation[1]"), ({"name": "rleu"}, "model.activation")):
        error = refused(small(model={"name": "mlp", "hidden": [3, 3], "activation": asked}))
        assert isinstance(error, UnknownName) and error.field == field and error.nearest == "relu"
        assert all(name in str(error) for name in activations.names())


@pytest.mark.parametrize("config, field, nearest", [
    ({"optimiser": {}}, "optimiser", "optimizer"), ({"optimizer": {"name": "adam", "lerning_rate": 1}}, "optimizer.lerning_rate", "learning_rate"),
    ({"regularization": {"l3": 1}}, "regularization.l3", "l2"), ({"clip": {"nrom": 1}}, "clip.nrom", "norm"),
    ({"data": {"name": "spiral", "nois": 1}}, "data.nois", "noise"), ({"model": {"widths": 1}}, "model.widths", None),
    ({"model": {"activation": {"name": "elu", "alfa": 1}}}, "model.activation.alfa", "alpha"), ({"precision": "flaot32"}, "precision", "float32")], ids=str)
def test_an_unknown_setting_says_the_nearest(config, field, nearest):
    error = refused(config)
    assert isinstance(error, UnknownName) and error.field == field and error.nearest == nearest


def test_aliases_are_known_and_kept_under_their_own_name():
    config = Run({"loss": "bce", "initializer": "glorot_normal", "model": {"activation": "identity"}}).config
    assert config["loss"]["name"] == "binary_cross_entropy" and config["initializer"]["name"] == "xavier_normal"
    assert config["model"]["activation"] == "linear"


# ---------------------------------------------------------------- wrong types and ranges

def every_knob():
    """(path, knob, a function value -> config) of every setting there is."""
    for section, registry in SECTIONS.items():
        for record in registry:
            for key, knob in knobs_of(section, record.name).items():
                yield pytest.param(section, record.name, key, knob, id=f"{section}.{record.name}.{key}")
    for section, knobs in (("regularization", module.REGULARIZATION), ("clip", module.CLIP)):
        for key, knob in knobs.items():
            yield pytest.param(section, None, key, knob, id=f"{section}.{key}")
    for key, knob in SCALARS.items():
        yield pytest.param(None, None, key, knob, id=key)


def with_value(section, name, key, value):
    return {key: value} if section is None else {section: {key: value} | ({"name": name} if name else {})}


@pytest.mark.parametrize("section, name, key, knob", list(every_knob()))
def test_every_setting_refuses_what_it_cannot_be(section, name, key, knob):
    wrong = [object(), float("nan"), float("inf"), 10**400]
    if knob.kind != "boolean":
        wrong += [True]
    if knob.kind not in ("text", "choice"):
        wrong += ["some text"]
    if not knob.optional:
        wrong += [None]
    if knob.low is not None and knob.kind in ("number", "integer"):
        wrong += [knob.low - 1]
    if knob.high is not None and knob.kind in ("number", "integer"):
        wrong += [knob.high * 2 + 1]
    if knob.kind == "integer":
        wrong += [1.5]
    if knob.kind in ("number", "integer", "boolean", "text"):
        wrong += [[], {}]
    if knob.kind not in ("number", "integer", "integers"):
        wrong += [5]
    for value in wrong:
        with pytest.raises(EngineError) as caught:
            complete(with_value(section, name, key, value))
        where = f"{section}.{key}" if section else key
        assert caught.value.field.startswith(where) and caught.value.expected and len(str(caught.value)) < 2000


@pytest.mark.parametrize("section, name, key, knob", list(every_knob()))
def test_every_setting_takes_its_default_and_both_ends(section, name, key, knob):
    values = [knob.default] + ([knob.low, knob.high] if knob.kind in ("number", "integer") else list(knob.choices))
    for value in values:
        if value is not None:
            full = complete(with_value(section, name, key, value))
            assert (full[section] if section else full)[key] == value


@pytest.mark.parametrize("config, field", [
    (5, "config"), ([], "config"), ("spiral", "config"), ({"data": 5}, "data"), ({"data": []}, "data"), ({"data": None}, "data"),
    ({"optimizer": None}, "optimizer"), ({"optimizer": {"name": None}}, "optimizer.name"), ({"optimizer": {"name": 5}}, "optimizer.name"),
    ({"optimizer": {"name": ["adam"]}}, "optimizer.name"), ({"regularization": 5}, "regularization"), ({"regularization": []}, "regularization"),
    ({"clip": {}}, "clip"), ({"clip": {"norm": 1, "value": 1}}, "clip"), ({"clip": 3}, "clip"), ({"clip": {"norm": 0}}, "clip.norm"),
    ({"model": {"hidden": 5}}, "model.hidden"), ({"model": {"hidden": [8, 0]}}, "model.hidden[1]"), ({"model": {"hidden": [8, "8"]}}, "model.hidden[1]"),
    ({"model": {"hidden": [1] * 101}}, "model.hidden"), ({"model": {"hidden": [8, 8], "activation": ["tanh"]}}, "model.activation"),
    ({"model": {"activation": [["tanh"], ["tanh"]]}}, "model.activation[0]"), ({"model": {"activation": None}}, "model.activation"),
    ({"model": {"hidden": [4096] * 10}}, "model"), ({"batch_size": 0}, "batch_size"), ({"seed": -1}, "seed"), ({"seed": 2**60}, "seed"),
    ({"seed": 1.5}, "seed"), ({"loss": "mse", "data": {"name": "spiral", "features": []}}, "data.features"),
    ({"loss": "binary_cross_entropy", "data": "plane"}, "loss.name"), ({"loss": "cross_entropy", "data": "diabetes"}, "loss.name"),
    ({"loss": "binary_cross_entropy", "data": "iris"}, "loss.name")], ids=str)
def test_what_cannot_be_is_refused_by_field(config, field):
    assert refused(config).field == field


def test_a_loss_that_does_not_serve_the_data_names_those_that_do():
    error = refused({"loss": "binary_cross_entropy", "data": {"name": "blobs", "classes": 5}})
    assert all(name in str(error) for name in ("cross_entropy", "hinge", "5 classes"))


def test_long_values_are_shortened_in_messages():
    for config in ({"x" * 10**6: 1}, {"optimizer": "y" * 10**6}, {"model": {"hidden": "z" * 10**6}}, {"data": {"name": "csv", "text": "1" * 3, "points": [0] * 10**5}}):
        assert len(str(refused(config))) < 2000


def test_a_list_nested_without_end_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for config in ({"model": {"hidden": deep}}, {"model": {"activation": deep}}, {"clip": deep}, {"data": {"name": "spiral", "painted": deep}}):
        refused(config)


# ---------------------------------------------------------------- completing and changing

def test_a_complete_config_is_json_and_completes_to_itself():
    for data in datasets.names():
        full = Run({"data": data}).config
        assert json.loads(json.dumps(full)) == full and complete(full) == full


@pytest.mark.parametrize("section, registry", [("optimizer", optimizers), ("schedule", schedules), ("loss", losses)], ids=["optimizer", "schedule", "loss"])
def test_every_record_round_trips_through_json(section, registry):
    for record in registry:
        full = complete({section: {"name": record.name}})
        assert full[section] == {"name": record.name, **record.defaults()} and complete(json.loads(json.dumps(full))) == full


def test_completing_changes_nothing_of_what_was_given():
    given = {"data": {"name": "spiral"}, "model": {"hidden": [3]}}
    text = json.dumps(given)
    full = Run(given).config
    full["model"]["hidden"].append(1)
    assert json.dumps(given) == text


def test_the_default_config_is_the_default_run():
    assert default_config() == Run().config == Run({}).config == Run(None).config


@pytest.mark.parametrize("hidden", [[], [8, 8], [1], [100, 3, 7]], ids=str)
@pytest.mark.parametrize("data", ["spiral", "digits", "plane"])
def test_parameter_count_says_beforehand_what_the_run_has(hidden, data):
    config = {"data": data, "model": {"name": "mlp", "hidden": hidden, "activation": "prelu"}}
    assert parameter_count(config) == Run(config).parameter_count


def test_parameter_count_of_a_network_too_large_to_build():
    assert parameter_count({"model": {"name": "mlp", "hidden": [4096] * 30}}) > 4096 ** 2 * 29


def test_a_changed_name_keeps_the_knobs_that_both_have():
    full = changed(complete({"optimizer": {"name": "momentum", "learning_rate": 0.3, "momentum": 0.5}}), {"optimizer.name": "nesterov"})
    assert complete(full)["optimizer"] == {"name": "nesterov", "learning_rate": 0.3, "momentum": 0.5}
    full = changed(full, {"optimizer.name": "adam"})
    assert complete(full)["optimizer"]["learning_rate"] == 0.3 and "momentum" not in complete(full)["optimizer"]


@pytest.mark.parametrize("start", datasets.names())
def test_every_dataset_can_be_changed_for_every_other(start):
    before = Assembly({"data": start})
    for name in datasets.names():
        after = Assembly(changed(before.config, {"data.name": name}), None, before)
        assert after.config["data"]["name"] == name and effect(before.config, after.config) in ("live", "rebuild")


@pytest.mark.parametrize("path, value, expected", [
    ("optimizer.learning_rate", 0.5, "live"), ("optimizer.name", "sgd", "live"), ("schedule.name", "cosine", "live"), ("clip.norm", 1.0, "live"),
    ("regularization.l2", 0.1, "live"), ("batch_size", 5, "live"), ("loss.name", "hinge", "live"), ("model.hidden", [3], "rebuild"),
    ("model.activation", "relu", "rebuild"), ("data.noise", 0.3, "rebuild"), ("data.painted", [[0, 0, 1]], "live"), ("precision", "float64", "rebuild"),
    ("seed", 3, "restart"), ("initializer.gain", 2.0, "restart"), ("initializer.name", "zeros", "restart"), ("batch_size", 32, "live")])
def test_a_change_says_what_it_does(path, value, expected):
    run = Run({})
    run.train(1)
    assert run.set(path, value) == expected


@pytest.mark.parametrize("changes, field", [
    ({}, "changes"), (None, "changes"), ("abc", "changes"), ({"nothing": 1}, "nothing"), ({"optimizer.nothing": 1}, "optimizer.nothing"),
    ({"batch_size.x": 1}, "batch_size.x"), ({"model.hidden.0": 1}, "model.hidden.0"), ({"clip.x": 1}, "clip.x"), ({5: 1}, "5"), ({"": 1}, ""),
    ({"loss.delta": 1}, "loss.delta"), ({"data.name": 5}, "data.name"), ({"data.name": None}, "data.name")], ids=str)
def test_changes_that_cannot_be_name_their_path(changes, field):
    run = Run({})
    with pytest.raises(EngineError) as caught:
        run._change({"set": changes})
    assert caught.value.field == field


def test_the_catalog_of_settings_holds_every_setting():
    told = describe()["settings"]
    assert set(told["scalars"]) == set(SCALARS) and set(told["clip"]) == {"norm", "value"} and set(told["regularization"]) == {"l1", "l2"}
    assert isinstance(refused({"batch_size": "x"}), BadSetting)


# ---------------------------------------------------------------- any JSON

numbers = st.one_of(st.integers(), st.integers(-3, 40), st.floats(), st.floats(0, 1), st.booleans(), st.none())
words = st.one_of(st.text(max_size=8), st.sampled_from([*activations.names(), *datasets.names(), *losses.names(), *optimizers.names(), "x1", "x2"]))
anything = st.recursive(st.one_of(numbers, words), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=3), max_leaves=8)


def section(registry, keep=lambda record: True):
    """A section that names a record and sets some of its knobs to anything."""
    def of(record):
        name = next(k for k, v in SECTIONS.items() if v is registry)
        keys = st.sampled_from(list(knobs_of(name, record.name)) or ["name"])
        return st.dictionaries(keys, st.one_of(anything, numbers), max_size=3).map(lambda knobs: {"name": record.name} | knobs)
    return st.one_of(st.sampled_from([r for r in registry if keep(r)]).flatmap(of), words, anything)


configs = st.fixed_dictionaries({}, optional={
    "data": section(datasets), "model": section(SECTIONS["model"]), "loss": section(losses), "optimizer": section(optimizers),
    "schedule": section(schedules), "initializer": section(SECTIONS["initializer"]), "regularization": anything, "clip": anything,
    "batch_size": numbers, "seed": numbers, "precision": words, "other": anything})


@given(st.one_of(configs, anything))
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_json_gives_a_run_or_an_engine_error(config):
    try:
        made = Assembly(config)
    except EngineError as error:
        json.dumps(error.as_dict())
    else:
        assert complete(made.config) == made.config and made.program.size <= 2**25


@given(st.dictionaries(st.one_of(st.sampled_from(["optimizer.learning_rate", "model.hidden", "data.name", "data", "loss", "clip", "batch_size",
                                                  "model.activation", "data.features", "schedule.name", "seed"]), st.text(max_size=12)), anything, max_size=3))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_change_gives_a_run_or_an_engine_error(changes):
    run = RUNS[0] if RUNS else RUNS.append(Run(small())) or RUNS[0]
    try:
        Assembly(changed(run.config, changes), None, run.assembly)
    except EngineError as error:
        json.dumps(error.as_dict())


RUNS = []
