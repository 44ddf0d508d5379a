import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.student_clips import make_clips

from libra_emo.common.digests import digest_file
from libra_emo.students import ClassicalOptions, ClassicalStudent, StudentError, load_student
from libra_emo.students.classical.model_file import MODEL, read_arrays, write_arrays
from libra_emo.taxonomy import read_taxonomy

QUICK = ClassicalOptions(folds=2, forest_trees=3)


class Trap:
    """A pickle of it makes a file when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student") / "model"
    ClassicalStudent(read_taxonomy(), QUICK).fit(*make_clips(films=3), 1).save(folder)
    return folder


def rewrite(saved, folder, content):
    """A copy of a student's folder with another model file, of which the card has the digest."""
    folder.mkdir()
    (folder / MODEL).write_bytes(content)
    card = json.loads((saved / "student.json").read_text())
    card["sha256"] = digest_file(folder / MODEL)
    (folder / "student.json").write_text(json.dumps(card))
    return folder


def as_npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def as_zip(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def test_what_is_written_is_read(tmp_path):
    models = {
        "full": {"a.x": np.arange(3), "a.y": np.asfortranarray(np.eye(2) / 3)},
        "fold_0": {"a.x": np.zeros((0, 4), np.float32)},
    }
    found = read_arrays(tmp_path, write_arrays(tmp_path, models))
    assert found.keys() == models.keys()
    for model, arrays in models.items():
        for name, values in arrays.items():
            assert found[model][name].dtype == values.dtype
            assert np.array_equal(found[model][name], values)


def test_code_in_the_file_is_refused_and_not_executed(saved, tmp_path):
    mark = tmp_path / "executed"
    trap = pickle.dumps(Trap(mark))
    objects = np.empty(1, dtype=object)
    objects[0] = Trap(mark)
    crafted = {
        "pickle": trap,
        "npz": as_npz(**{"full/forest.medians": objects}),
        "zip": as_zip(**{"full/forest.medians.npy": trap}),
        "skops": as_zip(**{"schema.json": json.dumps({"__module__": "os", "__class__": "system"})}),
    }
    for name, content in crafted.items():
        folder = rewrite(saved, tmp_path / name, content)
        with pytest.raises(StudentError, match="cannot be read as plain arrays of numbers"):
            load_student(folder)
    assert not mark.exists()
    pickle.loads(trap)
    assert mark.exists(), "the trap works, if it is loaded"


def test_a_changed_file_is_refused(saved, tmp_path):
    folder = rewrite(saved, tmp_path / "model", (saved / MODEL).read_bytes())
    load_student(folder)
    content = bytearray((folder / MODEL).read_bytes())
    content[100] ^= 1
    (folder / MODEL).write_bytes(content)
    with pytest.raises(StudentError, match="is not the file that the student's card describes"):
        load_student(folder)


def test_arrays_of_another_student_are_refused(saved, tmp_path):
    folder = rewrite(saved, tmp_path / "model", as_npz(**{"full/forest.medians": np.zeros(4)}))
    with pytest.raises(StudentError, match="do not describe a student"):
        load_student(folder)


def test_text_is_refused(saved, tmp_path):
    folder = rewrite(saved, tmp_path / "model", as_npz(**{"full/words.terms": np.array(["a"])}))
    with pytest.raises(StudentError, match="no array of numbers"):
        load_student(folder)


def test_the_same_numbers_are_the_same_bytes_on_every_python(tmp_path):
    write_arrays(tmp_path, {"full": {"a": np.arange(5), "b": np.linspace(0, 1, 7)}})
    content = (tmp_path / MODEL).read_bytes()
    with zipfile.ZipFile(tmp_path / MODEL) as archive:
        entries = archive.infolist()
    # version 2.0 of the format, the time of no clock, and no extra field for large files
    assert [entry.extract_version for entry in entries] == [20, 20]
    assert {(entry.date_time, entry.extra) for entry in entries} == {((1980, 1, 1, 0, 0, 0), b"")}
    assert all(
        content[entry.header_offset + 28 : entry.header_offset + 30] == b"\0\0" for entry in entries
    )
