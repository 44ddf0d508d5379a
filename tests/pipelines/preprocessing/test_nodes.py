import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from support.drawn_films import write_cues, write_film
from support.portrait import draw_face

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.sources.manifests import FilmsError
from libra_emo.pipelines.preprocessing import measuring, nodes
from libra_emo.sample.options import SampleOptions
from libra_emo.schemas import Candidates, ClipLedger, Features, SampleTruth, Sources, check
from libra_emo.taxonomy import read_taxonomy

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
OPTIONS = PreprocessingOptions()
FINISHED = Path("finished")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    return tmp_path


@pytest.fixture
def threads(monkeypatch):
    """Work in threads of this process, which begin sooner than processes."""

    @contextmanager
    def open_threads(spec):
        with ThreadPoolExecutor(2) as executor:
            yield executor

    for module in (nodes, measuring):
        monkeypatch.setattr(module, "open_executor", open_threads)


def prepare(films="films", sample=None):
    sample = sample or SampleOptions(films=1, clips=2, min_clips_per_label=0)
    return nodes.prepare_films(films, 1, "local:1", sample, read_taxonomy())


def make_film(name="films/one.mp4", shots=((4, FACE), 4), words="Hello."):
    film = write_film(Path(name), list(shots), size=SIZE)
    write_cues(film.with_suffix(".srt"), (0.5, 2, words))
    return film


def cut(executor="local:1"):
    _, films = prepare()
    sources = nodes.list_sources(films, OPTIONS, Path("copies"))
    folders = Path("clips"), Path("shards"), FINISHED
    return sources, *next(nodes.cut_scenes(sources, OPTIONS, executor, *folders))


def test_films_become_tables_clips_and_features(threads, project):
    make_film()
    make_film("films/deeper/two.mp4", shots=[(5, FACE)], words="Good bye!")
    (project / "films/torn.mp4").write_bytes(b"")

    sources, ledger, candidates, index = cut("local:2")
    features = nodes.measure_features(
        candidates, ShardReader("shards"), OPTIONS, "local:2", FINISHED
    )

    check(sources, Sources)
    check(ledger, ClipLedger)
    check(candidates, Candidates)
    check(features, Features)
    assert sorted(sources["video_path"]) == [
        "films/deeper/two.mp4",
        "films/one.mp4",
        "films/torn.mp4",
    ]
    assert ledger["outcome"].value_counts().to_dict() == {
        "kept": 2,
        "no_subtitle": 1,
        "unreadable": 1,
    }
    assert candidates["subtitle"].to_list() == ["Hello.", "Good bye!"]
    assert all(Path(path).is_file() for path in candidates["clip_path"])
    assert candidates["clip_path"][0] == (
        f"clips/{candidates['source_id'][0]}/{candidates['clip_id'][0]}.mp4"
    )
    assert index["clip_id"].to_list() == candidates["clip_id"].to_list()
    assert index["shard"].to_list() == [f"{film}.tar" for film in candidates["source_id"]]
    assert features["clip_id"].to_list() == candidates["clip_id"].to_list()
    assert features.filter(like="face_").notna().any().any()


def test_everything_comes_out_the_same_again(threads):
    make_film()
    make_film("films/two.mp4", shots=[(5, FACE)])
    first = cut()
    shards = {path.name: path.read_bytes() for path in Path("shards").iterdir()}
    for table, again in zip(first, cut(), strict=True):
        pd.testing.assert_frame_equal(table, again)
    assert shards == {path.name: path.read_bytes() for path in Path("shards").iterdir()}


@pytest.mark.slow
def test_processes_give_what_threads_give(request):
    make_film()
    apart = cut("local:2")
    features = nodes.measure_features(apart[2], ShardReader("shards"), OPTIONS, "local:2", FINISHED)
    request.getfixturevalue("threads")
    for table, again in zip(apart, cut(), strict=True):
        pd.testing.assert_frame_equal(table, again)
    again = nodes.measure_features(apart[2], ShardReader("shards"), OPTIONS, "local:2", FINISHED)
    pd.testing.assert_frame_equal(features, again)


