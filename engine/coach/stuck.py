"""The loss is stuck on a level that is not good: more neurons, another layer, or larger steps."""
from ..figures import figure
from ..registry import Rule
from ._situation import Finding

LEVEL, STEPS = 0.01, 300                 # share by which it must have moved; fewer steps say nothing


def look(situation):
    halves, (_, steps) = situation.halves("loss_train"), situation.column("loss_train")
    if halves is None or steps[-1] - steps[0] < STEPS or situation.run.divergence:
        return None
    scores, _ = situation.column("score_train")
    older, newer = halves
    if not len(scores) or scores[-1] >= 0.9 or abs(older - newer) > LEVEL * older:
        return None
    model = situation.config["model"]
    remedies = []
    if isinstance(model.get("hidden"), list):
        hidden = model["hidden"]
        wider = [min(64, 2 * width) for width in hidden] or [8]
        remedies = [Finding.remedy("Twice as many neurons" if hidden else "A hidden layer", model__hidden=wider)]
        if hidden and isinstance(model.get("activation"), str):
            remedies.append(Finding.remedy("One more layer", model__hidden=[*hidden, hidden[-1]]))
    remedies.append(Finding.remedy("Three times the learning rate", optimizer__learning_rate=min(10.0, situation.rate * 3)))
    word = "R²" if situation.run.data.task == "regression" else "right"
    score = f"{scores[-1]:.2f}" if word == "R²" else f"{100 * scores[-1]:.0f} %"
    return Finding(f"The loss has stayed between {figure(min(older, newer))} and {figure(max(older, newer))} for {steps[-1] * 2 // 3:,.0f} steps, with "
                   f"{word + ' ' + score if word == 'R²' else score + ' ' + word} in training.", tuple(remedies))


RECORD = Rule("stuck", "The loss is stuck.", formula=r"|L_{\text{older}} - L_{\text{newer}}| < 0.01\,L_{\text{older}}", source="L. Prechelt, 1998 (progress over a strip of steps)",
              look=look, rank=5,
              symptom_of=("not_finite", "rate_too_high", "rate_too_low", "vanishing", "exploding", "dead", "saturated"))
