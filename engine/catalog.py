"""The catalog: everything there is, as plain data, from which menus, sliders, tooltips, validation and docs are made."""
from . import config, features
from .data import settings_of, thumbnail
from .registry import REGISTRIES, datasets


def describe():
    """All records of all kinds, and the settings that belong to none of them, as JSON-ready data.

    {"activations": [...], "losses": [...], ..., "settings": {"regularization", "clip", "scalars", "name_effects"},
    "features": [...]}
    """
    found = {name: registry.describe() for name, registry in REGISTRIES.items()}
    found["datasets"] = [record.describe() | {"knobs": {k: v.describe() for k, v in settings_of(record.name).items()},
                                              "thumbnail": thumbnail(record.name)} for record in datasets]
    return found | {"settings": config.describe(), "features": features.describe()}
