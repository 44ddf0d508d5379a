import pytest
from kedro.io import DatasetError

from libra_emo.datasets import StudentDataset


class Note:
    """Stands in for a student: what matters here is the folder."""

    def __init__(self, text):
        self.text = text

    def save(self, folder):
        (folder / "note.txt").write_text(self.text)
        if self.text == "broken":
            raise ValueError("no more room")


def at(folder, name):
    return StudentDataset(filepath=str(folder / name))


def test_a_student_writes_itself_and_replaces_the_one_before(tmp_path):
    dataset = at(tmp_path, "round_1")
    dataset.save(Note("first"))
    (tmp_path / "round_1" / "left_over").touch()
    dataset.save(Note("second"))
    assert [path.name for path in dataset.home().iterdir()] == ["note.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["round_1"]


def test_pointers_are_followed(tmp_path):
    at(tmp_path, "round_1").save(Note("first"))
    at(tmp_path, "round_2").save({"pointer": "round_1"})
    at(tmp_path, "round_3").save({"pointer": "round_2"})
    assert at(tmp_path, "round_3").home() == tmp_path / "round_1"
    assert at(tmp_path, "round_3").exists()


def test_a_pointer_that_leads_nowhere_does_not_exist(tmp_path):
    at(tmp_path, "round_2").save({"pointer": "round_1"})
    assert not at(tmp_path, "round_2").exists()
    with pytest.raises(DatasetError, match="no student in round_1"):
        at(tmp_path, "round_2").load()


def test_pointers_in_a_circle_end(tmp_path):
    at(tmp_path, "round_1").save({"pointer": "round_2"})
    at(tmp_path, "round_2").save({"pointer": "round_1"})
    with pytest.raises(DatasetError, match="circle"):
        at(tmp_path, "round_1").home()


def test_a_save_that_fails_leaves_the_student_before(tmp_path):
    dataset = at(tmp_path, "round_1")
    dataset.save(Note("first"))
    with pytest.raises(DatasetError):
        dataset.save(Note("broken"))
    assert (dataset.home() / "note.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["round_1"]
