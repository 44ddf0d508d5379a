import json
import os

import pytest

from libra_emo.media.sources.sidecars import (
    MAX_FACT,
    explain_sidecar,
    find_subtitle_files,
    is_regular,
    list_beside,
    list_unused_subtitles,
    read_sidecar,
    tidy_fact,
)

DEEP = "[" * 200_000 + "]" * 200_000


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"")
    return path


def write_information(film, content):
    path = film.with_name("film.info.json")
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def test_facts_are_read(film):
    write_information(film, {"title": "A\nfilm", "uploader": "Ann", "categories": ["Drama"]})
    assert read_sidecar(film) == {"title": "A film", "author": "Ann", "theme": "Drama"}
    assert explain_sidecar(film) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (DEEP.encode(), "it is nested too deeply"),
        (b'{"title": ' + DEEP.encode() + b"}", "it is nested too deeply"),
        (b"{", "it cannot be read as JSON"),
        (b"\xff\xfe{", "it cannot be read as JSON"),
        (b'{"title": ' + b"9" * 5000 + b"}", "it cannot be read as JSON"),
        (b"[1]", "it is not a JSON object"),
        (b"null", None),
        (b"", "it cannot be read as JSON"),
    ],
)
def test_broken_file_is_named_and_costs_itself_alone(film, content, reason):
    write_information(film, content)
    assert read_sidecar(film) == {}
    if reason is not None:
        assert reason in explain_sidecar(film)
        assert "film.info.json" in explain_sidecar(film)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop"])
def test_what_is_no_regular_file_is_never_opened(film, kind):
    path = film.with_name("film.info.json")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else path)
    assert read_sidecar(film) == {}
    assert "it is not a regular file" in explain_sidecar(film)
    assert not is_regular(path)


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000_000, "a\x00b", "a\ud800b", "a\u2028b", "\x1b[31mred", 10**300, float("inf")],
)
def test_facts_can_be_shown_everywhere(value):
    text = tidy_fact(value)
    assert text
    assert len(text) <= MAX_FACT
    assert text.isprintable()
    assert text.encode("utf-8")


def test_files_in_a_folder_of_subtitles_are_found(film):
    for name in ("Subs/2_English.srt", "Subs/film/fr.srt", "subtitles/film.de.vtt", "Subs/no.bin"):
        path = film.parent / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("")
    found = {(file.path.name, file.language) for file in find_subtitle_files(film)}
    assert found == {("2_English.srt", "en"), ("fr.srt", "fr"), ("film.de.vtt", "de")}
    (film.parent / "other.mkv").write_bytes(b"")  # now a name must say whose it is
    found = {file.path.name for file in find_subtitle_files(film)}
    assert found == {"fr.srt", "film.de.vtt"}


def test_subtitle_with_an_unknown_name_is_listed(film):
    for name in ("film.srt", "film.directors cut.srt", "film.zip", "other.srt", "film.txt"):
        film.with_name(name).write_text("")
    assert [path.name for path in list_unused_subtitles(film)] == ["film.directors cut.srt"]
    beside = {path.name for path in list_beside(film)}
    assert beside == {"film.srt", "film.directors cut.srt", "film.txt"}
