"""Measurements of speed, as ratios in one run; never part of pytest.  `python -m tests.bench` prints the table."""
