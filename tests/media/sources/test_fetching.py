import zipfile

import fsspec
import pytest

from libra_emo.media.films.finding import find_films
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources import AddressError
from libra_emo.media.sources.addresses import open_system
from libra_emo.media.sources.fetching import LocalCopies

AT_ONCE = FetchingOptions(first_wait_seconds=0)
FILM = "memory://fetching/d/film.mp4"


@pytest.fixture(autouse=True)
def store():
    system = fsspec.filesystem("memory")
    yield system
    if system.exists("/fetching"):
        system.rm("/fetching", recursive=True)


def put(store, name, content):
    store.pipe(f"/fetching/d/{name}", content)


def test_copy_is_fetched_once_and_again_when_the_film_changes(tmp_path, store, monkeypatch):
    put(store, "film.mp4", b"one")
    copies = LocalCopies(tmp_path, AT_ONCE)
    fetched = []
    original = type(store).get_file
    monkeypatch.setattr(
        type(store),
        "get_file",
        lambda self, path, *args, **more: (
            fetched.append(path) or original(self, path, *args, **more)
        ),
    )
    assert copies.fetch(FILM).read_bytes() == b"one"
    assert copies.fetch(FILM).read_bytes() == b"one"
    assert len(fetched) == 1
    put(store, "film.mp4", b"two!")
    assert copies.fetch(FILM).read_bytes() == b"two!"
    assert len(fetched) == 2


def test_what_lies_beside_comes_too_and_goes_when_it_is_gone(tmp_path, store):
    for name in ("film.mp4", "film.info.json", "film.en.srt", "film2.srt.txt", "other.srt"):
        put(store, name, name.encode())
    copies = LocalCopies(tmp_path, AT_ONCE)
    place = copies.fetch(FILM)
    copies.fetch_beside(FILM)
    beside = {path.name for path in place.parent.iterdir() if not path.name.startswith(".")}
    assert beside == {"film.mp4", "film.info.json", "film.en.srt"}
    store.rm("/fetching/d/film.en.srt")
    LocalCopies(tmp_path, AT_ONCE).fetch_beside(FILM)
    assert not (place.parent / "film.en.srt").exists()
    assert place.is_file()


def test_film_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AddressError, match=r"memory://fetching/d/film\.mp4: .* no such file"):
        LocalCopies(tmp_path, AT_ONCE).fetch(FILM)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_copy_that_breaks_off_is_no_copy(tmp_path, store, monkeypatch):
    put(store, "film.mp4", b"a whole film")
    monkeypatch.setattr(
        type(store), "info", lambda self, path, **_: {"size": 99, "type": "file", "name": path}
    )
    with pytest.raises(AddressError, match="breaks off after 12 of 99 bytes"):
        LocalCopies(tmp_path, AT_ONCE).fetch(FILM)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_copy_stays_while_nobody_answers_and_the_trouble_is_reported(tmp_path, store, monkeypatch):
    put(store, "film.mp4", b"one")
    place = LocalCopies(tmp_path, AT_ONCE).fetch(FILM)

    def fail(self, path, **_):
        raise TimeoutError("no answer")

    monkeypatch.setattr(type(store), "info", fail)
    for address in (FILM, "memory://fetching/d/other.mp4"):
        with pytest.raises(AddressError, match="no answer in time") as caught:
            LocalCopies(tmp_path, AT_ONCE).fetch(address)
        assert caught.value.kind == "passing"
    assert place.read_bytes() == b"one"


def test_films_of_one_name_lie_apart(tmp_path, store):
    store.pipe("/fetching/d/film.mp4", b"one")
    store.pipe("/fetching/e/film.mp4", b"two")
    copies = LocalCopies(tmp_path, AT_ONCE)
    places = [copies.fetch(f"memory://fetching/{folder}/film.mp4") for folder in "de"]
    assert [place.read_bytes() for place in places] == [b"one", b"two"]


def test_long_name_is_cut_and_keeps_its_ending(tmp_path):
    place = LocalCopies(tmp_path, AT_ONCE).place_of("memory://d/" + "电" * 300 + ".mp4")
    assert place.suffix == ".mp4"
    assert len(place.name.encode()) <= 200


def test_films_in_an_archive_are_listed_and_fetched_with_what_lies_beside(tmp_path):
    archive = tmp_path / "films.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("d/film.mp4", "d/film.srt", "d/notes.txt"):
            packed.writestr(name, name)
    (film,) = find_films(f"zip://d::{archive.as_uri()}")
    assert str(film.address) == f"zip://d/film.mp4::{archive.as_uri()}"
    copies = LocalCopies(tmp_path / "copies")
    place = copies.fetch(film.address)
    copies.fetch_beside(film.address)
    assert place.read_text() == "d/film.mp4"
    assert place.with_suffix(".srt").read_text() == "d/film.srt"


@pytest.mark.parametrize(("failures", "comes"), [(3, True), (4, False)])
def test_connection_that_breaks_is_made_again(tmp_path, store, monkeypatch, failures, comes):
    put(store, "film.mp4", b"one")
    original, asked = type(store).get_file, []

    def break_off(self, path, local, **more):
        asked.append(path)
        if len(asked) <= failures:
            raise ConnectionResetError("broken")
        return original(self, path, local, **more)

    monkeypatch.setattr(type(store), "get_file", break_off)
    if comes:
        assert LocalCopies(tmp_path, AT_ONCE).fetch(FILM).read_bytes() == b"one"
    else:
        with pytest.raises(AddressError, match="breaks the connection off"):
            LocalCopies(tmp_path, AT_ONCE).fetch(FILM)
    assert len(asked) == 4


def test_film_over_http_may_take_as_long_as_it_takes():
    system, _ = open_system("https://127.0.0.1:9/film.mp4")
    assert system.client_kwargs["timeout"].total is None
    chained, _ = open_system("blockcache::https://127.0.0.1:9/film.mp4")
    assert chained.fs.client_kwargs["timeout"].total is None
