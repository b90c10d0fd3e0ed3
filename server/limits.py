"""How much one may ask for: how often, how large a network, how many points; checked before anything is allocated."""
import time

from .errors import Refused

LAYERS, WIDTH = 64, 4096


class Bucket:
    """So many a second, and a few more at once."""

    def __init__(self, rate, burst, clock=time.monotonic):
        self.rate, self.burst, self.clock = rate, burst, clock
        self.tokens, self.at = float(burst), clock()

    def take(self):
        """Whether one more is allowed now."""
        now = self.clock()
        self.tokens, self.at = min(self.burst, self.tokens + (now - self.at) * self.rate), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def wait(self):
        """Seconds until one more is allowed."""
        return max(0.0, (1 - self.tokens) / self.rate)


class Limits:
    """What a session may ask for.

    count   parameter_count(config) of the engine, which allocates nothing of the network's size
    """

    def __init__(self, settings, count):
        self.settings, self.count = settings, count

    def steps(self, field, steps, runs=1):
        """Steps of one command, each made by so many runs."""
        most = self.settings.max_steps // runs
        if steps > most:
            together = f" with {runs} runs" if runs > 1 else ""
            raise Refused(field, f"at most {most:,} steps in one command{together}", f"{steps:,}",
                          "Press play and stop at a step instead.")

    def painted(self, count):
        """Points painted by hand."""
        most = self.settings.max_painted
        if count > most:
            raise Refused("data.painted", f"at most {most:,} painted points", f"{count:,}")

    def config(self, config):
        """A whole setting; what is simply wrong in it, the engine says better.  Gives (parameters, points)."""
        if not isinstance(config, dict):
            return 0, 0
        model, data = config.get("model"), config.get("data")
        hidden = model.get("hidden") if isinstance(model, dict) else None
        if isinstance(hidden, list):
            if len(hidden) > LAYERS:
                raise Refused("model.hidden", f"at most {LAYERS} layers", len(hidden))
            wide = [units for units in hidden if isinstance(units, (int, float)) and units > WIDTH]
            if wide:
                raise Refused("model.hidden", f"at most {WIDTH:,} units in a layer", wide[0])
        points = 0
        if isinstance(data, dict):
            points, most = data.get("points"), self.settings.max_points
            if isinstance(points, (int, float)) and points > most:
                raise Refused("data.points", f"at most {most:,} points", f"{points:,}")
            painted = data.get("painted")
            self.painted(len(painted) if isinstance(painted, list) else 0)
        try:
            count, most = self.count(config), self.settings.max_parameters
        except ValueError:                 # the engine refuses it too, or takes its own small model for new data
            return 0, points if isinstance(points, (int, float)) else 0
        if count > most:
            raise Refused("model", f"at most {most:,} parameters", f"{count:,}", "Make the layers smaller or fewer.")
        return count, points if isinstance(points, (int, float)) else 0

    def edits(self, config, edits):
        """What changes on the way may make of a setting."""
        painted = len((config.get("data") or {}).get("painted") or ()) if isinstance(config, dict) and isinstance(config.get("data"), dict) else 0
        for edit in edits:
            if isinstance(paint := edit.get("paint"), list):
                self.painted(painted := painted + len(paint))
            if isinstance(changes := edit.get("set"), dict) and isinstance(config, dict) and (larger := merged(config, changes)):
                self.config(config := larger)

    def all(self, configs):
        """The settings of all runs of a session, which together may be as large as one."""
        parameters, points = map(sum, zip(*[self.config(config) for config in configs], strict=True))
        for field, what, found, most in (("model", "parameters", parameters, self.settings.max_parameters),
                                         ("data.points", "points", points, self.settings.max_points)):
            if found > most:
                raise Refused(field, f"at most {most:,} {what} in all {len(configs)} runs together", f"{found:,}",
                              "Take runs away, or make them smaller.")


class NoLimits:
    """For tests and notebooks."""

    def steps(self, field, steps, runs=1):
        """Any number."""

    def painted(self, count):
        """Any number."""

    def config(self, config):
        """Any setting."""

    def edits(self, config, edits):
        """Any changes."""

    def all(self, configs):
        """Any settings."""


def merged(config, changes):
    """The config that dotted changes lead to, as far as the size of things goes; None where they do not touch it."""
    if not any(path.partition(".")[0] in ("model", "data") for path in changes):
        return None
    new = dict(config)
    for path, value in sorted(changes.items(), key=lambda item: not item[0].endswith(".name")):
        section, _, key = path.partition(".")
        if not key:
            new[section] = value
        elif key == "name" and value != (new.get(section) or {}).get("name"):
            new[section] = {"name": value}
        elif isinstance(new.get(section), dict):
            new[section] = {**new[section], key: value}
    if ("data" in changes or "data.name" in changes) and not {"loss", "loss.name"} & changes.keys():
        new["loss"] = None                     # the engine chooses the one that serves the new task
    return new
