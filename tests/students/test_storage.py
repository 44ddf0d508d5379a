import json

import pytest
from support.student_clips import make_clips

from libra_emo.students import ClassicalOptions, ClassicalStudent, StudentError, load_student
from libra_emo.students.storage import check_card, read_card, write_card
from libra_emo.taxonomy import read_taxonomy


def test_the_card_says_which_versions_wrote_it(tmp_path):
    write_card(tmp_path, {"kind": "classical", "format": 1}, ("numpy",))
    card = read_card(tmp_path)
    assert set(card["versions"]) == {"libra_emo", "numpy"}
    check_card(tmp_path, card, "classical", 1, oldest=1)


def test_another_kind_is_refused(tmp_path):
    with pytest.raises(StudentError, match="of kind 'multimodal', not 'classical'"):
        check_card(tmp_path, {"kind": "multimodal"}, "classical", 1, oldest=0)


@pytest.mark.parametrize("found", [0, 3, None, "1"])
def test_another_format_is_refused_in_one_line(tmp_path, found):
    card = {"kind": "classical", "format": found, "versions": {"libra_emo": "9.1.0"}}
    with pytest.raises(StudentError, match=r"9\.1\.0.*train the student again") as caught:
        check_card(tmp_path, card, "classical", 2, oldest=1)
    assert "\n" not in str(caught.value)


def test_older_formats_that_can_be_read_are_read(tmp_path):
    check_card(tmp_path, {"kind": "classical", "format": 1}, "classical", 2, oldest=1)
    check_card(tmp_path, {"kind": "classical"}, "classical", 2, oldest=0)


def test_a_student_from_before_there_were_formats_is_refused(tmp_path):
    """It holds a pickle, which is never opened."""
    student = ClassicalStudent(read_taxonomy(), ClassicalOptions(folds=2, forest_trees=3))
    student.fit(*make_clips(films=2), 1).save(tmp_path / "model")
    path = tmp_path / "model/student.json"
    card = json.loads(path.read_text())
    del card["format"], card["versions"]["libra_emo"]
    path.write_text(json.dumps(card))
    (tmp_path / "model/model.npz").rename(tmp_path / "model/model.joblib")
    with pytest.raises(StudentError, match=r"an earlier version.*train the student again"):
        load_student(tmp_path / "model")


def test_a_card_that_lacks_something_is_refused(tmp_path):
    student = ClassicalStudent(read_taxonomy(), ClassicalOptions(folds=2, forest_trees=3))
    student.fit(*make_clips(films=2), 1).save(tmp_path / "model")
    path = tmp_path / "model/student.json"
    whole = json.loads(path.read_text())
    for key in ("taxonomy", "options", "columns", "model", "calibration", "folds"):
        path.write_text(json.dumps({name: whole[name] for name in whole if name != key}))
        with pytest.raises(StudentError, match="do not describe a student"):
            load_student(tmp_path / "model")
    path.write_text(json.dumps({**whole, "options": {"forest_trees": "many"}}))
    with pytest.raises(StudentError, match="forest_trees") as caught:
        load_student(tmp_path / "model")
    assert "\n" not in str(caught.value)
