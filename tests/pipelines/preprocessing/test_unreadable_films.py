"""Hopeless input costs itself alone, and the ledger says why."""

import os
import resource
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from support.drawn_films import write_cues, write_film
from support.portrait import draw_face
from support.preprocessing_run import make_films, run

from libra_emo.configuration.films import digest_films
from libra_emo.configuration.memory.films import DigestMemory
from libra_emo.datasets import TableDataset
from libra_emo.media.films.finding import find_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.preprocessing import measuring, nodes

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
OPTIONS = PreprocessingOptions()
ODD_NAMES = ["-rf.mp4", "a 'so-called' \"film\", part 2.mp4", "电影 第一集.mp4", "%s {} #1?&.mp4"]


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    @contextmanager
    def open_threads(spec):
        with ThreadPoolExecutor(2) as executor:
            yield executor

    for module in (nodes, measuring):
        monkeypatch.setattr(module, "open_executor", open_threads)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    return tmp_path


def cut():
    """Return ledger and candidates of the films, as a later run reads them from disk."""
    sources = nodes.list_sources(find_films("films"), OPTIONS, Path("copies"))
    folders = Path("clips"), Path("shards"), Path("finished")
    _, *tables = (sources, *next(nodes.cut_scenes(sources, OPTIONS, "local:1", *folders)))
    features = nodes.measure_features(
        tables[1], ShardReader("shards"), OPTIONS, "local:1", folders[2]
    )
    for name, table in zip(
        ("ledger", "candidates", "index", "f"), (*tables, features), strict=True
    ):
        TableDataset(filepath=f"tables/{name}.parquet").save(table)
    return pd.read_parquet("tables/ledger.parquet"), pd.read_parquet("tables/candidates.parquet")


def make_good(name="films/good.mp4", words="Hello."):
    film = write_film(Path(name), [(4, FACE)], size=SIZE)
    return write_cues(film.with_suffix(".en.srt"), (0.5, 2, words))


def test_each_unreadable_film_has_its_reason_and_nothing_else_is_lost(project):
    make_good()
    alone, _ = cut()
    whole = write_film(project / "films/truncated.mkv", [(4, FACE), 4, 4], size=SIZE)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    cutoff = write_film(project / "films/headless.mp4", [(5, FACE)], size=SIZE)
    cutoff.write_bytes(cutoff.read_bytes()[:4000])  # the index of its frames is at its end
    (project / "films/empty.mp4").write_bytes(b"")
    (project / "films/text.mp4").write_text("no film at all\n" * 99)
    os.symlink(project / "nowhere.mp4", project / "films/link.mp4")
    os.symlink(project / "films/loop.mp4", project / "films/loop.mp4")
    write_sound(project / "films/sound.mp4")
    write_film(project / "films/wordless.mp4", [(4, FACE), 1], size=SIZE)
    write_film(project / "films/rubbish.mp4", [(4, FACE), 2], size=SIZE)
    (project / "films/rubbish.srt").write_bytes(bytes(range(256)) * 40)
    write_film(project / "films/blink.mp4", [(0.5, FACE)], size=SIZE)
    write_film(project / "films/still.mp4", [(1 / 12, FACE)], size=SIZE)

    ledger, candidates = cut()

    by_film = ledger.assign(film=ledger["source_id"].str.rsplit("-", n=1).str[0]).groupby("film")
    said = {name: list(zip(rows["outcome"], rows["detail"], strict=True)) for name, rows in by_film}
    assert ledger[ledger["source_id"].isin(alone["source_id"])].reset_index(drop=True).equals(alone)
    assert len(candidates) == 1
    reasons = {
        "empty": "empty.mp4: ",
        "text": "text.mp4: ",
        "headless": "headless.mp4: ",
        "link": "link.mp4: ",
        "loop": "loop.mp4: ",
        "sound": "sound.mp4: it has no picture",
    }
    for name, reason in reasons.items():
        ((outcome, detail),) = said[name]
        assert (outcome, detail[: len(reason)]) == ("unreadable", reason), name
    assert said["wordless"][0] == (
        "no_subtitle",
        "the film has no subtitle file and no subtitle track",
    )
    assert said["rubbish"][0][0] == "no_subtitle"
    assert "rubbish.srt" in said["rubbish"][0][1]
    assert said["blink"] == [("too_short", "0.500 s, not over 3 s")]
    assert said["still"][0][0] == "too_short"
    assert said["truncated"][-1][1].startswith("no picture after")
    assert len(said) == 12


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_names(name):
    make_good(f"films/{name}")
    ledger, candidates = cut()
    assert ledger["outcome"].to_list() == ["kept"]
    assert Path(candidates["clip_path"][0]).is_file()
    assert candidates["clip_id"][0].isascii()


def test_name_that_is_no_text_is_reported():
    make_good()
    os.rename("films/good.mp4", b"films/bad\xff\xfe.mp4")
    os.rename("films/good.en.srt", b"films/bad\xff\xfe.en.srt")
    make_good()
    ledger, candidates = cut()
    assert sorted(ledger["outcome"]) == ["kept", "unreadable"]
    assert len(candidates) == 1
    assert digest_films("films", Path.cwd(), DigestMemory(Path("memory.json")))
    (detail,) = ledger.loc[ledger["outcome"] == "unreadable", "detail"]
    assert (
        detail
        == r"bad\udcff\udcfe.mp4: its name, or that of a folder, is not valid UTF-8; rename it"
    )


def test_film_that_may_not_be_read_is_one_row(project):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    make_good()
    make_good("films/locked.mp4", "Bye.")
    (project / "films/locked.mp4").chmod(0)
    ledger, _ = cut()
    assert sorted(ledger["outcome"]) == ["kept", "unreadable"]


def limit_files(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "named"), [(3000, "/film-"), (80_000, "shards/film-")], ids=["clip", "shard"]
)
def test_file_that_cannot_grow_is_reported_in_one_line(tmp_path, size, named):
    make_films(tmp_path, 2)
    status, output = run(tmp_path, preexec_fn=limit_files(size))
    assert status == 1
    (line,) = output.splitlines()
    assert line.startswith("DiskError: ")
    assert named in line
    assert "run again" in line
    assert left_of(tmp_path) == []
    assert run(tmp_path, "local:1")[0] == 0


@pytest.mark.slow
def test_full_disk_is_reported_and_leaves_nothing_half_written(tmp_path):
    make_films(tmp_path, 3)
    assert run(tmp_path, "local:1")[0] == 0
    room = tmp_path / "clips"
    need = sum(path.stat().st_size for path in room.glob("*/*"))
    for path in (room, tmp_path / "finished"):
        shutil.rmtree(path)
        path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={need // 2}", "tmpfs", str(room)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        status, output = run(tmp_path)
        assert status == 1
        (line,) = output.splitlines()
        assert line.startswith("DiskError: ")
        assert "clips/film-" in line
        assert "No space left on device" in line
        assert left_of(tmp_path) == []
    finally:
        subprocess.run(["umount", str(room)], check=True)
    assert run(tmp_path, "local:1")[0] == 0


def left_of(folder):
    """Return what was left half written: parts, and clips that cannot be read to their end."""
    import av

    torn = [path.name for path in folder.rglob(".*.part")]
    for path in (folder / "clips").glob("*/*.mp4"):
        with av.open(str(path)) as clip:
            frames = sum(1 for _ in clip.decode(video=0))
            if frames != clip.streams.video[0].frames:
                torn.append(path.name)
    return torn


def write_sound(path):
    import av
    import numpy as np

    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        samples = np.zeros((1, 64_000), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
