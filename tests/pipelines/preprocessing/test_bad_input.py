"""One bad input costs itself alone: the good films beside it are cut, and the ledger balances."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from support.broken_films import write_broken, write_seeds
from support.drawn_films import write_cues, write_film
from support.portrait import draw_face

from libra_emo.media.films.finding import find_films
from libra_emo.media.options import PreprocessingOptions, TimeLimits
from libra_emo.pipelines.preprocessing import nodes

SIZE = (240, 180)
GOOD = ("good one.mp4", "good two.mkv")
LIMITS = TimeLimits(
    listing_seconds=60, listing_seconds_per_gigabyte=0,
    cutting_seconds=120, cutting_seconds_per_second=0,
)  # fmt: skip
OPTIONS = PreprocessingOptions(time_limits=LIMITS)
SHALLOW = PreprocessingOptions(time_limits=LIMITS, min_scene_seconds=0.1)


@pytest.fixture
def films(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    face = draw_face(*SIZE, radius=60)
    for number, name in enumerate(GOOD):
        film = write_film(tmp_path / "films" / name, [(3.5, face), 2 + number], size=SIZE)
        write_cues(film.with_suffix(".en.srt"), (0.5, 2, f"Hello {number}."))
    return tmp_path / "films"


def run(films, options=OPTIONS):
    """Preprocess a folder or a manifest, and return sources, ledger and candidates."""
    folders = Path("clips"), Path("shards"), Path("finished")
    sources = nodes.list_sources(find_films(str(films)), options, Path("copies"), None, "local:2")
    made = list(nodes.cut_scenes(sources, options, "local:2", *folders))
    ledger, candidates, _ = made[0]
    nodes.draw_footage(nodes.summarise_films(sources, ledger, candidates))
    return sources, ledger, candidates


def check(films, others, options=OPTIONS):
    """Assert that the good films are kept, and that each film has its rows; return the others."""
    sources, ledger, candidates = run(films, options)
    assert sorted(candidates["subtitle"]) == ["Hello 0.", "Hello 1."]
    assert set(ledger["source_id"]) == set(sources["source_id"])
    assert len(sources) == len(GOOD) + others
    bad = sources[~sources["video_path"].str.endswith(GOOD)]
    return bad, ledger[ledger["source_id"].isin(bad["source_id"])]


def test_odd_files_cost_themselves_alone(films):
    os.mkfifo(films / "pipe.mp4")
    (films / "zero.mkv").symlink_to("/dev/zero")
    (films / "gone.mp4").symlink_to("nowhere.mp4")
    (films / "folder.mp4").mkdir()
    (films / "empty.mp4").write_bytes(b"")
    (films / "words.ts").write_text("export const film = 1;\n" * 99)
    (films / "list.mp4").write_text(f"#EXTM3U\n#EXTINF:9,\n{films / GOOD[0]}\n")
    (films / "chain.mkv").write_text(f"ffconcat version 1.0\nfile '{films / GOOD[0]}'\n")
    (films / "short.mp4").write_bytes((films / GOOD[0]).read_bytes()[:400])
    (films / os.fsdecode(b"caf\xe9.mp4")).write_bytes(b"x")
    _, ledger = check(films, 9)
    assert set(ledger["outcome"]) == {"unreadable"}
    assert ledger["detail"].str.len().gt(10).all()


def test_odd_files_beside_a_film_cost_nothing_else(films):
    for number, kind in enumerate(["pipe", "device", "deep", "folder", "brackets", "tags"]):
        film = films / f"film {number}.mp4"
        write_film(film, [1 + number / 4], tone=False)
        for ending in (".srt", ".info.json"):
            path = film.with_suffix(ending)
            if kind == "pipe":
                os.mkfifo(path)
            elif kind == "device":
                path.symlink_to("/dev/zero")
            elif kind == "folder":
                path.mkdir()
            elif kind == "deep":
                path.write_text('{"title": ' + "[" * 100_000)
            else:
                text = "[" * 300_000 if kind == "brackets" else "<a " * 40_000
                path.write_text(f"1\n00:00:00,100 --> 00:00:00,900\n{text}\n")
    (films / "good one.info.json").write_text(json.dumps({"theme": "Ba$$in", "title": "x" * 9999}))
    bad, ledger = check(films, 6)
    assert set(ledger["outcome"]) == {"too_short"}
    assert bad["warning"].notna().sum() >= 4


ROWS = [
    "http://[::1/x.mp4",
    "zip://x.mp4::" + "nowhere.zip",
    "tar://x.mp4::words.csv",
    "zip://::",
    "nul\x00.mp4",
    "x" * 3000 + ".mp4",
    "/dev/zero",
    ".",
    "caf\udce9.mp4",
    "good one.mp4,bad offset",
]


def test_odd_rows_of_a_manifest_cost_themselves_alone(films):
    manifest = films / "list.csv"
    rows = ["path,subtitle_offset_seconds", *GOOD[:1], *ROWS, GOOD[1], ""]
    manifest.write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    (films / "words.csv").write_text("words")
    options = OPTIONS.model_copy(
        update={"fetching": OPTIONS.fetching.model_copy(update={"attempts": 1})}
    )
    bad, ledger = check(manifest, len(ROWS), options)
    assert set(ledger["outcome"]) == {"unreadable"}
    assert not any(bad.get("outage", pd.Series(dtype=str)).notna())


def test_film_that_takes_too_long_is_given_up(films, caplog):
    limits = LIMITS.model_copy(update={"cutting_seconds": 0.001})
    options = OPTIONS.model_copy(update={"time_limits": limits})
    _, ledger, candidates = run(films, options)
    assert len(candidates) == 0
    assert set(ledger["outcome"]) == {"unreadable"}
    assert ledger["detail"].str.contains("takes longer than preprocessing.time_limits").all()
    assert len(run(films)[2]) == 2  # the next run tries again


@pytest.mark.parametrize("number", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_films_of_six_containers_cost_themselves_alone(films, number):
    (films.parent / "seeds").mkdir()
    write_broken(films, write_seeds(films.parent / "seeds"), number, seed=number)
    _, ledger = check(films, number, SHALLOW)
    assert ledger["detail"].notna().all()
