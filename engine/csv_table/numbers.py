"""Numbers as people write them: decimal point or comma, thousands in groups, and which of the two a table means."""
import re
from collections import Counter

DECIMALS = {"point": ".", "comma": ","}
MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "missing", "-", "--", "?", "."}

# one pattern a decimal mark: digits, perhaps in groups of three, then the mark and more digits, then an exponent;
# groups are parted by the other mark, an apostrophe or one of the spaces that typesetters use
_SPACES = r"'\u2019 \u00a0\u2009\u202f"
_NUMBER = {name: re.compile(
    rf"[+-]?(?:(?:[1-9][0-9]{{0,2}}(?P<group>[{other}{_SPACES}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+)"
    rf"(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]{{1,4}})?")
    for name, mark, other in (("point", r"\.", ","), ("comma", ",", "."))}
_BOTH_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")       # 1,234
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


def number_of(cell, decimal):
    """The number a cell holds (perhaps infinite), or None if it holds none."""
    cell = cell.replace("\u2212", "-")                            # a typeset minus sign
    if _INFINITE.fullmatch(cell):
        return float(cell)
    found = _NUMBER[decimal].fullmatch(cell)
    if not found:
        return None
    if found["group"]:
        cell = cell.replace(found["group"], "")
    return float(cell.replace(DECIMALS[decimal], "."))


def is_missing(cell):
    return cell.casefold() in MISSING


def number_like(cell):
    return number_of(cell, "point") is not None or number_of(cell, "comma") is not None


def find_decimal(reading):
    """Cells such as 1,5 or 1.234,5 tell a decimal comma, 1.5 or 1,234.5 a point; 1,234 alone may be either."""
    if reading.settings["decimal"] != "auto":
        reading.decimal = reading.settings["decimal"]
        return
    marked = {cell for row in reading.rows for cell in row if "," in cell or "." in cell}
    votes, unclear = Counter(), None
    for cell in sorted(marked):
        comma, point = number_of(cell, "comma"), number_of(cell, "point")
        if comma is None and point is None:
            continue
        if comma is not None and point is not None:
            if _BOTH_WAYS.fullmatch(cell):
                unclear = unclear or cell
            continue                                   # 1.234 is taken as a decimal point unless others say not
        votes["comma" if point is None else "point"] += 1
    if votes:
        reading.decimal = votes.most_common(1)[0][0]
        if len(votes) == 2:
            reading.ask("decimal", "Some numbers have a decimal comma, others a decimal point. Which is right?",
                      DECIMALS, reading.decimal)
    elif unclear:
        reading.decimal = "point" if reading.delimiter == "comma" else "comma"
        about = unclear[:unclear.index(",")]
        reading.ask("decimal", f"Is {unclear} about {about} (decimal comma) or above a thousand (decimal point, with "
                             "commas between the thousands)?", DECIMALS, reading.decimal)
    else:
        reading.decimal = "point"
