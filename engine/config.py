"""Settings: one nested dict of plain values says what a run is; here it is completed, checked and changed by path.

Every section names a record; its other keys are that record's knobs.  `clip` is None, {"norm": c} or {"value": c};
`early_stopping` is None or {"patience": epochs, "least": gain}; `regularization` and `augmentation` are plain dicts of knobs.
"""
from copy import deepcopy

from . import augmentation, checkpointing, early_stopping
from .data import settings_of
from .errors import BadSetting, EngineError, UnknownName, quoted
from .knob import Knob, check_knobs
from .registry import datasets, initializers, losses, models, optimizers, schedules

SECTIONS = {"data": datasets, "model": models, "loss": losses, "optimizer": optimizers, "schedule": schedules,
            "initializer": initializers}

REGULARIZATION = {
    "l1": Knob(0.0, 0.0, 10.0, scale="log", title="L1", symbol="λ₁",
               help="Pulls every weight towards zero with the same force, so that many end at exactly zero: λ₁ Σ|w|."),
    "l2": Knob(0.0, 0.0, 10.0, scale="log", title="L2", symbol="λ₂",
               help="Pulls every weight towards zero, large ones more: ½ λ₂ Σ w²."),
}
PLAIN = {"regularization": REGULARIZATION, "augmentation": augmentation.KNOBS}
CLIP = {
    "norm": Knob(1.0, 1e-6, 1e6, scale="log", title="Clip by norm", symbol="c",
                 help="Shortens the gradient of all parameters together where it is longer than this."),
    "value": Knob(0.5, 1e-6, 1e6, scale="log", title="Clip by value", symbol="c",
                  help="Keeps every number of the gradient between minus this and this."),
}
SCALARS = {
    "batch_size": Knob(32, 1, 65536, kind="integer", scale="log", title="Batch size",
                       help="How many examples are averaged for one step; more than there are means all of them."),
    "seed": Knob(0, 0, 2**53, kind="integer", effect="restart", title="Seed",
                 help="The number from which all randomness follows: the same seed gives the same run, to the bit."),
    "precision": Knob("float32", kind="choice", choices=("float32", "float64"), effect="rebuild", title="Precision",
                      help="How many bits a number has: float32 trains faster, float64 is for checking."),
    "checkpoint_segments": checkpointing.KNOB,
}
DEFAULTS = {"data": {"name": "spiral"}, "model": {}, "loss": None,
            "optimizer": {"name": "adam", "learning_rate": 0.01}, "schedule": {"name": "constant"},
            "regularization": {}, "clip": None, "augmentation": {}, "early_stopping": None, "initializer": {"name": "xavier_uniform"}}
# What a change does to a run in training; a knob says it for itself, a name for its whole section.
NAME_EFFECTS = {"data": "rebuild", "model": "rebuild", "initializer": "restart"}
STRENGTH = {"live": 0, "rebuild": 1, "restart": 2}
OWN = {"name": "own"}                    # the data section of a run on a person's own arrays


def knobs_of(section, name, where=None):
    """All knobs of a section when it names this record."""
    if section == "data":
        datasets.get(name, where or "data.name")
        return settings_of(name)
    return SECTIONS[section].get(name, where or f"{section}.name").knobs


def complete(config, own_data=False):
    """A config with every setting in it, checked; the loss stays None where it follows from the data.

    Errors: UnknownName for an unknown section, name or knob, BadSetting for a wrong type or range.
    """
    config = {} if config is None else config
    if not isinstance(config, dict):
        raise BadSetting("config", "a dict of settings", type(config).__name__)
    known = (*DEFAULTS, *SCALARS)
    for key in config:
        if key not in known:
            raise UnknownName(str(key), "a setting", key, known)
    full = {}
    for section in DEFAULTS:
        given = config.get(section, DEFAULTS[section])
        if section in PLAIN:
            full[section] = check_knobs(PLAIN[section], as_dict({} if given is None else given, section), section)
        elif section == "early_stopping":
            full[section] = None if given is None else check_knobs(early_stopping.KNOBS, as_dict(given, section), section)
        elif section == "clip":
            full[section] = _clip(given)
        elif section == "data" and own_data:
            full[section] = dict(OWN)
        elif section == "loss" and given is None:
            full[section] = None
        else:
            full[section] = _section(section, given, _usual(section, full))
    for key, knob in SCALARS.items():
        full[key] = knob.check(config.get(key, knob.default), key)
    return full


def as_dict(value, where):
    """The value, if it is a dict.  Errors: BadSetting."""
    if not isinstance(value, dict):
        raise BadSetting(where, "a dict of settings", quoted(value))
    return value