def test_what_no_clip_needs_any_more_is_removed(threads):
    film = make_film()
    make_film("films/two.mp4", shots=[(5, FACE)])
    cut()
    film.unlink()
    Path("clips/.left.mp4.part").write_bytes(b"half")
    (kept_folder,) = Path("clips").glob("two-*")
    (kept_folder / ".left.mp4.part").write_bytes(b"half")
    Path("clips/notes.txt").write_text("somebody's")
    _, _, candidates, _ = cut()
    assert len(candidates) == 1
    (kept,) = candidates[["source_id", "clip_id"]].to_dict("records")
    assert {path.relative_to("clips").as_posix() for path in Path("clips").rglob("*")} == {
        kept["source_id"],
        f"{kept['source_id']}/{kept['clip_id']}.mp4",
        "notes.txt",
    }
    shard = f"{candidates['source_id'][0]}.tar"
    assert {path.name for path in Path("shards").iterdir()} == {shard, f".{shard}.index"}


def test_film_that_lies_there_twice_is_cut_once(threads):
    film = make_film()
    shutil.copy(film, "films/zwei.mp4")
    shutil.copy(film.with_suffix(".srt"), "films/zwei.srt")
    sources, ledger, candidates, _ = cut()
    assert len(sources) == 2
    assert len(candidates) == 1
    (refused,) = ledger[ledger["outcome"] == "refused"].to_dict("records")
    assert refused["detail"] == f"same content as {candidates['source_id'][0]}"


def test_films_that_give_nothing_give_empty_tables(threads, project):
    (project / "films/torn.mp4").write_bytes(b"")
    _, ledger, candidates, index = cut()
    assert (len(ledger), len(candidates), len(index)) == (1, 0, 0)
    check(candidates, Candidates)
    features = nodes.measure_features(
        candidates, ShardReader("shards"), OPTIONS, "local:1", FINISHED
    )
    check(features, Features)


def test_empty_folder_is_filled_with_the_sample_and_then_left_alone(threads, project):
    truth, films = prepare()
    check(truth, SampleTruth)
    assert len(truth) >= 2
    assert len(films) == 1
    times = {path: path.stat().st_mtime_ns for path in (project / "films").iterdir()}
    again, _ = prepare()
    pd.testing.assert_frame_equal(truth, again)
    assert times == {path: path.stat().st_mtime_ns for path in (project / "films").iterdir()}


def test_the_default_folder_is_filled_although_all_data_were_removed(threads, project):
    assert not Path("data").exists()
    _, films = prepare("data/01_raw/films")
    assert len(films) == 1


def test_nothing_is_drawn_beside_somebodys_film(threads, project):
    film = make_film()
    before = {path.name: path.read_bytes() for path in (project / "films").iterdir()}
    truth, films = prepare()
    assert truth.empty
    check(truth, SampleTruth)
    assert [each.path.resolve() for each in films] == [film.resolve()]
    assert before == {path.name: path.read_bytes() for path in (project / "films").iterdir()}


def test_nothing_is_drawn_for_a_manifest(project):
    make_film("elsewhere/one.mp4")
    (project / "list.csv").write_text("path\nelsewhere/one.mp4\n")
    truth, films = prepare("list.csv")
    assert truth.empty
    assert len(films) == 1
    (project / "list.csv").write_text("path\n")
    assert prepare("list.csv")[1] == []
    with pytest.raises(FilmsError, match="no film"):
        nodes.list_sources([], OPTIONS, Path("copies"))


@pytest.mark.parametrize("films", ["nowhere/at/all", "missing.csv"])
def test_place_that_is_not_there_is_told_and_not_made(films, project):
    with pytest.raises(FilmsError, match="films"):
        prepare(films)
    assert not (project / films).exists()
