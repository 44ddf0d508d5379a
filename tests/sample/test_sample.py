from concurrent.futures import ThreadPoolExecutor

import pytest

from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import Film
from libra_emo.sample import SampleError, draw_sample, is_sample_film
from libra_emo.sample.films import film_files, scene_times
from libra_emo.schemas import SampleTruth, check


def draw(folder, drawn, taxonomy, **changes):
    seed = changes.pop("seed", drawn.seed)
    with ThreadPoolExecutor(1) as executor:
        return draw_sample(folder, seed, drawn.options, taxonomy, executor)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_truth_has_a_row_for_every_scene_with_a_label(small):
    check(small.truth, SampleTruth)
    sources = describe_films(
        Film(film_files(small.folder, plan)[0]) for plan in small.plans
    ).set_index("video_path")["source_id"]
    meant = [
        (sources[film_files(small.folder, plan)[0].as_posix()], start, end, scene.label)
        for plan in small.plans
        for scene, start, end in scene_times(plan, small.options)
        if scene.purpose != "no_face"
    ]
    assert sorted(small.truth.itertuples(index=False, name=None)) == sorted(meant)
    assert len(meant) < sum(len(plan.scenes) for plan in small.plans)


def test_every_scene_ends_in_the_ledger_as_it_was_meant_to(small, tmp_path):
    (tmp_path / "clips").mkdir()
    (tmp_path / "shards").mkdir()
    seen = set()
    for plan in small.plans:
        film = film_files(small.folder, plan)[0]
        source = describe_films([Film(film)]).iloc[0]
        result = process_film(
            source, PreprocessingOptions(), tmp_path / "clips", tmp_path / "shards"
        )
        outcomes = [row["outcome"] for row in result.ledger]
        assert outcomes == [scene.purpose for scene in plan.scenes]
        seen |= set(outcomes)
    assert seen == {"kept", "too_short", "too_long", "no_subtitle", "no_face"}


def test_a_drawing_that_was_stopped_goes_on_to_the_same_bytes(small, taxonomy, tmp_path):
    whole = contents(small.folder)
    for name, content in whole.items():
        if "-01-" in name:
            (tmp_path / name).write_bytes(content)
    unfinished = tmp_path / ".sample-film.mkv.part"
    unfinished.write_bytes(b"torn")
    truth = draw(tmp_path, small, taxonomy)
    unfinished.unlink()
    assert contents(tmp_path) == whole
    assert truth.equals(small.truth)


def test_a_complete_sample_is_not_touched(small, taxonomy):
    before = {path: path.stat().st_mtime_ns for path in small.folder.iterdir()}
    assert draw(small.folder, small, taxonomy).equals(small.truth)
    assert {path: path.stat().st_mtime_ns for path in small.folder.iterdir()} == before


def test_other_peoples_films_are_neither_touched_nor_named(small, taxonomy, tmp_path):
    for name, content in contents(small.folder).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "holiday.mkv").write_bytes(b"mine")
    (tmp_path / "sample-of-mine.mkv").write_bytes(b"mine too")
    truth = draw(tmp_path, small, taxonomy)
    assert truth.equals(small.truth)
    assert (tmp_path / "holiday.mkv").read_bytes() == b"mine"
    assert (tmp_path / "sample-of-mine.mkv").read_bytes() == b"mine too"


def test_films_of_another_seed_are_refused_and_kept(small, taxonomy, tmp_path):
    for name in contents(small.folder):
        (tmp_path / name).write_bytes(b"older")
    with pytest.raises(SampleError, match=r"remove sample-[0-9a-f]{8}-\* there") as caught:
        draw(tmp_path, small, taxonomy, seed=small.seed + 1)
    assert "\n" not in str(caught.value)
    assert set(contents(tmp_path).values()) == {b"older"}


def test_sample_films_are_known_by_their_names_alone(small):
    assert all(is_sample_film(path) == (path.suffix == ".mkv") for path in small.folder.iterdir())
