"""A person's own table: CSV text in, a Table out, and in between what is clear, what must be asked, what is hopeless.

    inspect(text, settings) -> a report in plain data: what was found, `questions` where it is unclear, `refused`
    table(text, settings)   -> the Table, or an EngineError naming line and column

Both read the text in the same five steps:

    cells     comma, semicolon or tab; quotation marks; blank lines; rows that are too short or too long
    header    is the first row names or numbers?
    numbers   is "1,234" about one or above a thousand?
    columns   number, text, constant (one value only) or identifier (a different value in every row)
    roles     which column is to be predicted, as classes or as a number; which are shown to the network

Each question names the setting that answers it, so an answer is kept by putting it into the settings.
A guess is made for each, and the Table follows the guesses until somebody answers.

Text columns are shown to a network as one column a value, 1 where the row has that value and 0 elsewhere
("one-hot"); two values need one column.  Missing cells are filled with their column's mean, or their rows left out;
rows without a target are always left out.
"""
from functools import lru_cache

from ..errors import BadSetting, EngineError
from ..knob import Knob, check_knobs
from .cells import DELIMITERS, read_cells
from .columns import find_columns
from .encode import table as encode
from .header import find_header
from .numbers import DECIMALS, find_decimal
from .roles import find_roles

KNOBS = {
    "text": Knob("", kind="text", effect="rebuild", title="table",
                 help="The table as text: one row a line, cells parted by commas, semicolons or tabs."),
    "target": Knob("", kind="text", effect="rebuild", title="column to predict",
                   help="The name of the column to be predicted; empty means the likeliest."),
    "task": Knob("auto", kind="choice", choices=("auto", "classes", "regression"), effect="rebuild",
                 title="predict it as",
                 help="Whether the values are classes to be told apart or a number to be estimated."),
    "header": Knob("auto", kind="choice", choices=("auto", "yes", "no"), effect="rebuild",
                   title="first row holds names", help="Whether the first row holds the names of the columns."),
    "delimiter": Knob("auto", kind="choice", choices=("auto", *DELIMITERS), effect="rebuild", title="cells parted by",
                      help="What stands between two cells."),
    "decimal": Knob("auto", kind="choice", choices=("auto", *DECIMALS), effect="rebuild", title="decimal mark",
                    help="Whether one and a half is written 1.5 or 1,5."),
    "missing": Knob("auto", kind="choice", choices=("auto", "drop", "mean"), effect="rebuild", title="missing cells",
                    help="Leave out rows with a missing cell (drop), or fill the cell with its column's mean."),
    "inputs": Knob(None, kind="columns", optional=True, effect="rebuild", title="columns shown to the network",
                   help="Which columns the network learns from; null means all that can be used."),
}


def inspect(text, settings=None):
    """What was found in the text, as plain data.

    {delimiter, decimal, header, rows, columns: [{name, kind, missing, unreadable, distinct, examples}], target, task,
     classes, inputs, rows_used, questions: [{field, question, choices, suggestion}], notes: [..], refused}

    `refused` is None, or the error that `table` would raise.  Settings given are taken as answers.
    """
    reading, classes, rows, refused = Reading(), (), 0, None
    try:
        reading.read(text, _checked(settings))
        result = encode(reading)
        classes, rows = result.classes, len(result.y)
    except EngineError as error:
        refused = error.as_dict()
    return reading.report() | {"classes": list(classes), "rows_used": rows, "refused": refused}


def table(text, settings=None):
    """The Table of the text, or an EngineError that names line and column."""
    settings = {name: tuple(value) if isinstance(value, list) else value
                for name, value in _checked(settings).items()}
    return _table(_is_text(text), tuple(settings.items()))


@lru_cache(maxsize=4)
def _table(text, settings):
    """Reading two megabytes takes a second; changing the network must not take it again."""
    reading = Reading()
    reading.read(text, {name: list(value) if isinstance(value, tuple) else value for name, value in settings})
    result = encode(reading)
    result.x.flags.writeable = result.y.flags.writeable = False
    return result


def _checked(settings):
    """The settings beside the text, each checked and filled in."""
    return check_knobs({name: knob for name, knob in KNOBS.items() if name != "text"},
                       {name: value for name, value in (settings or {}).items() if name != "text"}, "data")


def _is_text(text):
    if not isinstance(text, str):
        raise BadSetting("data.text", "the table as text", repr(text)[:80])
    return text


class Reading:
    """One text read under some settings: the steps in order, each noting what it asks and what it passes over."""

    def __init__(self):
        self.questions, self.notes = [], []
        self.columns, self.target, self.task, self.inputs = [], None, None, []
        self.delimiter = self.decimal = self.header = None

    def read(self, text, settings):
        """All the steps; where one raises, what was found up to there can still be reported."""
        self.settings = settings
        read_cells(self, _is_text(text))
        find_header(self)
        find_decimal(self)
        find_columns(self)
        find_roles(self)

    def ask(self, setting, question, choices, suggestion):
        """Ask, unless the setting already says it."""
        if self.settings[setting] in ("auto", "", None):
            self.questions.append({"field": setting, "question": question, "choices": list(choices),
                                   "suggestion": suggestion})

    def report(self):
        """What was found so far, as plain data."""
        return {"delimiter": self.delimiter, "decimal": self.decimal, "header": self.header,
                "rows": len(self.lines) if self.columns else 0,
                "columns": [column.report() for column in self.columns], "questions": self.questions,
                "notes": self.notes, "target": self.target and self.target.name, "task": self.task,
                "inputs": [column.name for column in self.inputs]}
