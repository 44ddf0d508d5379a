import errno
import os
from pathlib import Path

import pytest

from libra_emo.common.files import (
    DiskError,
    new_file,
    new_folder,
    publish,
    raise_if_disk,
    read_lines,
    write_json,
    write_lines,
    write_text,
)

NO_UTF8 = os.fsdecode(b"caf\xe9.txt")


class Torn(Exception):
    pass


def test_a_new_file_takes_its_place_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "folder" / "table.csv"
    with new_file(path) as part:
        part.write_text("new")
        assert part.parent == path.parent and not path.exists()
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["table.csv"]


def test_an_exception_leaves_the_old_content(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(Torn), new_file(path) as part:
        part.write_text("ne")
        raise Torn
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_a_block_that_writes_nothing_is_an_error_and_leaves_the_old_content(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), new_file(path):
        pass
    assert path.read_text() == "old"


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "table.csv"
    with new_file(path) as first, new_file(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_a_name_that_is_no_utf8(tmp_path):
    path = tmp_path / NO_UTF8
    try:
        write_text(path, "one")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.txt"]


def test_content_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    events = []
    monkeypatch.setattr(os, "fsync", lambda _: events.append("fsync"))
    monkeypatch.setattr(os, "replace", lambda *_: events.append("replace"))
    (tmp_path / "part").write_text("new")
    publish(tmp_path / "part", tmp_path / "table.csv")
    assert events == ["fsync", "replace"]


def test_a_name_is_on_the_disk_when_a_block_ends(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync

    def note(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    with new_file(tmp_path / "table.csv") as part:
        part.write_text("new")
    assert synced == [str(part), str(tmp_path)]
    synced.clear()
    with new_folder(tmp_path / "student") as folder:
        (folder / "inner").mkdir()
        (folder / "inner/weights").write_text("new")
    inner = folder / "inner"
    assert sorted(synced[:-1]) == sorted(map(str, [folder, inner, inner / "weights"]))
    assert synced[-1] == str(tmp_path)


def test_a_kill_between_two_moves_costs_no_folder(tmp_path):
    path = tmp_path / "student"
    (tmp_path / ".student.old").mkdir()
    (tmp_path / ".student.old/model").write_text("old")
    with pytest.raises(Torn), new_folder(path):
        raise Torn
    assert (path / "model").read_text() == "old"
    assert os.listdir(tmp_path) == ["student"]


def test_a_new_folder_replaces_the_old_one_with_all_that_is_in_it(tmp_path):
    path = tmp_path / "student"
    for name in ("first", "second"):
        with new_folder(path) as folder:
            (folder / name).write_text(name)
    assert os.listdir(path) == ["second"]
    assert os.listdir(tmp_path) == ["student"]


def test_an_exception_leaves_the_old_folder(tmp_path):
    path = tmp_path / "student"
    with new_folder(path) as folder:
        (folder / "model").write_text("old")
    with pytest.raises(Torn), new_folder(path) as folder:
        (folder / "model").write_text("ne")
        raise Torn
    assert (path / "model").read_text() == "old"
    assert os.listdir(tmp_path) == ["student"]


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "student"
    with new_folder(path) as folder:
        (folder / "model").write_text("old")
    replace = os.replace

    def refuse_the_new(source, target):
        if target == path and source.name.endswith(".part"):
            raise PermissionError(errno.EACCES, "no")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse_the_new)
    with pytest.raises(PermissionError), new_folder(path) as folder:
        (folder / "model").write_text("new")
    assert (path / "model").read_text() == "old"
    assert os.listdir(tmp_path) == ["student"]


def test_json_and_lines_come_back(tmp_path):
    write_json(tmp_path / "a.json", {"名": [1, None]})
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n "名": [\n  1,\n  null\n ]\n}\n'
    rows = [{"text": "a\nb"}, {"text": "名"}]
    write_lines(tmp_path / "a.jsonl", rows)
    assert read_lines(tmp_path / "a.jsonl") == rows


def test_a_torn_last_line_is_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1}\n{"n": 2}\n{"n":')
    assert read_lines(path) == [{"n": 1}, {"n": 2}]
    assert read_lines(tmp_path / "missing.jsonl") == []


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_separators_inside_a_text_end_no_line(tmp_path, letter):
    rows = [{"n": "one"}, {"n": f"two{letter}three"}, {"n": "four"}]
    write_lines(tmp_path / "a.jsonl", rows)
    assert read_lines(tmp_path / "a.jsonl") == rows


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_full_or_locked_disk_is_named_with_what_to_do(number):
    cause = OSError(number, os.strerror(number), "/films/a.tar")
    error = RuntimeError("the worker failed")
    error.__cause__ = cause
    with pytest.raises(DiskError, match=r"/films/a\.tar: .*make room"):
        raise_if_disk(error, Path("/other"))


def test_other_errors_pass(tmp_path):
    raise_if_disk(FileNotFoundError(errno.ENOENT, "no such file"), tmp_path)
    raise_if_disk(ValueError("bad"), tmp_path)
