import pytest
from support.drawn_films import write_film

from libra_emo.media.films.finding import find_films
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
    with pytest.raises(FilmsError, match="row 2"):
        find_films(str(manifest))
    manifest.write_text("")
    with pytest.raises(FilmsError, match=r"films\.csv"):
        find_films(str(manifest))


def test_film_that_a_manifest_names_twice_comes_once(tmp_path):
    write_film(tmp_path / "a.mp4", [0.5])
    manifest = tmp_path / "films.csv"
    manifest.write_text("path\na.mp4\na.mp4\n")
    assert len(find_films(str(manifest))) == 1
