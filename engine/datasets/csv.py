"""A person's own table, as CSV text; how it is read stands in engine/csv_table/.

The table that is there at the start is an example of the form, to be written over.
"""
from dataclasses import replace

from ..csv_table import KNOBS, table
from ..registry import Dataset

EXAMPLE = """\
width,height,shape
1.0,4.0,tall
1.5,3.5,tall
2.0,4.5,tall
0.5,2.0,tall
1.2,2.6,tall
0.8,3.0,tall
2.2,4.0,tall
1.8,3.8,tall
4.0,1.0,wide
3.5,1.5,wide
4.5,2.0,wide
2.0,0.5,wide
2.6,1.2,wide
3.0,0.8,wide
4.0,2.2,wide
3.8,1.8,wide
1.0,1.0,square
2.0,2.1,square
3.0,2.9,square
4.0,4.1,square
1.5,1.4,square
2.5,2.6,square
3.5,3.4,square
0.6,0.7,square
"""


def make(generator, settings):
    return table(settings["text"], settings)


RECORD = Dataset("csv", "Your own table: paste rows of numbers and words, and choose the column to predict.",
                 "", "", "Own table (CSV)",
                 knobs=KNOBS | {"text": replace(KNOBS["text"], default=EXAMPLE)},
                 make=make, task="auto", made=False, standardize=True)
