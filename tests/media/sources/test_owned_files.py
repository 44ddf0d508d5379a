import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.integrity.stamps import SETTLED_NS
from libra_emo.media.sources.owned_files import list_owned
from libra_emo.media.sources.subtitle_names import FilmNames, find_owner

NAMES = st.text("abAB.-_ ßİ", min_size=1, max_size=5)


def names(film):
    return [path.name for path, _ in list_owned(film)]


@pytest.fixture
def later(monkeypatch):
    """Let so much time pass that folders count as settled, so that their listing is kept."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


def test_a_folder_is_listed_again_once_it_has_changed(tmp_path, later):
    film = tmp_path / "a.mp4"
    film.touch()
    assert names(film) == []
    for name in ("a.srt", "a.en.srt"):
        time.sleep(0.02)  # the clock of file systems ticks some hundred times a second
        (tmp_path / name).touch()
        assert name in names(film)
    time.sleep(0.02)
    (tmp_path / "a.srt").unlink()
    assert names(film) == ["a.en.srt"]


def test_a_folder_for_subtitles_is_listed_again_once_it_has_changed(tmp_path, later):
    film, inner = tmp_path / "a.mp4", tmp_path / "Subs"
    film.touch()
    (tmp_path / "b.mp4").touch()
    inner.mkdir()
    assert names(film) == []
    time.sleep(0.02)
    (inner / "a.en.srt").touch()
    assert names(film) == ["a.en.srt"]
    (inner / "a").mkdir()
    (inner / "a/2_English.srt").touch()
    assert names(film) == ["a.en.srt", "2_English.srt"]
    assert names(tmp_path / "b.mp4") == []


def test_a_folder_that_was_written_just_now_is_listed_each_time(tmp_path):
    film = tmp_path / "a.mp4"
    film.touch()
    names(film)
    (tmp_path / "a.srt").touch()
    assert names(film) == ["a.srt"]


def test_a_film_without_a_films_ending_has_files_as_well(tmp_path, later):
    for name in ("a.mp4", "ab", "ab.srt", "a.srt"):
        (tmp_path / name).touch()
    assert names(tmp_path / "ab") == ["ab.srt"]
    assert names(tmp_path / "a.mp4") == ["a.srt"]


def find_slowly(name, films):
    """Look at each film, as the rule says."""
    found = [
        (len(stem), film, name[len(stem) :])
        for film in films
        for stem in dict.fromkeys((film, film.rpartition(".")[0] or film))
        if name.casefold().startswith(stem.casefold())
    ]
    fitting = [each for each in found if not each[2] or each[2][0] in "._- ([{（【"]
    return max(fitting, key=lambda each: each[0], default=None)


@given(NAMES, st.lists(NAMES.map(lambda name: f"{name}.mp4"), max_size=6, unique=True))
def test_the_owner_is_the_film_with_the_longest_name(name, films):
    slow, owner = find_slowly(name, films), find_owner(name, films)
    assert (owner is None) == (slow is None)
    if owner is not None and slow is not None:
        assert owner[1] == slow[2]
    assert FilmNames(films).find_owner(name) == owner
