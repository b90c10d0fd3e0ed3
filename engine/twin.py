"""Twins: runs from one start, with one seed and the same edits at the same steps, that differ in a few settings.

What makes a twin different stays different: where an edit sets the same setting, the twin keeps its own.
"""
from . import config as settings
from .assembly import DEFAULT_LOSS, network, prepared
from .edits import apply_edit, kind_of
from .errors import EngineError


def after(config, changes=None):
    """The complete, checked config that dotted changes lead to, with the loss and the model a run of it would have.

    Errors: as config.complete() and config.changed().
    """
    return config_with(_settled(settings.complete(config)), changes)


def config_with(config, changes):
    """A complete config with the changes {path: value} made.  Errors: EngineError, naming the path that cannot be."""
    if not changes:
        return config
    made = settings.changed(config, changes)
    return _settled(settings.complete(made, own_data=config["data"] == settings.OWN), made, config)


def _settled(full, made=None, before=None):
    """With other data, loss and model stay where they serve it, and are the usual ones else, as it would be in a run."""
    if full["loss"] is None:
        task = prepared(full["data"], full["seed"]).task
        stays = before and before["loss"] is not None and prepared(before["data"], before["seed"]).task == task
        full["loss"] = before["loss"] if stays else settings.complete({"loss": DEFAULT_LOSS[task]})["loss"]
    if before and "model" not in made:
        kept = full | {"model": before["model"]}
        try:
            network(kept, prepared(full["data"], full["seed"]))
            return kept
        except EngineError:
            pass
    return full


def difference(before, after):
    """The changes {path: value} that lead from one complete config to another; a section of another name comes whole."""
    found = {}
    for section, value in after.items():
        old = before.get(section)
        if value == old:
            continue
        if isinstance(value, dict) and isinstance(old, dict) and value.get("name") == old.get("name") \
                and value.keys() == old.keys():
            found |= {f"{section}.{key}": item for key, item in value.items() if item != old[key]}
        else:
            found[section] = value
    if "data" in found:
        found["loss"] = after["loss"]            # with other data the loss would follow, unless it is said
    return found


def recipe_with(recipe, changes):
    """The recipe of a run's twin: its start and all its edits, with the changes made from the start on."""
    lead = _Settings(recipe["config"])
    start = now = config_with(lead.config, changes)
    edits = []
    for edit in recipe["edits"]:
        if kind_of(edit) == "weight":
            if _has(now, edit):
                edits.append(edit)
            continue
        apply_edit(lead, edit)
        before, now = now, config_with(lead.config, changes)
        steps = difference(before, now)
        if steps:
            edits.append({"step": edit["step"], "set": steps})
    return {"config": start, "edits": edits}


class _Settings:
    """The settings of a run on their way through its edits, without its memory."""

    def __init__(self, config):
        self.config = config

    @property
    def data(self):
        return prepared(self.config["data"], self.config["seed"])

    def _exchange(self, config):
        self.config = _settled(settings.complete(config, own_data=self.config["data"] == settings.OWN), config, self.config)


def _has(config, edit):
    """Whether the network of this config has the weight of an edit; a run on its own arrays has one network only."""
    if config["data"] == settings.OWN:
        return True
    graph, _ = network(config, prepared(config["data"], config["seed"]))
    shape = next((p.shape for p in graph.parameters if p.name == edit["weight"]), None)
    index = edit.get("index") or []
    return shape is not None and len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True))
