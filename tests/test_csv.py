"""A person's own table: every dialect, every question with its answer, every bad kind, and any text whatever."""
import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.csv_table import KNOBS, inspect, table
from engine.csv_table.numbers import number_of
from engine.data import prepare
from engine.datasets.csv import EXAMPLE
from engine.errors import EngineError, UnknownName

HOUSES = "size,area,price\n100,north,200.5\n80,south,150\n120,north,260\n60,east,110.25\n90,south,170\n"
EXPECTED = np.array([[100, 0, 1, 0], [80, 0, 0, 1], [120, 0, 1, 0], [60, 1, 0, 0], [90, 0, 0, 1.0]])


def refused(text, *words, **given):
    """The message of the refusal, which the report gives as well as the table."""
    with pytest.raises(EngineError) as error:
        table(text, given)
    report = inspect(text, given)
    assert report["refused"] == error.value.as_dict()
    json.dumps(report, allow_nan=False)
    for word in words:
        assert word in str(error.value), str(error.value)
    return error.value


def questions(text, **given):
    report = inspect(text, given)
    json.dumps(report, allow_nan=False)
    return {question["field"]: question for question in report["questions"]}


def check_houses(made):
    assert made.columns == ("size", "area=east", "area=north", "area=south") and made.targets == ("price",)
    assert (made.x == EXPECTED).all() and made.y[:, 0].tolist() == [200.5, 150, 260, 110.25, 170]


# ---------------------------------------------------------------- dialects

@pytest.mark.parametrize("text", [
    HOUSES,
    HOUSES.replace(",", ";"),
    HOUSES.replace(",", "\t"),
    HOUSES.replace(",", ";").replace(".", ","),
    HOUSES.replace(",", "\t").replace(".", ","),
    HOUSES.replace("\n", "\r\n"),
    HOUSES.replace("\n", "\r"),
    "\ufeff" + HOUSES,
    HOUSES.replace(",", ", ").replace("\n", " \n"),
    HOUSES.replace("\n", "\n\n") + "\n\n,,\n",
    HOUSES.replace("\n", ",\n"),
    HOUSES.rstrip("\n"),
    "sep=;\n" + HOUSES.replace(",", ";"),
    HOUSES.replace("north", '"north"').replace("200.5", '"200.5"').replace("size", '"size"'),
    HOUSES.replace("100", "+100").replace("80", "8e1").replace("60", "6.0E+01"),
], ids=["comma", "semicolon", "tab", "decimal comma", "tab, decimal comma", "windows", "old mac", "mark", "spaces",
        "blank lines", "mark at line end", "no last newline", "sep=", "quoted", "exponents"])
def test_every_dialect_gives_the_same_table(text):
    check_houses(table(text))
    assert inspect(text)["refused"] is None


def test_without_names_columns_are_numbered():
    made = table(HOUSES.split("\n", 1)[1])
    assert made.columns == ("column 1", "column 2=east", "column 2=north", "column 2=south")
    assert made.targets == ("column 3",) and (made.x == EXPECTED).all()


def test_quoted_cells_may_hold_the_mark_quotes_and_line_ends():
    made = table('name,x,y\n"a, ""b""\nc",1,2\nd,2,3\n"a, ""b""\nc",3,4\nd,4,4.5\n')
    assert made.columns == ("name=d", "x") and made.x[:, 0].tolist() == [0, 1, 0, 1]
    assert refused('x,y\n"a\nb",1\nc,inf\nd,3\n', "line 4, column 'y'")


def test_names_are_made_different_and_never_empty():
    assert table("a,a,,y\n1,2,3,4\n2,3,1,5\n4,4,4,4.5\n").columns == ("a", "a (2)", "column 3")


def test_row_names_without_a_heading_as_r_writes_them():
    made = table("a,b,c\n" + "\n".join(f"r{i},{i % 4},{i * 2},{i * i}" for i in range(9)))
    assert made.columns == ("a", "b") and made.targets == ("c",)


