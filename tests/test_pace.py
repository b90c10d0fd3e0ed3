"""What a slice is worth: the time of a step, whoever came in between."""
import random

from server.pace import Pace


def test_steps_are_worth_the_same_whether_somebody_came_in_between_or_not():
    chance, worth = random.Random(4), []
    for _ in range(2):
        pace, total, made = Pace(), 0.0, 0
        for number in range(600):
            if number % 15 == 14:
                pace.forget()                        # a slider moved: the time of a step is the same
            steps = min(pace.fits(0.002), 400)
            late = chance.random() * 0.004 if chance.random() < 0.6 else 0.0
            total += pace.made(steps, steps * 3e-6 + late, 0.0, False)
            made += steps
        worth.append(total / made)
    assert all(3e-6 < each < 3.1e-6 for each in worth) and max(worth) < 1.01 * min(worth)


def test_a_slower_network_is_believed_after_a_few_slices():
    pace = Pace()
    for _ in range(20):
        pace.made(pace.fits(0.002), pace.fits(0.002) * 3e-6, 0.0, False)
    pace.forget()
    for _ in range(15):
        steps = pace.fits(0.002)
        worth = pace.made(steps, steps * 30e-6, 0.0, False) / steps
    assert abs(worth - 30e-6) < 1e-9 and pace.fits(0.003) == 100
