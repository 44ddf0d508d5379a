"""A project's data about three films, one of which is taken down: each kind of file is there."""

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import pandas as pd

from libra_emo.common.integrity.beside import renew_checksum
from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.parquet import write_parquet
from libra_emo.media.films.records import write_record
from libra_emo.pipelines.preprocessing.memories import (
    CHECKED_FILMS,
    CHECKED_SHARDS,
    FEATURE_RECORDS,
    FILM_RECORDS,
    LISTED_FILMS,
    SOURCE_RECORDS,
)
from support.small_release import make_world

FILM, OTHER = "own-00000001", "whole-00000003"
ADDRESS = "https://youtube.com/watch?v=AAAAAAAAAA1"
DIGEST = "1" * 64
CLIP, OTHER_CLIP = f"{FILM}-00000000-00004000", f"{OTHER}-00000000-00004000"
CLIP_KEY = "00000001-00000000-00004000"
NEEDLES = (FILM, DIGEST, "AAAAAAAAAA1", CLIP_KEY)


def make_project(project):
    """Write a project's data, and return its folder."""
    data = project / "data"
    world = make_world()
    world.build(data / "09_release/0.1.0")
    _write(data / "09_release/latest.json", json.dumps({"films": [{"film_id": FILM}]}))
    for name in ("candidates", "sources"):
        folder = "03_primary" if name == "candidates" else "02_intermediate"
        _table(data / folder / f"{name}.parquet", getattr(world, name))
    _table(data / "05_model_input/labels/round_1.parquet", world.run["labels"])
    _table(data / "04_feature/human_votes.parquet", world.human_votes)
    _films(data)
    _lists(data)
    _databases(data)
    _reports(data)
    return project


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _table(path, table):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(table, path)


def _films(data):
    primary = data / "03_primary"
    for film, clip in ((FILM, CLIP), (OTHER, OTHER_CLIP)):
        _write(primary / f"clips/{film}/{clip}.mp4", f"mp4 of {film[-1]}")
        _tar(primary / f"shards/{film}.tar", {f"{clip}.jpg": b"frame"})
        _write(primary / f"shards/.{film}.tar.index", "places")
        _write(primary / f".set_aside/retained/clips/{film}/{clip}.mp4", "mp4")
        (primary / "finished").mkdir(exist_ok=True)
        write_record(primary / f"finished/{film}.film.json", "key", {"result": {"source_id": film}})
    _memories(primary)
    _tar(data / "02_intermediate/frames.tar", {f"{CLIP}.jpg": b"1", f"{OTHER_CLIP}.jpg": b"2"})
    film = data / "01_raw/films/own.mkv"
    _write(film, "the film's bytes")
    _write(film.with_suffix(".en.srt"), "words of the film")
    _write(data / "01_raw/films/other.mkv", "another film")
    source = {"source_id": FILM, "sha256": DIGEST, "video_path": "data/01_raw/films/own.mkv"}
    write_record(primary / f"finished/{FILM}.source.json", "source 1", {"row": source, "texts": {}})
    _write(data / "02_intermediate/film_copies/0011/copy.mkv", "the film's bytes")


def film_digest():
    """The SHA-256 of the film's file as it lies there."""
    return hashlib.sha256(b"the film's bytes").hexdigest()


