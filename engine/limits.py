"""What a config will cost, before anything is allocated."""
from math import prod

from . import config as settings
from .assembly import DEFAULT_LOSS, network, prepared


def default_config():
    """The config of a run that nothing was said about, complete."""
    full = settings.complete({})
    return full | {"loss": settings.complete({"loss": DEFAULT_LOSS["binary"]})["loss"]}


def parameter_count(config):
    """How many parameters the network of this config would have; nothing of their size is allocated."""
    full = settings.complete(config)
    data = prepared(full["data"], full["seed"])
    if full["loss"] is None:
        full["loss"] = {"name": DEFAULT_LOSS[data.task]}
    graph, _ = network(full, data)
    return sum(prod(p.shape) for p in graph.parameters if p.learns)
