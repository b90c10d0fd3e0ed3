"""What a link holds: the start, everything that was changed on the way, and how far to train, so that others have the same numbers."""
import io

import numpy as np
import pytest

import engine
from server.errors import Refused
from server.limits import Limits
from server.settings import Settings
from tests.live import Client, post, serving

CONFIG = {"data": {"name": "circle", "points": 80}, "model": {"name": "mlp", "hidden": [4]}, "batch_size": 10}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("recipe"), engine) as server:
        yield server


def weights(server, client, run):
    body = post(server.url + "/api/export/weights", X_Session=client.hello["session"], X_Run=run)[2]
    return {name: array.tobytes() for name, array in np.load(io.BytesIO(body)).items()}


def train_to(client, step):
    client.do("stop_at", step=step, loss=None, epoch=None)
    client.do("play")
    client.state(lambda state: state["step"] == step and not state["playing"])


def test_the_same_recipe_gives_the_same_numbers_to_the_bit(server):
    with Client(server.port) as one, Client(server.port) as other:
        one.hello = one.do("hello", config=CONFIG, runs=[{"label": "first"}, {"label": "fast", "changes": {"optimizer.learning_rate": 0.2}}])
        one.do("set", changes={"optimizer.learning_rate": 0.05})
        train_to(one, 20)
        one.do("edit", weight="layer1.weight", index=[0, 1], value=0.75)
        train_to(one, 31)
        one.do("edit", paint=[[0.5, 0.5, 1], [-2.0, 1.0, 0]])
        one.do("set", changes={"model.hidden": [6], "batch_size": 7})
        train_to(one, 50)
        made = one.do("recipe")
        assert made["step"] == 50 and len(made["edits"]) >= 3 and made["config"]["model"]["hidden"] == [4]
        other.hello = other.do("hello", config=made["config"], edits=made["edits"], run_to=made["step"],
                               runs=[{"label": run["label"], "changes": run["changes"]} for run in made["runs"]])
        state = other.state(lambda state: state["step"] == 50 and state["ready"])
        assert state["config"] == one.do("set", changes={"batch_size": 7})["config"]
        assert weights(server, one, "r1") == weights(server, other, "r1")


def test_edits_that_cannot_be_are_refused_by_name(server):
    with Client(server.port) as client:
        for edits, field in (([{"step": -1, "set": {"batch_size": 4}}], "step"), ([{"step": 0, "sat": {}}], "edit"), ([{"step": 0, "set": {"model.hidden": [9999]}}], "hidden")):
            error = client.ask("hello", config=CONFIG, edits=edits)["error"]
            assert field in error["field"], error
        assert not client.ask("hello", config=CONFIG, edits=[{"step": n, "set": {}} for n in range(1001)])["ok"]
        assert client.do("hello", config=CONFIG)["state"]["step"] == 0


def test_what_edits_lead_to_counts_against_the_limits():
    limits = Limits(Settings(max_painted=10, max_parameters=1000), engine.parameter_count)
    limits.edits(CONFIG, [{"step": 0, "paint": [[0, 0, 1]] * 10}])
    with pytest.raises(Refused, match="painted"):
        limits.edits(CONFIG, [{"step": n, "paint": [[0, 0, 1]] * 6} for n in range(2)])
    with pytest.raises(Refused, match="parameters"):
        limits.edits(CONFIG, [{"step": 3, "set": {"model.hidden": [400]}}])
