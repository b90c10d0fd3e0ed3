"""Rows of the table: what was measured, what must be reached, what came out."""
import time
from dataclasses import dataclass


@dataclass
class Row:
    """One promise: `reached` is None where it could not be measured here, with the reason in `figure`."""
    what: str
    must: str
    figure: str
    reached: bool | None


def best(run, rounds=7):
    """The smallest of several durations in seconds: noise only ever adds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def interleaved(runs, rounds=9):
    """The smallest duration of each of several things, measured in turns so that noise meets all alike."""
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: min(found) for name, found in times.items()}


def gathered(**measurements):
    """The rows of several measurements; one that fails is a missed row that says why, and the others go on."""
    rows = []
    for name, measure in measurements.items():
        try:
            rows += measure()
        except Exception as problem:
            words = str(problem).strip().splitlines() or [""]
            rows.append(Row(name.replace("_", " "), "to be measured", f"{type(problem).__name__}: {words[0][:150]}", False))
    return rows


def show(title, rows):
    """Print one section of the table."""
    print(f"\n{title}")
    widths = [max(len(getattr(row, key)) for row in rows) for key in ("what", "must", "figure")]
    for row in rows:
        mark = "·" if row.reached is None else "ok" if row.reached else "MISSED"
        print("  " + "  ".join(getattr(row, key).ljust(width)
                               for key, width in zip(("what", "must", "figure"), widths)) + f"  {mark}", flush=True)
