"""The complete examples of ARCHITECTURE.md are what they say: a lab whose claims hold; the panel is tried in tests/page/test_examples.py."""
import re
from pathlib import Path

from tests import labs

TEXT = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")


def example(title):
    """The code block under a heading."""
    return re.search(rf"### {title}\n.*?```\w+\n(.*?)```", TEXT, re.S)[1]


def test_the_lab_can_be_read_and_keeps_its_word(tmp_path):
    text = example("A whole lab")
    assert text.count("\n") < 40
    (tmp_path / "two_rates.toml").write_text(text, encoding="utf-8")
    shelf = labs.shelf(tmp_path)
    assert shelf.problems == []
    for extra in labs.SEEDS:
        answers = [answer for _, _, answer in labs.walk(shelf.lab("two_rates"), extra)]
        assert len(answers) == 1 and answers[0]["passed"], answers


def test_the_panel_is_short():
    assert example("A whole panel").count("\n") < 40
