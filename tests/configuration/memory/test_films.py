import os
import time

import pytest

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.stamps import SETTLED_NS
from libra_emo.configuration.memory import films
from libra_emo.configuration.memory.films import DigestMemory


@pytest.fixture
def read(monkeypatch):
    """Return the names of the files that were read."""
    names = []

    def note(path):
        names.append(path.name)
        return digest_file(path)

    monkeypatch.setattr(films, "digest_file", note)
    return names


@pytest.fixture
def film(tmp_path):
    film = tmp_path / "a.mp4"
    film.write_text("one")
    return film


@pytest.fixture
def later(monkeypatch):
    """Let so much time pass that files count as settled."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


def digest(film):
    memory = DigestMemory(film.with_name("memory.json"))
    found = memory.digest(film)
    memory.save()
    return found


def rewrite(film, content):
    """Write other words of the same length, and set the time of before."""
    before = film.stat()
    film.write_text(content)
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_film_that_was_written_just_now_is_read_again(film, read):
    assert digest(film) == digest(film) == digest_file(film)
    assert read == ["a.mp4", "a.mp4"]


def test_a_film_that_nobody_touched_is_read_once(film, read, later):
    assert digest(film) == digest(film) == digest_file(film)
    assert read == ["a.mp4"]


def test_a_film_with_other_words_of_the_same_size_and_time_is_read(film, later):
    before = digest(film)
    time.sleep(0.02)  # the clock of file systems ticks some hundred times a second
    rewrite(film, "two")
    assert digest(film) == digest_file(film) != before


def test_a_film_that_changes_twice_within_a_tick_of_the_clock_is_read(film):
    for number in range(20):
        rewrite(film, f"{number:03}")
        assert digest(film) == digest_file(film)


def test_what_is_not_certain_any_more_is_forgotten(film, read, later, monkeypatch):
    digest(film)
    monkeypatch.undo()
    rewrite(film, "two")
    digest(film)
    assert DigestMemory(film.with_name("memory.json"))._known == {}


@pytest.mark.parametrize("stamp", [[], [3], [3, 7, "0"], [3, 7, 7, "0"]])
def test_a_digest_with_a_stamp_of_another_form_does_not_count(film, read, later, stamp):
    known = DigestMemory(film.with_name("memory.json"))
    known._known[str(film)] = stamp
    assert known.digest(film) == digest_file(film)
    assert read == ["a.mp4"]
