"""Which files go with a film: never those of another one."""

import hashlib

import pytest

from libra_emo.publication.takedown.film_files import list_film_files

FILM = "data/01_raw/films/show.mkv"


def digest(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def project(tmp_path):
    for name in (
        *("show.mkv", "show.en.srt", "show.info.json", "show.S02.mkv", "show.S02.en.srt"),
        *("show.S03.mov", "showcase.mkv", "show.notes.odt", "double.mkv", "double.mp4"),
        *("double.srt", "double.en.vtt"),
    ):
        path = tmp_path / "data/01_raw/films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def find(project, *paths, digests=(), others=(), other_digests=()):
    found = list_film_files(paths, frozenset(digests), others, frozenset(other_digests), project)
    return [path.name for path in found]


def test_what_describes_the_film_goes_and_films_with_longer_names_stay(project):
    assert find(project, FILM) == ["show.en.srt", "show.info.json", "show.mkv"]


def test_subtitles_of_two_films_stay_while_one_of_them_does(project):
    assert find(project, "data/01_raw/films/double.mkv") == ["double.mkv"]


def test_a_path_that_another_film_has_now_is_not_removed(project):
    content = digest(b"show.mkv")
    assert find(project, FILM, other_digests=[content]) == []
    assert find(project, FILM, others=[FILM]) == []
    assert "show.mkv" in find(project, FILM, digests=[content], others=[FILM])


@pytest.mark.parametrize(
    "path", ["/elsewhere/film.mkv", "data/01_raw/../../film.mkv", "film.mkv", "data/no.mkv"]
)
def test_files_outside_of_data_and_missing_ones_are_none(project, path):
    assert find(project, path) == []


def test_the_folder_of_a_copy_is_of_this_film_alone(project):
    folder = project / "data/02_intermediate/film_copies/0011"
    folder.mkdir(parents=True)
    for name in ("a.mkv", "words.srt", ".stamps.json"):
        (folder / name).write_text(name)
    names = find(project, "data/02_intermediate/film_copies/0011/a.mkv")
    assert names == [".stamps.json", "a.mkv", "words.srt"]
