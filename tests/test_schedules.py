"""Every schedule: its formula, PyTorch step by step, its end points, and that it never leaves its range."""
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Run
from engine.registry import schedules

from .kernels import both, check_record, kinds, need_torch, run_kernel, torch_source
from .reference import SCHEDULES

every = kinds(schedules)
BASE = 0.4
# Short enough that a test sees the end and what comes after it.
SHORT = {"step_decay": {"every": 7, "gamma": 0.5}, "exponential": {"gamma": 0.95}, "linear_warmup": {"steps": 13},
         "linear_decay": {"steps": 17, "end_factor": 0.1}, "cosine": {"steps": 19, "eta_min": 0.03},
         "warmup_cosine": {"warmup": 5, "steps": 23, "end_factor": 0.1}, "cyclic": {"steps_up": 6, "low_factor": 0.2},
         "one_cycle": {"steps": 30, "final_div_factor": 100.0},
         "reduce_on_plateau": {"patience": 3, "factor": 0.5, "threshold": 0.01, "min_lr": 0.02}}


def losses(steps=80):
    """Falling, then flat with noise, then lost."""
    generator = np.random.default_rng(2)
    falling = np.exp(-np.arange(steps) / 8) + 0.3 + generator.normal(0, 0.002, steps)
    return np.where(np.arange(steps) > steps - 6, np.nan, falling).astype("float32").astype(float)


def rates(record, steps, precision="float64", base=BASE, changed=None, loss=None):
    """The rate of each step."""
    knobs = (base, *(record.defaults() | (changed or {})).values())
    loss = losses(steps) if loss is None else loss
    memory, found = np.zeros(max(1, record.slots)), []
    for step in range(steps):
        rate, _, memory = run_kernel(record.rate, precision, [np.zeros(1), loss[step:step + 1], memory], knobs, step=step)
        assert rate.dtype == precision
        found.append(rate[0])
    return np.array(found)


def torch_rates(record, steps, changed=None, loss=None, scheduler=None):
    torch = need_torch()
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)
    scheduler = scheduler(torch, optimizer) if scheduler else \
        torch_source(record, changed, optimizer=optimizer, learning_rate=repr(BASE))
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([loss[step]] if record.slots else []))
    return np.array(found)


def get(name):
    return schedules.get(name, "schedule")


@every
def test_says_what_it_is(record):
    check_record(record)
    assert record.name in SCHEDULES, f"tests/reference.py has no {record.name}"
    assert "learning_rate" not in record.knobs


@every
@both
def test_rates_are_the_formula(record, precision):
    for changed in (SHORT.get(record.name), None):
        loss = losses()
        knobs = (record.defaults() | (changed or {})).values()
        np.testing.assert_allclose(rates(record, 80, precision, changed=changed),
                                   SCHEDULES[record.name](80, loss, BASE, *knobs),
                                   rtol=1e-6 if precision == "float32" else 1e-12, atol=1e-15)


@every
@both
def test_same_as_pytorch_step_by_step(record, precision):
    for changed in (SHORT.get(record.name), None):
        np.testing.assert_allclose(rates(record, 80, precision, changed=changed),
                                   torch_rates(record, 80, changed, losses()),
                                   rtol=1e-4 if precision == "float32" else 1e-9, atol=1e-12)


@pytest.mark.parametrize("pct_start, steps", [(0.3, 30), (0.5, 41), (0.25, 12)])
def test_one_cycle_is_pytorchs_one_cycle(pct_start, steps):
    """The record's PyTorch text is a formula, because OneCycleLR cannot go on after its end; up to there they agree."""
    def scheduler(torch, optimizer):
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=BASE, total_steps=steps + 1, pct_start=pct_start,
                                                   cycle_momentum=False)
    theirs = torch_rates(get("one_cycle"), steps, scheduler=scheduler)
    ours = rates(get("one_cycle"), steps, changed={"steps": steps + 1, "pct_start": pct_start})
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@every
def test_all_of_it_scales_with_the_base_rate(record):
    changed = {k: v for k, v in SHORT.get(record.name, {}).items() if k not in ("eta_min", "min_lr")}
    np.testing.assert_allclose(rates(record, 40, base=2 * BASE, changed=changed), 2 * rates(record, 40, changed=changed))


