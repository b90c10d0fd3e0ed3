"""What is said of a table: refusals, and names told apart."""
from ..errors import EngineError


def refused(expected, got, hint=""):
    return EngineError("data.text", expected, got, hint)


def one_column():
    return refused("at least two columns, some to learn from and one to predict", "one column",
                    "Cells are parted by commas, semicolons or tabs.")


def listed(names):
    names = [str(name)[:40] for name in names]
    return ", ".join(names[:6]) + (f", ... ({len(names)})" if len(names) > 6 else "")


def lines_are(lines):
    return f"Line {lines[0]} is" if len(lines) == 1 else f"{len(lines)} rows (first: line {lines[0]}) are"


def unique(names):
    """Names with (2), (3), .. after those that were there before."""
    taken, result = set(), []
    for name in names:
        fresh, count = name, 1
        while fresh in taken:
            count += 1
            fresh = f"{name} ({count})"
        taken.add(fresh)
        result.append(fresh)
    return result
