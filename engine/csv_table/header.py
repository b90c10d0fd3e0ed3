"""Is the first row names or numbers?"""
from .cells import ROWS
from .numbers import is_missing, number_like
from .words import listed, refused, unique


def find_header(reading):
    """The first row holds names if it holds no number where the rows below do."""
    first, below = reading.rows[0], reading.rows[1:]
    if reading.settings["header"] != "auto":
        reading.header = reading.settings["header"] == "yes"
    else:
        texts = [not is_missing(cell) and not number_like(cell) for cell in first]
        sample = below[:200]
        numbers_below = [bool(cells := [row[j] for row in sample if not is_missing(row[j])])
                         and sum(map(number_like, cells)) >= 0.9 * len(cells) for j in range(len(first))]
        contrast = [text and number for text, number in zip(texts, numbers_below)]
        has_number = any(number_like(cell) for cell in first)
        if any(contrast):
            reading.header = True
            if has_number:
                reading.ask("header", f"Are these the names of the columns: {listed(first)}?", ("yes", "no"), "yes")
        elif has_number or not below:
            reading.header = False
        else:
            # all text, above and below: names do not come again further down, and each is there once
            new = all(cell not in {row[j] for row in below} for j, cell in enumerate(first))
            reading.header = new and len(set(first)) == len(first) and all(first)
            reading.ask("header", f"Are these the names of the columns: {listed(first)}?", ("yes", "no"),
                      "yes" if reading.header else "no")
    if reading.header:
        reading.names = unique([" ".join(cell.split()) or f"column {j + 1}" for j, cell in enumerate(first)])
        reading.rows, reading.lines = below, reading.lines[1:]
    else:
        reading.names = [f"column {j + 1}" for j in range(len(first))]
    if len(reading.rows) > ROWS:
        raise refused(f"at most {ROWS:,} rows", f"{len(reading.rows):,}", "Take a part of the rows.")
    if len(reading.rows) < 2:
        raise refused("at least two rows of values", f"{len(reading.rows)}",
                       "The first row was taken for names." if reading.header else "")