@pytest.mark.parametrize("cell, point, comma", [
    ("1", 1, 1), ("-1.5", -1.5, None), ("1,5", None, 1.5), ("1.234", 1.234, 1234), ("1,234", 1234, 1.234),
    ("1,234,567", 1234567, None), ("1.234.567,8", None, 1234567.8), ("1,234.5", 1234.5, None), ("1 234", 1234, 1234),
    ("1'234.5", 1234.5, None), ("1\u202f234,5", None, 1234.5), (".5", 0.5, None), ("5.", 5, None),
    ("1e-3", 0.001, 0.001),
    ("\u22125", -5, -5), ("0,123", None, 0.123), ("12,34", None, 12.34), ("1,23,456", None, None), ("", None, None),
    ("x", None, None), ("1_000", None, None), ("0x10", None, None), ("1e", None, None), ("--1", None, None),
    ("\u0661", None, None), ("nan", None, None), ("inf", np.inf, np.inf), ("1e999", np.inf, np.inf), (".", None, None)])
def test_numbers(cell, point, comma):
    assert number_of(cell, "point") == point and number_of(cell, "comma") == comma


# ---------------------------------------------------------------- questions and their answers

def test_a_clear_table_asks_nothing():
    assert questions("x1,x2,class\n1.5,2,red\n2.5,1,blue\n3,3,red\n") == {}
    assert questions("x;y\n1,5;2,5\n2,5;3,5\n") == {}


def test_every_question_is_settled_by_its_setting():
    texts = [HOUSES, "a,b,c\nu,v,w\nu,v,w\nx,v,q\nx,z,q\n", 'a,y\n"1,234",1\n"2,345",2\n"3,111",3\n',
             "a;b;c\n1,2;2;3\n,;4;5\n3,1;6;2\n2;4;8", "a,y\n1.5,3\n\"2,5\",4\n3.5,7\n", "2019,x\n1,2\n3,4\n5,9\n",
             "a;b,c;d\n1;x,y;2\n3;x,z;4\n5;x,y;9\n", "a,b,c\n1,2,3\n,5,4\n6,7,8.5\n"]
    seen = set()
    for text in texts:
        for name, question in questions(text).items():
            assert name in KNOBS and question["suggestion"] in question["choices"] and len(question["question"]) > 10
            seen.add(name)
            for choice in question["choices"]:
                assert name not in questions(text, **{name: choice})
    assert seen == {"delimiter", "header", "decimal", "target", "task", "missing"}


def test_the_table_follows_the_suggestions():
    for text in (HOUSES, EXAMPLE, 'a,y\n"1,234",1\n"2,345",2\n"3,111",3\n', "a,b,y\n1,,2\n2,3,1\n,4,7\n3,3,3\n"):
        answers = {name: question["suggestion"] for name, question in questions(text).items()}
        a, b = table(text), table(text, answers)
        assert (a.x == b.x).all() and (a.y == b.y).all() and a.columns == b.columns


def test_which_column():
    assert questions(HOUSES)["target"]["choices"] == ["size", "area", "price"]
    made = table(HOUSES, {"target": "area"})
    assert made.classes == ("east", "north", "south") and made.y.tolist() == [1, 2, 1, 0, 2]
    assert made.columns == ("size", "price")
    assert "target" not in questions(HOUSES.replace("area", "Species"))


def test_whole_numbers_as_classes_or_values():
    text = "x,grade\n1.5,1\n2.5,3\n3.5,2\n4.5,1\n"
    assert questions(text)["task"]["choices"] == ["classes", "regression"]
    assert table(text, {"task": "classes"}).classes == ("1", "2", "3")
    assert table(text, {"task": "regression"}).y.tolist() == [[1], [3], [2], [1]]
    two = "x,y\n1.5,0\n2.5,1\n3.5,1\n"
    assert "task" not in questions(two) and table(two).task == "binary"
    assert "task" not in questions("x,y\n1.5,0.5\n2.5,1.5\n3.5,1\n")
    assert table("x,y\n1,-1\n2,10\n3,10\n").classes == ("-1", "10")


def test_comma_in_numbers():
    text = 'a;y\n1,234;1.5\n2,345;2\n'.replace("1.5", "15")
    assert questions(text)["decimal"]["suggestion"] == "comma"
    assert table(text, {"decimal": "comma"}).x[0, 0] == 1.234 and table(text, {"decimal": "point"}).x[0, 0] == 1234
    assert table('a;y\n1,234;1.5\n2,345;2.5\n').x[0, 0] == 1234                  # the 1.5 tells
    assert table('a;y\n1.234;1,5\n2.345;2,5\n').x[0, 0] == 1234


