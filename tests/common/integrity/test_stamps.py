import os
import time

import pytest

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.checksums import checksum_file
from libra_emo.common.integrity.stamps import SETTLED_NS, FileMemory


class Counted:
    """A function of files' content that counts its calls."""

    __name__ = "counted"

    def __init__(self):
        self.calls = []

    def __call__(self, file):
        self.calls.append(file.name)
        return file.read_text()


@pytest.fixture
def place(tmp_path):
    return tmp_path / ".memory.json"


@pytest.fixture
def later(monkeypatch):
    """Let so much time pass that files written just now count as settled."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


def write(path, text):
    path.write_text(text)
    return path


def recall(place, file, compute):
    memory = FileMemory(place)
    value = memory.recall(file, compute)
    memory.save()
    return value


def test_a_file_that_nobody_touched_is_read_once(tmp_path, place, later):
    file, compute = write(tmp_path / "a", "one"), Counted()
    assert [recall(place, file, compute) for _ in range(3)] == ["one"] * 3
    assert compute.calls == ["a"]


def replaced(file):
    os.replace(write(file.with_name("b"), "two"), file)


def rewritten(file):
    write(file, "two")


def with_the_time_of_before(file):
    before = file.stat()
    write(file, "two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def longer(file):
    write(file, "twoo")


@pytest.mark.parametrize("change", [replaced, rewritten, with_the_time_of_before, longer])
def test_a_file_that_was_touched_is_read_again(tmp_path, place, later, change):
    file, compute = write(tmp_path / "a", "one"), Counted()
    recall(place, file, compute)
    time.sleep(0.02)  # the clock of file systems ticks some hundred times a second
    change(file)
    assert recall(place, file, compute).startswith("two")


def test_a_file_that_was_written_just_now_is_not_trusted(tmp_path, place):
    file, compute = write(tmp_path / "a", "one"), Counted()
    recall(place, file, compute)
    recall(place, file, compute)
    assert compute.calls == ["a", "a"]


def test_functions_are_not_mixed_up(tmp_path, place, later):
    file = write(tmp_path / "a", "one")
    memory = FileMemory(place)
    found = [memory.recall(file, each) for each in (digest_file, checksum_file)]
    assert found == [digest_file(file), checksum_file(file)]
    memory.save()
    again = FileMemory(place)
    assert found == [again.recall(file, each) for each in (digest_file, checksum_file)]


def test_what_was_not_asked_for_is_forgotten(tmp_path, place, later):
    one, two, compute = write(tmp_path / "a", "1"), write(tmp_path / "b", "2"), Counted()
    recall(place, one, compute)
    recall(place, two, compute)
    recall(place, one, compute)
    assert compute.calls == ["a", "b", "a"]


@pytest.mark.parametrize(
    "content", ["", "[", "[]", "3", '{"counted PATH": 3}', '{"counted PATH": []}']
)
def test_a_damaged_memory_costs_time_alone(tmp_path, place, later, content):
    file, compute = write(tmp_path / "a", "one"), Counted()
    place.write_text(content.replace("PATH", str(file)))
    assert recall(place, file, compute) == "one"
    assert recall(place, file, compute) == "one"
    assert compute.calls == ["a"]


def test_without_a_place_nothing_is_kept(tmp_path, later):
    file, compute = write(tmp_path / "a", "one"), Counted()
    assert recall(None, file, compute) == "one"
    assert recall(None, file, compute) == "one"
    assert len(compute.calls) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_that_is_missing_is_an_error(tmp_path, place):
    with pytest.raises(FileNotFoundError):
        recall(place, tmp_path / "none", Counted())
