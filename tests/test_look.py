"""What `python -m tests.look` takes: every lab, on every screen, whole and step by step; no picture takes another's name."""
from tests.labs import shelf
from tests.look import labs, playground
from tests.look.sizes import LAPTOP, PHONE, PROJECTOR, SCREEN


def test_every_lab_is_looked_at_on_every_screen():
    found = {(scene[3].keywords["name"], scene[3].func, scene[1]) for scene in labs.scenes() if scene[4]}
    assert found == {(lab["name"], act, size) for lab in shelf().labs() for act in (labs.whole, labs.told) for size in (LAPTOP, SCREEN, PHONE, PROJECTOR)}


def test_no_picture_takes_the_name_of_another():
    names = [(scene[0], scene[3].func if scene[4] else None) for scene in (*playground.scenes(), *labs.scenes())]
    assert len(names) == len(set(names)) > 100