def _tar(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def _memories(primary):
    """Write what the preprocessing remembers of the films."""
    for name in (LISTED_FILMS, FILM_RECORDS, SOURCE_RECORDS, FEATURE_RECORDS):
        memory = ContentMemory(primary / name)
        for film in (FILM, OTHER):
            memory.keep(f"{film}.json", {"files": [[f"{film}.mkv", [1, 2, 3, 4]]]}, {"id": film})
        memory.save()
    for name in (CHECKED_FILMS, CHECKED_SHARDS):
        shards = [f"{primary}/shards/{film}.tar" for film in (FILM, OTHER)]
        places = {f"digest_file {shard}": [1, 2, 3, 4, "0"] for shard in shards}
        _write(primary / name, json.dumps(places))


def _lists(data):
    split = data / "03_primary/split.csv"
    rows = f"sha256,source_id,side\n{DIGEST},{FILM},pool\n{'3' * 64},{OTHER},pool\n"
    _write(split, rows)
    renew_checksum(split)
    _write(split.with_name(".split.csv.copy"), rows)
    lines = [{"address": ADDRESS, "title": "Own"}, {"address": "https://vimeo.com/1234567"}]
    _write(data / "01_raw/.collection/archive.jsonl", "".join(f"{json.dumps(x)}\n" for x in lines))
    talks = "".join(f"{json.dumps({'clip_id': clip})}\n" for clip in (CLIP, OTHER_CLIP))
    _write(data / "05_model_input/conversations.jsonl", talks)
    recorded = gzip.compress(talks.encode(), mtime=0)
    _write(data / "04_feature/recorded_answers.jsonl.gz", recorded)
    memory = {f"{data}/01_raw/films/own.mkv": [1, 2, DIGEST], "other": [1, 2, "3" * 64]}
    _write(data / "02_intermediate/.digests.json", json.dumps(memory, indent=0) + "\n")


def _databases(data):
    answers = _open(data / "04_feature/answers.sqlite")
    answers.execute("PRAGMA journal_mode=WAL")
    answers.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, asked TEXT, reply TEXT)")
    answers.execute("CREATE TABLE checksums (key TEXT PRIMARY KEY, crc32 TEXT)")
    for number, clip in enumerate((CLIP, OTHER_CLIP)):
        key = "ab"[number] * 64
        asked = json.dumps({"clip_id": clip, "prompt": "long " * 2000})
        answers.execute("INSERT INTO answers VALUES (?, ?, 'sad')", (key, asked))
        answers.execute("INSERT INTO checksums VALUES (?, '0')", (key,))
    answers.close()
    votes = _open(data / "01_raw/annotations.sqlite")
    votes.execute("CREATE TABLE votes (vote_id TEXT, clip_id TEXT, clip_key TEXT, label TEXT)")
    votes.execute("CREATE TABLE vote_details (vote_id TEXT, note TEXT)")
    votes.execute("CREATE TABLE assignments (token TEXT, clip_key TEXT)")
    for number, clip in enumerate((CLIP, OTHER_CLIP)):
        key = clip.partition("-")[2]
        votes.execute("INSERT INTO votes VALUES (?, ?, ?, 'sad')", (f"v{number}", clip, key))
        votes.execute("INSERT INTO vote_details VALUES (?, 'note')", (f"v{number}",))
        votes.execute("INSERT INTO assignments VALUES ('t', ?)", (key,))
    votes.close()


def _open(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(path, isolation_level=None)


def _reports(data):
    _write(data / "08_reporting/failures/page.html", f"<img alt='{CLIP}'>")
    _write(data / "08_reporting/failures/sheet.png", "picture")
    _write(data / "08_reporting/figures/rounds.png", "a figure")
    _write(data / "08_reporting/rounds/round_1.json", json.dumps({"hard": [CLIP], "clips": 6}))
    _write(data / "mlflow/artifacts/1/hard.csv", f"clip_id\n{CLIP}\n{OTHER_CLIP}\n")
    _write(data / "mlflow/artifacts/1/rounds.csv", "round\n1\n")
    _write(data / "06_models/round_1/student.json", json.dumps({"fold_of": {FILM: 1}}))
    _write(data / "06_models/round_1/model.npz", "weights")
    _write(data / "06_models/tiny/model.npz", "weights")


def read_all(folder):
    """Every file below a folder by its name, with its bytes; times do not count."""
    skipped = ("salt",)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and path.name not in skipped and path.suffix not in (".run", ".lock")
    }


def read_column(path, name):
    """A column of a Parquet file."""
    return list(pd.read_parquet(path)[name])