def test_missing_cells():
    text = "a,b,y\n1,red,1.5\n,blue,2.5\n3,red,3.5\n4,NA,4.5\n5,red,?\n"
    question = questions(text)["missing"]
    assert question["question"].startswith("2 of 4 rows") and question["suggestion"] == "mean"
    assert table(text, {"missing": "drop"}).x.tolist() == [[1, 1], [3, 1]]
    filled = table(text, {"missing": "mean"}).x
    assert filled[1, 0] == np.mean([1, 3, 4, 5]) and filled[3, 1] == 3 / 4 and len(filled) == 4
    report = {column["name"]: column for column in inspect(text)["columns"]}
    assert [report[name]["missing"] for name in "aby"] == [1, 1, 1]
    assert any("without 'y'" in note for note in inspect(text)["notes"])
    assert "missing" not in questions(text.replace(",blue", "2,blue").replace("NA", "red"))


def test_names_or_values_in_the_first_row():
    text = "red,small\nred,big\nblue,big\nblue,small\nred,small\n"
    assert questions(text)["header"]["suggestion"] == "no"
    assert len(table(text).y) == 5 and len(table(text, {"header": "yes"}).y) == 4
    assert questions("colour,size\n" + text)["header"]["suggestion"] == "yes"
    assert inspect("1,2\n3,4\n5,7\n")["header"] is False and inspect("a,2\nb,4\na,7\n")["header"] is False


def test_columns_that_teach_nothing_are_left_out_and_said():
    rows = "\n".join(f"{i + 1},name{i},7,{i % 5},{'ab'[i % 2]},{i * 1.5}" for i in range(20))
    report = inspect("nr,who,same,x,kind,y\n" + rows)
    kinds = {column["name"]: column["kind"] for column in report["columns"]}
    assert kinds == {"nr": "identifier", "who": "identifier", "same": "constant", "x": "number", "kind": "text",
                     "y": "number"}
    assert report["inputs"] == ["x", "kind"] and report["refused"] is None
    notes = " ".join(report["notes"])
    assert all(name in notes for name in ("nr", "who", "same"))
    assert table("nr,who,same,x,kind,y\n" + rows, {"inputs": ["nr", "same"]}).columns == ("nr", "same")


def test_a_counting_column_is_used_where_there_is_no_other():
    text = "x,y\n" + "\n".join(f"{i + 1},{i * i}" for i in range(20))
    assert table(text).columns == ("x",)


def test_a_word_among_numbers_counts_as_missing_and_is_named():
    text = "x,y\n" + "\n".join(f"{i}.5,{i}.25" for i in range(20)) + "\noops,3\n"
    report = inspect(text)
    assert any("line 22" in note and "oops" in note for note in report["notes"])
    assert report["columns"][0]["unreadable"] == 1 and len(table(text).y) == 20


def test_short_rows_count_as_missing_and_are_named():
    text = "a,b,y\n1,2,3\n2,3,4.5\n7\n3,4,9\n"
    assert any("Line 4" in note for note in inspect(text)["notes"]) and len(table(text).y) == 3


def test_a_table_of_words_can_be_learned():
    text = "sky,wind,play\n" + "\n".join(["sun,weak,yes", "sun,strong,no", "rain,weak,yes", "rain,strong,no"] * 3)
    made = table(text)
    assert made.columns == ("sky=sun", "wind=weak") and made.classes == ("no", "yes")


# ---------------------------------------------------------------- what is hopeless

