"""The coach: what the rules of thumb say of a run at this moment, the most urgent first."""
from .coach._situation import Situation
from .registry import rules


def advise(run, curves=None):
    """What every rule found, as plain data: [{rule, title, evidence, remedies: [{label, changes, rewind}]}].

    curves    {name: values}, the samples of the probe `curves` so far, oldest first; without them nothing is said of
              how training goes, only of how it stands
    """
    situation = Situation(run, curves or {})
    found = {rule.name: (rule, finding) for rule in sorted(rules, key=lambda rule: (rule.rank, rule.name))
             if (finding := rule.look(situation))}
    return [{"rule": name, "title": rule.sentence, "evidence": finding.evidence, "remedies": list(finding.remedies)}
            for name, (rule, finding) in found.items() if not found.keys() & rule.symptom_of]
