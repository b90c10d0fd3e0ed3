"""How well each of several domains is done, now and at the moments that the run's history keeps: what is learned, what forgotten."""
import numpy as np

from ..errors import BadSetting
from ..measure import Predictor, predicted_class
from ..registry import Probe
from ._history import earlier


def needs(run):
    """Errors: BadSetting without domains to tell apart."""
    if not run.data.domains or run.data.task == "regression":
        raise BadSetting("probe", "data of several domains", repr(run.config["data"]["name"]), "Take the data set two_domains.")
    if len(set(run.data.test_domains.tolist())) < len(run.data.domains):
        raise BadSetting("probe", "test rows of every domain", "none of some", "Raise data.test_share.")


def measure(run, options):
    """Over the test rows of each domain: `accuracy`, `loss` float32 (D,), `rows_train` int32 (D,) how many it is trained on.

    `steps` int32 (F,) and `accuracy_then` float32 (F, D) of the keyframes, the present last;  `forgetting` float32 (D,): the best
    accuracy there was less that of now (Chaudhry and others, 2018).  meta domains, trained_on.
    """
    data, made = run.data, run.assembly
    rows = [np.flatnonzero(data.test_domains == k) for k in range(len(data.domains))]
    before = earlier(run)
    then = [_accuracies(Predictor(made), memory, made, data, rows) for memory in (*before, run)]
    loss = [run.measured_loss(np.ascontiguousarray(made.x_test[some]), np.ascontiguousarray(made.y_test[some])) for some in rows]
    return {"accuracy": np.array(then[-1], np.float32), "loss": np.array(loss, np.float32),
            "rows_train": np.array([(data.train_domains == k).sum() for k in range(len(rows))], np.int32),
            "steps": np.array([*(frame.step for frame in before), run.step], np.int32), "accuracy_then": np.array(then, np.float32),
            "forgetting": (np.max(then, axis=0) - then[-1]).astype(np.float32), "domains": list(data.domains),
            "trained_on": run.config["data"].get("domain"), "replay": run.config["data"].get("replay")}


def _accuracies(predictor, memory, made, data, rows):
    said = predicted_class(predictor.outputs(memory, made.x_test)["output"])
    return [float((said[some] == data.y_test[some]).mean()) for some in rows]


RECORD = Probe("domains", "How well each domain is done now and was done before: what is forgotten.", needs=needs, measure=measure)
