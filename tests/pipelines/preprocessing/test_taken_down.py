"""Films that were taken down and are listed again."""

import json
from pathlib import Path

import pandas as pd

from libra_emo.common.digests import digest_bytes
from libra_emo.common.takedowns.log import LOG, TakedownLog, salt_value
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import Film
from libra_emo.pipelines.preprocessing import nodes
from libra_emo.pipelines.preprocessing.taken_down import (
    refuse_rows,
    remove_drawn,
    separate_addresses,
)

SALT = "ab" * 16
CONTENT = digest_bytes(b"no film at all")


def make_log(**values):
    digests = {kind: [] for kind in ("content", "address", "author")}
    digests |= {kind: [salt_value(SALT, kind, value)] for kind, value in values.items()}
    return TakedownLog([{"number": 1, "salt": SALT, "digests": digests}])


def test_a_listed_film_is_refused_without_its_id_and_checksum(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / LOG).write_text(json.dumps(make_log(content=CONTENT).entries[0]))
    for name, content in (("drama", b"no film at all"), ("other", b"no film either")):
        (tmp_path / f"{name}.mkv").write_bytes(content)
    films = [Film(tmp_path / "other.mkv"), Film(tmp_path / "drama.mkv")]
    sources = nodes.list_sources(
        films, PreprocessingOptions(), tmp_path / "copies", None, "local:1", tmp_path
    )
    assert list(sources["source_id"]) == [sources["source_id"][0], "taken-down-1"]
    text = sources.to_csv()
    assert CONTENT not in text and CONTENT[:8] not in text and "drama" not in text
    folders = [tmp_path / name for name in ("clips", "shards", "finished")]
    for folder in folders:
        folder.mkdir()
    ((ledger, candidates, _),) = nodes.cut_scenes(
        sources, PreprocessingOptions(), "local:1", *folders
    )
    assert len(candidates) == 0 and list(ledger["outcome"]) == ["unreadable", "refused"]
    assert ledger["detail"].iloc[-1] == "taken down"
    assert CONTENT[:8] not in ledger.to_csv()
    assert not list((tmp_path / "finished").glob("taken-down*"))


def test_an_address_that_was_taken_down_is_not_fetched():
    log = make_log(address="https://vimeo.com/7")
    address = {"url": "https://player.vimeo.com/video/7"}
    films = [Film(Path("a.mkv"), address), Film(Path("b.mkv"))]
    kept, (row,) = separate_addresses(films[:1], log)
    assert kept == [] and row["source_id"] == "taken-down-1" and row["url"] is None
    assert separate_addresses(films, TakedownLog()) == (films, [])


def test_a_copy_that_was_fetched_just_now_is_removed(tmp_path):
    copy = tmp_path / "copies/0011/film.mkv"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"film")
    row = {"source_id": "film-1", "video_path": str(copy), "sha256": CONTENT}
    row |= {"url": None, "author": "Ana"}
    (listed,) = refuse_rows([row], make_log(author="ana"), tmp_path / "copies")
    assert listed["trouble"] == "taken down" and not copy.parent.exists()
    assert refuse_rows([row], make_log(author="Ben"), tmp_path / "copies") == [row]


def test_a_film_of_the_sample_that_is_drawn_again_is_removed(tmp_path, monkeypatch):
    place = "libra_emo.pipelines.preprocessing.taken_down.describe_film"
    monkeypatch.setattr(place, lambda film: {"source_id": film.path.stem})
    films = []
    for name in ("one", "two"):
        (tmp_path / f"{name}.mkv").write_bytes(name.encode())
        (tmp_path / f"{name}.en.srt").write_text("words")
        films.append(Film(tmp_path / f"{name}.mkv"))
    truth = pd.DataFrame({"source_id": ["one", "two"]})
    kept, left = remove_drawn(truth, films, make_log(content=digest_bytes(b"one")))
    assert list(kept["source_id"]) == ["two"] and left == films[1:]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["two.en.srt", "two.mkv"]