@pytest.mark.parametrize("text, words", [
    ("", ["nothing"]), ("  \n\n ", ["nothing"]), ("\ufeff", ["nothing"]), (",,\n,,\n", ["blank lines only"]),
    ("hello", ["two columns"]), ("1\n2\n3\n", ["two columns"]), ("1,\n2,\n3,\n", ["two columns"]),
    ("a,b\n1,2\n", ["two rows"]), ("1,2\n", ["two rows"]), ("a,b\n", ["two rows"]),
    ("Dear Sir, I write\nto you, because\nyou asked, once\n", ["words that come again"]),
    ("a,b\n1,2\n3,4,5\n6,7\n", ["3 cells in line 3"]),
    ("a,b\n1,2\n3,4,5\n6\n7,8,9,9\n", ["all rows of one length"]),
    ("a,b\nNA,\n,NA\n?,-\n", ["missing cells only"]),
    ("x,y\n1,inf\n2,3\n", ["'inf'", "line 2", "'y'"]), ("x,y\n1,1\n1e999,3\n", ["'1e999'", "line 3", "'x'"]),
    ("x,y\n1,1\n-1e31,3\n2,2", ["line 3"]),
    ('a,b\n"1,2\n3,4\n', ["not closed", "line 2"]), ('a,b\n"1"2,3\n', ["after a closing"]),
    ("a,b\n1," + "x" * 257 + "\n2,3\n", ["256 characters", "line 2, column 2"]),
    ("a,b\n1," + "x" * 200_000 + "\n2,3\n", ["256 characters"]),
    ("\n".join([",".join("1" * 65)] * 3), ["64 columns"]),
    ("1,2\n" * 20_001, ["20,000 rows"]), ("a,b\n" + "1,2\n" * 20_001, ["20,000 rows"]),
    ("1,2\n" * 20_002, ["20,000 rows"]), ("1.234567890,2.0123456789\n" * 90_000, ["2 MB"]),
    ("a\0,b\n1,2\n", ["binary"]),
    ("x,y\n1,5\n1,5\n1,5\n", ["one value"]),
])
def test_hopeless_texts_are_refused_with_the_reason(text, words):
    assert refused(text, *words).field == "data.text"


@pytest.mark.parametrize("text", [None, 5, b"a,b\n1,2\n", ["a,b"]])
def test_what_is_no_text_is_refused(text):
    assert refused(text).field == "data.text"


def test_one_class_only_is_refused():
    text = "x,z,class\n1,2,a\n2,4,a\n3,5,a\n"
    assert refused(text, "two different values", target="class").field == "data.target"
    text = "x,z,class\n1,2,a\n2,4,a\n,5,b\n"
    assert refused(text, "at least two classes", missing="drop").field == "data.target"
    assert table(text, {"missing": "mean"}).classes == ("a", "b")
    text = "x,y\n1.5,2\n2,2\n,5.5\n"
    assert refused(text, "two different values", missing="drop", task="regression").field == "data.target"


def test_every_row_with_a_gap_is_refused_when_gaps_are_dropped():
    text = "a,b,y\n1,,1.5\n,2,2.5\n3,,3.5\n,4,4.5\n"
    assert refused(text, "mean", missing="drop").field == "data.missing"
    assert len(table(text).y) == 4


@pytest.mark.parametrize("settings, field", [
    ({"target": "prize"}, "data.target"), ({"inputs": ["sizes"]}, "data.inputs[0]"), ({"inputs": []}, "data.inputs"),
    ({"inputs": ["size", "price"]}, "data.inputs[1]"), ({"inputs": ["size", "size"]}, "data.inputs[1]"),
    ({"inputs": "size"}, "data.inputs"), ({"inputs": [["size"]]}, "data.inputs[0]"),
    ({"inputs": {"a": {}}}, "data.inputs[0]"),
    ({"target": "area", "task": "regression"}, "data.task"), ({"task": "sort"}, "data.task"),
    ({"header": True}, "data.header"), ({"delimiter": ","}, "data.delimiter"), ({"decimal": "dot"}, "data.decimal"),
    ({"missing": 0}, "data.missing"), ({"delimiter": "tab"}, "data.text"), ({"colour": 1}, "data.colour"),
    ({"target": ["price"]}, "data.target"), ({"target": {}}, "data.target")])
def test_wrong_answers_name_the_setting(settings, field):
    assert refused(HOUSES, **settings).field == field


def test_unknown_columns_get_the_nearest():
    with pytest.raises(UnknownName) as error:
        table(HOUSES, {"target": "prize"})
    assert error.value.nearest == "price"


def test_too_many_classes_and_words_are_refused():
    rows = "\n".join(f"{i}.5,w{i % 60},{i % 7}.5" for i in range(240))
    assert refused("x,word,y\n" + rows, "60 different", target="word").field == "data.target"
    assert refused("x,word,y\n" + rows, "32", inputs=["word"]).field == "data.inputs[0]"
    assert table("x,word,y\n" + rows).columns == ("x",)
    numbers = "x,y\n" + "\n".join(f"{i}.5,{i}.25" for i in range(99))
    assert refused(numbers, "regression", task="classes").field == "data.target"