@pytest.mark.parametrize("name, points", [
    ("constant", {0: 1, 79: 1}),
    ("step_decay", {0: 1, 6: 1, 7: 0.5, 13: 0.5, 14: 0.25}),
    ("exponential", {0: 1, 1: 0.95, 2: 0.95**2}),
    ("linear_warmup", {0: 1 / 3, 13: 1, 79: 1}),
    ("linear_decay", {0: 1, 17: 0.1, 79: 0.1}),
    ("cosine", {0: 1, 19: 0.03 / BASE, 38: 1}),
    ("warmup_cosine", {0: 1 / 6, 4: 5 / 6, 5: 1, 23: 0.1, 79: 0.1}),
    ("cyclic", {0: 0.2, 6: 1, 12: 0.2, 18: 1}),
    ("one_cycle", {0: 1 / 25, 8: 1, 29: 1 / 2500, 79: 1 / 2500}),
    ("reduce_on_plateau", {0: 1, 79: 0.02 / BASE})])
def test_end_points(name, points):
    found = rates(get(name), 80, changed=SHORT.get(name))
    for step, share in points.items():
        assert found[step] == pytest.approx(BASE * share), step


def test_every_schedule_has_its_end_points_tested():
    mark = next(m for m in test_end_points.pytestmark if m.name == "parametrize")
    assert {name for name, _ in mark.args[1]} == set(schedules.names())


def test_plateau_waits_for_its_patience():
    """A loss that never improves: the first counts as best, then patience + 1 bad ones, then the drop."""
    found = rates(get("reduce_on_plateau"), 20, changed={"patience": 4, "factor": 0.5}, loss=np.ones(20))
    assert found.tolist() == [BASE] * 6 + [BASE / 2] * 5 + [BASE / 4] * 5 + [BASE / 8] * 4


def test_plateau_leaves_a_falling_loss_alone():
    found = rates(get("reduce_on_plateau"), 60, loss=np.exp(-np.arange(60) / 10))
    assert (found == BASE).all()


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(schedules.names()), st.floats(1e-6, 10), st.integers(0, 10**7), st.data())
def test_rates_stay_between_zero_and_the_base(name, base, step, data):
    """Whatever the settings within their ranges, at whatever step."""
    record, knobs = get(name), []
    for key, knob in record.knobs.items():
        high = min(knob.high, base) if key in ("eta_min", "min_lr") else knob.high
        knobs.append(data.draw(st.integers(knob.low, knob.high) if knob.kind == "integer" else st.floats(knob.low, high)))
    for precision in ("float64", "float32"):
        rate = run_kernel(record.rate, precision, [np.zeros(1), np.ones(1), np.zeros(max(1, record.slots))],
                          (base, *knobs), step=step)[0][0]
        assert math.isfinite(rate) and -1e-12 * base <= rate <= base * (1 + 1e-6)


# ---------------------------------------------------------------- the plan that is drawn before

@pytest.mark.parametrize("name", [record.name for record in schedules if record.slots == 0])
def test_the_plan_is_the_rate_the_run_then_has(name):
    run = Run({"data": {"name": "iris"}, "schedule": {"name": name}, "optimizer": {"name": "sgd", "learning_rate": 0.01}})
    plan = run.probe("schedule", {"last": 300, "points": 4000})
    assert plan["known"] and plan["step"].tolist() == list(range(301)) and plan["last"] == 300
    for step in (0, 1, 60, 150, 299):
        run.train(step + 1 - run.step)
        assert run.probe("curves")["learning_rate"] == pytest.approx(plan["rate"][step], rel=1e-6)


def test_a_plan_shows_all_a_schedule_speaks_of_and_says_where_nothing_is_known():
    def last(**schedule):
        return Run({"data": {"name": "iris"}, "schedule": schedule}).probe("schedule")["last"]
    assert 2000 < last(name="linear_decay") < 3000 and 800 < last(name="warmup_cosine", steps=800) < 1200      # those that end
    assert last(name="cosine") == 8000 and last(name="cyclic", steps_up=100) == 400                            # those that go round
    plateau = Run({"data": {"name": "iris"}, "schedule": "reduce_on_plateau"}).probe("schedule")
    assert not plateau["known"] and (plateau["rate"] == np.float32(plateau["base"])).all()
