import json
from dataclasses import replace

import pytest
from support.drawn_films import write_cues, write_film
from support.flipped_bits import flips
from support.portrait import draw_face

from libra_emo.media.films import cache
from libra_emo.media.films.cache import (
    OutputFolders,
    find_cached_film,
    make_film_task,
    process_and_cache_film,
)
from libra_emo.media.films.finding import find_films
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
OPTIONS = PreprocessingOptions()


@pytest.fixture
def folders(tmp_path):
    return OutputFolders(tmp_path / "clips", tmp_path / "shards", tmp_path / "finished")


@pytest.fixture
def film(tmp_path):
    path = write_film(tmp_path / "films/film.mp4", [(4, FACE), 4], size=SIZE)
    write_cues(tmp_path / "films/film.en.srt", (0.5, 2, "Hello."))
    return path


def plan(film, options=OPTIONS, **facts):
    row = describe_films(find_films(str(film.parent)), OPTIONS).astype(object).to_dict("records")[0]
    return make_film_task({**row, **facts}, options)


def test_cached_film_is_found_as_it_was(film, folders):
    task = plan(film)
    assert find_cached_film(task, folders) is None
    result = process_and_cache_film(task, OPTIONS, folders)
    assert len(result.candidates) == 1
    assert result.candidates[0]["clip_path"].startswith(folders.clips.as_posix())
    assert find_cached_film(plan(film), folders) == result
    assert process_and_cache_film(task, OPTIONS, folders) == result


def test_record_holds_wherever_the_project_lies(film, folders, tmp_path):
    process_and_cache_film(plan(film), OPTIONS, folders)
    there = tmp_path / "elsewhere"
    there.mkdir()
    for folder in (folders.clips, folders.shards, folders.records):
        folder.rename(there / folder.name)
    moved = OutputFolders(there / "clips", there / "shards", there / "finished")
    (clip,) = find_cached_film(plan(film), moved).candidates
    assert (
        clip["clip_path"]
        == (there / "clips" / clip["source_id"] / f"{clip['clip_id']}.mp4").as_posix()
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("detector", "content"),
        ("min_scene_seconds", 3.5),
        ("faces_per_second", 2.0),
        ("shard_jpeg_quality", 80),
        ("clip_crf", 30),
    ],
)
def test_changed_parameter_does_the_film_again(film, folders, name, value):
    process_and_cache_film(plan(film), OPTIONS, folders)
    assert find_cached_film(plan(film, OPTIONS.model_copy(update={name: value})), folders) is None


def test_changed_subtitle_language_or_film_does_it_again(film, folders):
    process_and_cache_film(plan(film), OPTIONS, folders)
    assert find_cached_film(plan(film, language="zh"), folders) is None
    write_cues(film.with_name("film.en.srt"), (0.5, 2, "Hello!"))
    assert find_cached_film(plan(film), folders) is None
    write_cues(film.with_name("film.en.srt"), (0.5, 2, "Hello."))
    assert find_cached_film(plan(film), folders) is not None
    assert find_cached_film(plan(film, sha256="0" * 64), folders) is None


def test_carried_facts_and_measuring_change_nothing(film, folders):
    result = process_and_cache_film(plan(film), OPTIONS, folders)
    measuring = OPTIONS.features.model_copy(update={"detect_every_frames": 9})
    options = OPTIONS.model_copy(update={"features": measuring})
    assert find_cached_film(plan(film, options, theme="war", title="Another"), folders) == result


@pytest.mark.parametrize("folder", ["clips", "shards"])
def test_missing_or_torn_file_does_the_film_again(film, folders, folder):
    result = process_and_cache_film(plan(film), OPTIONS, folders)
    made = getattr(folders, folder).rglob("*")
    (path,) = (each for each in made if each.is_file() and not each.name.startswith("."))
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert find_cached_film(plan(film), folders) is None
    path.unlink()
    assert find_cached_film(plan(film), folders) is None
    path.write_bytes(content)
    assert find_cached_film(plan(film), folders) == result


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"key": 1}'])
def test_torn_record_counts_as_none(film, folders, text):
    process_and_cache_film(plan(film), OPTIONS, folders)
    (record,) = folders.records.iterdir()
    record.write_text(text)
    assert find_cached_film(plan(film), folders) is None


def test_record_is_gone_while_the_film_is_done_anew(film, folders, monkeypatch):
    process_and_cache_film(plan(film), OPTIONS, folders)

    def die(*_):
        assert list(folders.records.iterdir()) == []
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "process_film", die)
    with pytest.raises(KeyboardInterrupt):
        process_and_cache_film(plan(film), OPTIONS, folders)


def test_film_that_cannot_be_opened_leaves_no_record(tmp_path, folders):
    (tmp_path / "films").mkdir()
    (tmp_path / "films/film.mp4").write_bytes(b"no film")
    task = plan(tmp_path / "films/film.mp4")
    (row,) = process_and_cache_film(task, OPTIONS, folders).ledger
    assert row["outcome"] == "unreadable"
    assert find_cached_film(task, folders) is None


def test_film_that_breaks_the_program_off_is_one_row(film, folders, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("of\n  all things")

    monkeypatch.setattr(cache, "process_film", fail)
    task = replace(plan(film), key="key")
    result = process_and_cache_film(task, OPTIONS, folders)
    (row,) = result.ledger
    assert (row["outcome"], row["detail"]) == ("unreadable", "ZeroDivisionError: of all things")
    assert find_cached_film(task, folders) is None


def test_rows_come_as_they_will_from_the_record(film, folders):
    result = process_and_cache_film(plan(film), OPTIONS, folders)
    rows = [*result.ledger, *result.candidates]
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize("kind", ["clips/*/*.mp4", "shards/*.tar", "finished/*.json"])
def test_a_film_with_a_damaged_file_is_made_again_with_the_same_shard(
    film, folders, tmp_path, kind
):
    task = plan(film)
    result = process_and_cache_film(task, OPTIONS, folders)
    shard = (folders.shards / result.shard).read_bytes()
    (path,) = tmp_path.glob(kind)
    whole = path.read_bytes()
    for changed in [*flips(whole, 40), whole[:-1], bytes(len(whole)), b""]:
        path.write_bytes(changed)
        # a record may keep its meaning, such as in the letters of an escaped character
        assert find_cached_film(task, folders) in (None, result)
        assert kind.startswith("finished") or find_cached_film(task, folders) is None
    assert process_and_cache_film(task, OPTIONS, folders) == result
    assert find_cached_film(task, folders) == result
    assert (folders.shards / result.shard).read_bytes() == shard


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("checksums"),
        lambda content: content.update(checksums={"a": 1}),
        lambda content: content["result"].update(new_field=1),
        lambda content: content["result"].pop("ledger"),
        lambda content: content["result"].update(candidates=None),
        lambda content: content["result"].update(candidates=[{}]),
        lambda content: content.update(result=[]),
    ],
)
def test_a_record_of_another_version_or_shape_is_made_again(film, folders, change):
    task = plan(film)
    process_and_cache_film(task, OPTIONS, folders)
    (path,) = folders.records.iterdir()
    content = read_record(path, task.key)
    change(content)
    write_record(path, task.key, content)
    assert find_cached_film(task, folders) is None