def test_too_many_inputs_are_refused():
    rows = "\n".join(",".join(f"v{(i * k) % 31}" for k in range(1, 12)) + f",{i}.5" for i in range(310))
    assert "256 inputs" in str(refused(",".join(f"c{k}" for k in range(11)) + ",y\n" + rows))


# ---------------------------------------------------------------- any text, and round trips

ODD = st.text(st.sampled_from(list(",;\t\n\r\"' .-+0123456789eEaby\ufeff\u00a0\u22120\x0b\u2028")), max_size=80)
ROWS = st.lists(st.lists(st.sampled_from(["1", "2", "1,5", "2.5", "1,234", "a", "b", "", "NA", "inf", "x y", '"', "0"]),
                         min_size=1, max_size=5), max_size=8)
SETTINGS = st.fixed_dictionaries({}, optional={
    "target": st.sampled_from(["", "a", "column 1", "b"]), "task": st.sampled_from(KNOBS["task"].choices),
    "header": st.sampled_from(KNOBS["header"].choices), "delimiter": st.sampled_from(KNOBS["delimiter"].choices),
    "decimal": st.sampled_from(KNOBS["decimal"].choices), "missing": st.sampled_from(KNOBS["missing"].choices),
    "inputs": st.sampled_from([None, ["a"], ["column 1"], ["column 2", "column 1"]])})


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), ODD, st.builds(
    lambda rows, mark: "\n".join(mark.join(row) for row in rows), ROWS, st.sampled_from(",;\t"))), SETTINGS)
def test_any_text_gives_a_report_and_a_table_or_an_error(text, given_settings):
    report = inspect(text, given_settings)
    json.dumps(report, allow_nan=False)
    try:
        made = table(text, given_settings)
    except EngineError as error:
        assert report["refused"] == error.as_dict() and error.field.startswith("data.")
        return
    assert report["refused"] is None and report["rows_used"] == len(made.y) == len(made.x) > 0
    assert np.isfinite(made.x).all() and made.x.shape[1] == len(made.columns) == len(set(made.columns))
    if made.task == "regression":
        assert np.isfinite(made.y).all() and made.y.shape == (len(made.x), 1)
    else:
        assert sorted(set(made.y.tolist())) == list(range(len(made.classes))) and len(set(made.classes)) >= 2
    for question in report["questions"]:
        assert question["suggestion"] in question["choices"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6),
                          st.sampled_from(["red", 'a "b"', "c, d;\te", "f\ng"])), min_size=4, max_size=20), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_a_written_table_is_read_back(rows, mark, decimal_comma):
    decimal_comma = decimal_comma and mark != ","
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(["x1", "x2", "kind"])
    for a, b, kind in rows:
        writer.writerow([*(repr(v).replace(".", ",") if decimal_comma else repr(v) for v in (a, b)), kind])
    names = {",": "comma", ";": "semicolon", "\t": "tab"}
    answers = {"target": "kind", "delimiter": names[mark], "decimal": "comma" if decimal_comma else "point",
               "header": "yes", "inputs": ["x1", "x2"]}
    kinds = sorted({kind for *_, kind in rows})
    if len(kinds) < 2 or len(kinds) > 0.8 * len(rows):
        return
    made = table(out.getvalue(), answers)
    assert made.x.tolist() == [[a, b] for a, b, _ in rows] and made.classes == tuple(kinds)
    assert [made.classes[k] for k in made.y] == [kind for *_, kind in rows]


def test_the_csv_set_trains_on_the_text_in_the_settings():
    data = prepare({"name": "csv", "text": HOUSES, "target": "price", "test_share": 0.2}, 1)
    assert data.task == "regression" and data.targets == ("price",) and len(data.x_test) == 1 and not data.made
    assert prepare({"name": "csv"}, 1).plane                                   # the example can be drawn
    with pytest.raises(EngineError):
        prepare({"name": "csv", "text": ""}, 1)


def test_tables_kept_for_the_next_time_cannot_be_written_into():
    with pytest.raises(ValueError):
        table(HOUSES).x[0] = 0
