"""Turns: one thread at a time, fair in the round, urgent first, asleep until woken; nothing here is timed."""

import threading

from server import scheduler as module
from server.scheduler import Scheduler
from tests.fakes import Clock


class Job:
    weight = 1.0

    def __init__(self, delay=0, name=""):
        self.turns, self.delay, self.name, self.seconds = 0, delay, name, []
        self.inside, self.overlaps, self.worked, self.speed = 0, 0, 0.0, 0.0
        self.after = None

    def turn(self, seconds):
        self.inside += 1
        self.overlaps += self.inside > 1
        self.turns += 1
        self.seconds.append(seconds)
        self.worked += self.speed * seconds
        if self.after:
            self.after(self)
        self.inside -= 1
        return self.delay


def by_hand(*jobs, clock=None):
    """A scheduler without threads, worked by `turn`."""
    scheduler = Scheduler(2, clock or Clock())
    for job in jobs:
        scheduler.add(job)
    return scheduler


def take(scheduler):
    with scheduler._changed:
        return scheduler._take()


def turn(scheduler):
    place, seconds = take(scheduler)
    if place is None:
        return None
    worked = place.job.worked
    delay = place.job.turn(seconds)
    with scheduler._changed:
        scheduler._end(place, delay, place.job.worked - worked, seconds)
    return place.job


def test_the_round_is_fair():
    jobs = [Job() for _ in range(7)]
    scheduler = by_hand(*jobs)
    for job in jobs:
        scheduler.wake(job)
    assert [turn(scheduler) for _ in range(21)] == jobs * 3


def test_the_urgent_comes_first_keeps_its_place_and_wins_no_extra_turns_in_the_round():
    jobs = [Job(name=str(n)) for n in range(4)]
    scheduler = by_hand(*jobs)
    for job in jobs:
        scheduler.wake(job)
    scheduler.wake(jobs[2], urgent=True)
    order = [turn(scheduler) for _ in range(9)]
    assert order == [jobs[2], *jobs, *jobs]
    assert jobs[2].seconds[0] == module.URGENT, "a short turn while others wait"
    assert len(scheduler._ready) == 4


def test_sleeping_jobs_are_woken_once():
    job = Job(delay=None)
    scheduler = by_hand(job)
    assert turn(scheduler) is None
    scheduler.wake(job)
    scheduler.wake(job)
    assert turn(scheduler) is job and turn(scheduler) is None


def test_a_wake_during_the_turn_is_not_lost():
    job = Job(delay=None)
    scheduler = by_hand(job)
    job.after = lambda job: job.turns == 1 and scheduler.wake(job, urgent=True)
    scheduler.wake(job)
    assert turn(scheduler) is job and turn(scheduler) is job and turn(scheduler) is None


def test_later_is_later_and_a_wake_comes_before():
    clock, job = Clock(), Job(delay=2.0)
    scheduler = by_hand(job, clock=clock)
    scheduler.wake(job)
    assert turn(scheduler) is job
    place, wait = take(scheduler)
    assert place is None and wait == 2.0
    clock.now += 2.0
    assert turn(scheduler) is job
    scheduler.wake(job)
    assert turn(scheduler) is job
    assert turn(scheduler) is None, "the older appointment does not count any more"


def test_slices_shrink_with_the_crowd():
    few, many = by_hand(Job()), by_hand(*[Job() for _ in range(400)])
    for scheduler in (few, many):
        for job in list(scheduler._places):
            scheduler.wake(job)
    assert take(few)[1] == module.LONGEST
    assert take(many)[1] == module.SHORTEST


def test_whoever_was_interrupted_gets_more_until_all_have_worked_alike():
    jobs = [Job() for _ in range(6)]
    scheduler = by_hand(*jobs)
    for number, job in enumerate(jobs):
        job.speed = 0.6 + 0.1 * number               # the share of its slices in which it has a processor
        scheduler.wake(job)
    for _ in range(6 * 300):
        turn(scheduler)
    worked = [job.worked for job in jobs]
    assert min(worked) > 0.97 * max(worked) and {job.turns for job in jobs} == {300}


def test_answers_between_the_turns_win_no_work():
    jobs = [Job() for _ in range(6)]
    scheduler = by_hand(*jobs)
    for job in jobs:
        job.speed = 1.0
        scheduler.wake(job)
    for _ in range(6 * 300):
        scheduler.wake(jobs[2], urgent=True)
        turn(scheduler), turn(scheduler)
    assert jobs[2].turns > 1.5 * jobs[0].turns and jobs[2].worked < 1.1 * jobs[0].worked


def test_who_slept_long_is_owed_nothing():
    early, late = Job(), Job()
    scheduler = by_hand(early, late, Job())
    for job in scheduler._places:
        job.speed = 1.0
        if job is not late:
            scheduler.wake(job)
    for _ in range(1000):
        turn(scheduler)
    scheduler.wake(late)
    before = early.worked
    for _ in range(300):
        turn(scheduler)
    assert late.worked < 1.1 * (early.worked - before)


def test_what_turns_do_beside_their_work_shortens_the_slices():
    jobs = [Job() for _ in range(50)]
    scheduler = by_hand(*jobs)
    for job in jobs:
        scheduler.wake(job)
    before, scheduler._beside = take(scheduler)[1], 0.001
    assert take(scheduler)[1] < before - 0.0009


def test_a_job_nobody_looks_at_gets_less_while_others_wait_and_all_when_alone():
    hidden, other = Job(), Job()
    hidden.weight = 0.25
    scheduler = by_hand(hidden, other)
    scheduler.wake(hidden)
    scheduler.wake(other)
    turn(scheduler)
    assert hidden.seconds == [module.LONGEST / 4]
    scheduler.remove(other)
    turn(scheduler)
    assert turn(scheduler) is hidden and hidden.seconds[-1] == module.LONGEST


def test_a_removed_job_gets_no_more_turns():
    job = Job()
    scheduler = by_hand(job)
    scheduler.wake(job)
    assert scheduler.remove(job).is_set()
    assert turn(scheduler) is None
    scheduler.wake(job)
    assert turn(scheduler) is None
    assert scheduler.remove(job).is_set()


def test_threads_never_share_a_job_and_a_failing_turn_ends_no_thread():
    enough = threading.Event()
    jobs = [Job() for _ in range(5)]
    broken = Job(delay=None)

    def count(job):
        if min(j.turns for j in jobs) > 200:        # how evenly is a matter of the system's threads; by hand above
            enough.set()

    def fail(job):
        raise RuntimeError("a fault")

    for job in jobs:
        job.after = count
    broken.after = fail
    scheduler = Scheduler(3)
    scheduler.start()
    try:
        for job in [broken, *jobs]:
            scheduler.add(job)
            scheduler.wake(job, urgent=True)
        assert enough.wait(60)
    finally:
        assert scheduler.stop(60)
    assert broken.turns >= 1 and not any(job.overlaps for job in jobs)
