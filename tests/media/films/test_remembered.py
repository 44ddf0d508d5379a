from pathlib import Path

import pytest

from libra_emo.media.films.remembered import (
    find_vanished,
    read_sources,
    read_texts,
    recall_source,
    remember_sources,
)


def remember(folder, path, **more):
    row = {"source_id": "film-1", "video_path": str(path), "width": 240, "warning": None, **more}
    remember_sources([row], {}, folder)
    return row


def failing(path, failure, **more):
    row = {"source_id": "other", "video_path": str(path), "width": None, "warning": None}
    return {**row, "trouble": "away", "outage": None, "failure": failure, "reason": "away", **more}


def test_row_of_an_earlier_run_stands_in_while_the_film_is_away(tmp_path):
    remember(tmp_path / "finished", "copies/a.mp4")
    known = read_sources(tmp_path / "finished")
    row = recall_source(failing("copies/a.mp4", "passing"), known)
    assert (row["source_id"], row["width"], row["outage"]) == ("film-1", 240, "away")
    stranger = failing("copies/b.mp4", "passing")
    assert recall_source(stranger, known) == stranger


def test_nothing_is_written_when_nothing_changed(tmp_path):
    remember(tmp_path, "a.mp4")
    (record,) = tmp_path.iterdir()
    before = record.stat().st_mtime_ns
    remember(tmp_path, "a.mp4", warning="it is gone", outage="away")
    assert record.stat().st_mtime_ns == before
    remember(tmp_path, "a.mp4", width=480)
    assert read_sources(tmp_path)["a.mp4"]["width"] == 480


def test_digests_of_subtitles_are_remembered_after_their_copies_went(tmp_path):
    text = tmp_path / "a.srt"
    text.write_text("words")
    row = remember(tmp_path / "f", "a.mp4")
    remember_sources([row], {"film-1": [text]}, tmp_path / "f")
    digest = read_texts("film-1", tmp_path / "f")["a.srt"]
    text.unlink()
    remember_sources([row], {"film-1": [text]}, tmp_path / "f")
    assert read_texts("film-1", tmp_path / "f") == {"a.srt": digest}


@pytest.mark.parametrize("layout", ["films", "films/disk"])
def test_film_whose_folder_is_suddenly_empty_has_vanished(tmp_path, layout):
    films = tmp_path / "films"
    film = tmp_path / layout / "a.mp4"
    film.parent.mkdir(parents=True)
    film.write_bytes(b"film")
    remember(tmp_path / "finished", film)
    assert find_vanished(films, [film], tmp_path / "finished") == []
    film.unlink()
    assert find_vanished(films, [], tmp_path / "finished") == [film]
    row = recall_source(failing(film, "gone"), read_sources(tmp_path / "finished"))
    assert row["outage"] == "away"


def test_film_that_was_taken_out_beside_others_or_with_its_folder_has_not_vanished(tmp_path):
    films, finished = tmp_path / "films", tmp_path / "finished"
    films.mkdir()
    other = films / "b.mp4"
    other.write_bytes(b"film")
    for path in (films / "a.mp4", films / "gone/a.mp4", tmp_path / "elsewhere/a.mp4"):
        remember(finished, path)
        assert find_vanished(films, [other], finished) == []


def test_sample_that_was_removed_is_drawn_again(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    remember(tmp_path / "finished", films / "sample-01.mp4")
    assert find_vanished(films, [], tmp_path / "finished") == []


def test_damaged_memory_is_none(tmp_path):
    (tmp_path / "x.source.json").write_text("{")
    assert read_sources(tmp_path) == {}
    assert read_texts("x", tmp_path) == {}
    assert read_sources(Path("nowhere")) == {}
