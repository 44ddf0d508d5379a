import os

import fsspec
import pytest
from support.drawn_films import write_film

from libra_emo.media.films.finding import describe_unused, find_films
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.sources import FilmsError


def test_folder_is_searched_with_its_subfolders(tmp_path):
    for name in ("b.mp4", "a/c.MKV", "a/d.webm", "e.avi", "f.mov", "g.flv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    for name in ("notes.txt", ".hidden.mp4", "b.srt", ".cache/h.mp4", "folder.mp4/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [film.path.relative_to(tmp_path).as_posix() for film in find_films(str(tmp_path))]
    assert found == ["a/c.MKV", "a/d.webm", "b.mp4", "e.avi", "f.mov", "g.flv"]


def test_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FilmsError, match="nowhere"):
        find_films(str(tmp_path / "nowhere"))


def test_manifest_without_paths_is_named(tmp_path):
    manifest = tmp_path / "films.csv"
    manifest.write_text("file\na.mp4\n")
    with pytest.raises(FilmsError, match="column `path`"):
        find_films(str(manifest))
    manifest.write_text("path,title\na.mp4,A\n,B\n")
    troubles = [film.trouble for film in find_films(str(manifest)) if film.trouble]
    assert troubles == ["row 2 of films.csv: it has no path; fill it in"]
    manifest.write_text("")
    with pytest.raises(FilmsError, match=r"films\.csv"):
        find_films(str(manifest))


def test_film_that_a_manifest_names_twice_comes_once(tmp_path):
    write_film(tmp_path / "a.mp4", [0.5])
    manifest = tmp_path / "films.csv"
    manifest.write_text("path\na.mp4\na.mp4\n")
    assert len(find_films(str(manifest))) == 1


def test_every_usual_container_is_listed(tmp_path):
    for ending in ("m4v", "ts", "mts", "m2ts", "mpg", "wmv", "vob", "ogv", "3gp", "MXF", "divx"):
        (tmp_path / f"film.{ending}").write_bytes(b"")
    assert len(find_films(str(tmp_path))) == 11


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("mpegts", "libx264")])
def test_film_without_a_known_ending_is_recognised_by_its_content(tmp_path, container, codec):
    write_film(tmp_path / f"a.{'ts' if container == 'mpegts' else container}", [0.5], codec=codec)
    for film in list(tmp_path.iterdir()):
        film.rename(tmp_path / "film.download")
    for name, content in (("b.bin", b"\x00" * 999), ("c", b"plain text"), ("d.jpg", b"\xff\xd8")):
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "e.pipe")
    (tmp_path / "f.zero").symlink_to("/dev/zero")
    assert [film.path.name for film in find_films(str(tmp_path))] == ["film.download"]


def test_what_lies_beside_and_is_not_used_is_named(tmp_path, caplog):
    for name in ("film.mp4", "film.en.srt", "other.srt", "part.mp4.part", "notes.md"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.mkv").mkdir()
    describe_unused(str(tmp_path), find_films(str(tmp_path)))
    (message,) = [record.getMessage() for record in caplog.records]
    assert "not used: folder.mkv (a folder), other.srt, part.mp4.part" in message
    assert "film.en.srt" not in message


def test_what_lies_beside_films_at_an_address_is_named(caplog):
    names = ("film.mp4", "film.en.srt", "other.srt", "sub/film.zh.ass", "part.mp4.part", "notes.md")
    disk = fsspec.filesystem("memory")
    for name in (*names, ".hidden.srt", "sub/b.mkv", "sub/b.info.json"):
        disk.pipe(f"/beside/{name}", b"x")
    assert len(find_films("memory://beside")) == 2
    (message,) = [record.getMessage() for record in caplog.records]
    assert "not used: film.zh.ass, other.srt, part.mp4.part; rename" in message
    caplog.clear()
    disk.rm("/beside", recursive=True)
    for name in ("film.mp4", "film.en.srt"):
        disk.pipe(f"/beside/{name}", b"x")
    find_films("memory://beside")
    assert not caplog.records
    disk.rm("/beside", recursive=True)


def test_pipes_and_devices_are_listed_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    rows = describe_films(find_films(str(tmp_path)))
    assert rows["trouble"].str.contains("not a regular file").sum() == 2
    assert rows["trouble"].notna().all()