def _usual(section, full):
    """The name of what is taken where nobody names one; for the model that depends on the data."""
    if section == "model":
        return "mlp" if full["data"] == OWN else datasets.get(full["data"]["name"], "data.name").model
    return (DEFAULTS[section] or {}).get("name")


def _section(section, given, usual):
    given = {"name": given} if isinstance(given, str) else as_dict(given, section)
    name = given.get("name", usual)
    knobs = knobs_of(section, name)
    values = check_knobs(knobs, {k: v for k, v in given.items() if k != "name"}, section)
    return {"name": SECTIONS[section].get(name, f"{section}.name").name, **values}


def _clip(given):
    if given is None:
        return None
    given = as_dict(given, "clip")
    if len(given) != 1:
        raise BadSetting("clip", 'null, {"norm": c} or {"value": c}', given)
    return {name: value for name, value in check_knobs(CLIP, given, "clip").items() if name in given}


def changed(config, changes):
    """A new, complete config with the changes made; a changed name keeps the knobs that the new record has too."""
    if not isinstance(changes, dict) or not changes:
        raise BadSetting("changes", "a dict of paths and values", quoted(changes))
    new = deepcopy(config)
    # names first, so that a knob of the new record can be set in the same call
    for path, value in sorted(changes.items(), key=lambda item: not str(item[0]).endswith(".name")):
        _assign(new, str(path), value)
    if "data.name" in changes or "data" in changes:
        for section in ("model", "loss"):    # the assembly keeps them where they serve the new data, and else chooses
            if section not in changes and f"{section}.name" not in changes:
                new.pop(section)
    return new


def _assign(config, path, value):
    section, _, key = path.partition(".")
    if section not in config:
        raise UnknownName(path, "a setting", section, config)
    if not key:
        config[section] = {"name": value} if section in SECTIONS and isinstance(value, str) else value
    elif section == "early_stopping":
        config[section] = {**_settings(config, section), key: value}
    elif section == "clip":
        config[section] = None if value is None else {key: value}
    elif section in SCALARS:
        raise UnknownName(path, "a setting", path, SCALARS)
    elif key == "name":
        if config["data"] == OWN and section == "data":
            raise BadSetting("data.name", "no change (the run is on its own arrays)", quoted(value))
        knobs = knobs_of(section, value, path)
        kept = {k: v for k, v in _settings(config, section).items() if k in knobs and _fits(knobs[k], v)}
        config[section] = (_portable(kept) if section == "data" else kept) | {"name": value}
    else:
        settings = _settings(config, section)
        known = PLAIN[section] if section in PLAIN else knobs_of(section, settings.get("name"))
        if key not in known:
            raise UnknownName(path, "a setting", key, known)
        config[section] = {**settings, key: value}


def _settings(config, section):
    """A section's settings; the same call may have set it to anything before."""
    return as_dict({} if config[section] is None else config[section], section)


def _fits(knob, value):
    try:
        knob.check(value, "")
    except EngineError:
        return False
    return True


def _portable(settings):
    """What a change of the data set keeps: painted points, erased rows and features belong to the old one."""
    return {k: v for k, v in settings.items() if k in ("noise", "points", "test_share", "seed")}


def effect(before, after):
    """What going from one complete config to another does: "live", "rebuild" or "restart"."""
    strongest = "live"
    for section, value in after.items():
        if value == before[section]:
            continue
        if section in SCALARS:
            found = [SCALARS[section].effect]
        elif section in (*PLAIN, "clip", "early_stopping") or before[section] is None or value is None:
            found = ["live"]
        elif value["name"] != before[section]["name"]:
            found = [NAME_EFFECTS.get(section, "live")]
        elif value == OWN:
            found = ["live"]
        else:
            base = NAME_EFFECTS.get(section, "live") if section == "initializer" else "live"
            knobs = knobs_of(section, value["name"])
            found = [max(base, knobs[k].effect, key=STRENGTH.get) for k in knobs if value.get(k) != before[section].get(k)]
        strongest = max([strongest, *found], key=STRENGTH.get)
    return strongest


def describe():
    """The settings that belong to no record, as plain data."""
    return {**{section: {k: v.describe() for k, v in knobs.items()} for section, knobs in PLAIN.items()},
            "early_stopping": {k: v.describe() for k, v in early_stopping.KNOBS.items()},
            "clip": {k: v.describe() for k, v in CLIP.items()},
            "scalars": {k: v.describe() for k, v in SCALARS.items()},
            "name_effects": {section: NAME_EFFECTS.get(section, "live") for section in SECTIONS}}
