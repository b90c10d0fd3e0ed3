"""Overfitting: the loss on the test examples rises while that on the training examples still falls."""
from ..figures import figure
from ..registry import Rule
from ._situation import LEAST, Finding

RISE = 1.25                              # times its lowest


def look(situation):
    test, steps = situation.column("loss_test")
    train, _ = situation.column("loss_train")
    if len(test) < LEAST or len(train) < LEAST or situation.run.divergence:
        return None
    at = int(test.argmin())
    now = float(test[-3:].mean())
    after = train[min(at, len(train) - 1)]
    if at > 0.8 * len(test) or now < RISE * test[at] + 0.02 or train[-1] > 0.95 * after:
        return None
    l2 = situation.config["regularization"]["l2"]
    remedies = [Finding.remedy("Hold the weights back (L2)", regularization__l2=max(0.001, min(1.0, l2 * 3)))]
    if "points" in situation.config["data"]:
        points = situation.config["data"]["points"]
        remedies.append(Finding.remedy("Twice as many examples", data__points=min(2000, points * 2)))
    return Finding(f"Since step {steps[at]:,.0f} the loss on the test examples rose from {figure(test[at])} to {figure(now)}, while that on the "
                   f"training examples fell from {figure(after)} to {figure(train[-1])}.", tuple(remedies))


RECORD = Rule("overfitting", "It learns its examples by heart.", formula=r"L_{\text{test}} > 1.25\,\min L_{\text{test}} \;\text{ while } L_{\text{train}} \text{ falls}", source="L. Prechelt, 1998",
              look=look, rank=4)
