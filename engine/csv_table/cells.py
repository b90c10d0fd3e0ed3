"""Text into rows of cells, all of one width: comma, semicolon or tab, quotation marks, blank and uneven lines."""
import csv
import io
import re
from collections import Counter

from ..errors import EngineError
from .numbers import number_of
from .words import lines_are, one_column, refused

BYTES, ROWS, COLUMNS, CELL = 2_000_000, 20_000, 64, 256
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def read_cells(reading, text):
    text = text.removeprefix("\ufeff")                            # the byte order mark some programs write
    if not text.strip():
        raise refused("a table", "nothing", "Paste or open a table with one row a line.")
    if len(text.encode("utf-8", "surrogatepass")) > BYTES:
        raise refused(f"at most {BYTES // 1_000_000} MB of text", f"{len(text):,} characters",
                       "Take a part of the rows.")
    if "\0" in text:
        raise refused("text", "binary data", "Save the table as CSV (text) from the program it comes from.")
    announced = re.match(r"sep=([,;\t])\r?\n", text)              # a line spreadsheet programs put first
    text = "\n" + text[announced.end():] if announced else text  # blank, so that line numbers stay true

    readings, errors = {}, {}
    wanted = reading.settings["delimiter"]
    for name in DELIMITERS if wanted == "auto" else [wanted]:
        try:
            readings[name] = _rows(text, DELIMITERS[name])
        except EngineError as error:
            errors[name] = error
    if not readings:
        raise next(iter(errors.values()))
    if announced and wanted == "auto":
        reading.delimiter = next(n for n, mark in DELIMITERS.items() if mark == announced[1])
        if reading.delimiter not in readings:
            raise errors[reading.delimiter]
    else:
        reading.delimiter = find_delimiter(reading, readings)
    rows = readings[reading.delimiter]
    width, _ = _shape(rows)
    if width < 2:
        if errors:
            raise next(iter(errors.values()))
        raise one_column()
    if width > COLUMNS:
        raise refused(f"at most {COLUMNS} columns", str(width), "Leave some columns out.")
    if len(rows) > ROWS + 1:
        raise refused(f"at most {ROWS:,} rows", f"{len(rows):,}", "Take a part of the rows.")
    reading.lines, reading.rows = level(reading, rows, width)


def find_delimiter(reading, readings):
    """The mark that cuts most rows into the same number of cells, at least two."""
    shapes = {name: _shape(rows) for name, rows in readings.items()}
    fitting = [name for name, (width, share) in shapes.items() if width > 1 and share >= 0.9]
    if not fitting:
        return max(shapes, key=lambda name: (shapes[name][0] > 1, shapes[name][1], shapes[name][0]))
    # 1,5;2,5 is also cut evenly by commas; a comma that only stands in numbers is a decimal one
    strong = [name for name in fitting if name != "comma"]
    if "comma" in fitting and strong:
        best = max(strong, key=lambda name: shapes[name][0])
        if all("," not in cell or number_of(cell, "comma") is not None or number_of(cell, "point") is not None
               for _, row in readings[best] for cell in row):
            return best
    best = max(fitting, key=lambda name: shapes[name][0])
    if len(fitting) > 1:
        reading.ask("delimiter", "What stands between two cells?", fitting, best)
    return best


def level(reading, rows, width):
    """All rows of the same width: short ones get missing cells, long ones must have nothing beyond."""
    lines, level, short = [], [], []
    if len(rows) > 1 and len(rows[0][1]) == width - 1 and all(len(row) == width for _, row in rows[1:]):
        rows[0] = (rows[0][0], ["row", *rows[0][1]])              # R leaves the row names' column unnamed
    uneven = sum(len(row) != width for _, row in rows)
    if uneven > 0.5 * len(rows):
        raise refused("a table, all rows of one length", f"{uneven} of {len(rows)} rows of another length")
    for line, row in rows:
        if len(row) > width:
            if any(row[width:]):
                raise refused(f"{width} cells in every row", f"{len(row)} cells in line {line}",
                               "A cell that holds the parting mark itself needs quotation marks around it.")
            row = row[:width]
        elif len(row) < width:
            short.append(line)
            row = row + [""] * (width - len(row))
        lines.append(line)
        level.append(row)
    if short:
        reading.notes.append(f"{lines_are(short)} shorter than the others; the cells at the end count as missing.")
    return lines, level


def _rows(text, mark):
    """(line, cells) of every row that is not blank; EngineError where quotation marks or cells are wrong."""
    rows, line = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                for j, cell in enumerate(cells):
                    if len(cell) > CELL:
                        raise refused(f"at most {CELL} characters in a cell",
                                       f"{len(cell)} in line {line}, column {j + 1}", "Is a quotation mark not closed?")
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        words = str(error)
        reason = "a quotation mark that is not closed" if "end of data" in words else \
            f"a cell of more than {CELL} characters" if "limit" in words else \
            "text after a closing quotation mark" if "expected after" in words else words
        raise refused("a table", f"{reason}, in the row that starts in line {line}",
                       "A quotation mark inside a quoted cell is written twice.") from None
    if not rows:
        raise refused("a table", "blank lines only")
    return rows


def _shape(rows):
    """The commonest number of cells in a row (the larger of two), and the share of the rows that have it."""
    counts = Counter(len(row) for _, row in rows)
    width = max(counts, key=lambda w: (counts[w], w))
    return width, counts[width] / len(rows)
