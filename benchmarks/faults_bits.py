"""Flipped bits in each kind of file: how many are noticed, and how many give other content."""

from __future__ import annotations

import json
import logging
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faults_world import World
from kedro.io import DatasetError

from libra_emo.common.integrity.checksums import checksum_file
from libra_emo.errors import LibraEmoError

# a reader returns content that can be compared, or raises
Reader = Callable[[Path], Any]
SEED = 1
REPORT = "libra_emo.pipelines.active_learning.report.RoundReport"


def flip_bits(world: World, kind: str, flips: int) -> dict[str, int]:
    """Flip one bit after another in a file of a kind, and read it as the project does."""
    place, read = KINDS[kind](world)
    folder = world.folder / "flips"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place.parent, folder)
    path = folder / place.name
    content, wanted = path.read_bytes(), read(path)
    figures = {"flips": 0, "flips_noticed": 0, "flips_harmless": 0, "flips_other_content": 0}
    logging.disable(logging.CRITICAL)
    for number in random.Random(SEED).sample(range(8 * len(content)), flips):
        changed = bytearray(content)
        changed[number // 8] ^= 1 << number % 8
        path.write_bytes(changed)
        noticed, found = _try(read, path)
        figures["flips"] += 1
        figures["flips_noticed"] += int(noticed)
        figures["flips_harmless"] += int(not noticed and found == wanted)
        figures["flips_other_content"] += int(not noticed and found != wanted)
        path.write_bytes(content)
    logging.disable(logging.NOTSET)
    shutil.rmtree(folder)
    return figures


def _try(read: Reader, path: Path) -> tuple[bool, Any]:
    """Return whether damage was noticed, and what was read."""
    try:
        found = read(path)
    except (LibraEmoError, DatasetError):
        return True, None
    return found is None, found


def _table(name: str) -> Callable[[World], tuple[Path, Reader]]:
    def choose(world: World) -> tuple[Path, Reader]:
        from libra_emo.common.integrity.parquet import read_parquet

        return world.whole / "data" / name, lambda path: read_parquet(path).to_json()

    return choose


def _report(name: str, kind: str, **options: Any) -> Callable[[World], tuple[Path, Reader]]:
    """A file whose checksum lies beside it, read as nodes and commands read it."""

    def choose(world: World) -> tuple[Path, Reader]:
        from libra_emo import datasets

        def read(path: Path) -> Any:
            found = getattr(datasets, kind)(filepath=str(path), **options).load()
            return found.to_json() if hasattr(found, "to_json") else found

        return world.whole / "data" / name, read

    return choose


def _pointer(world: World) -> tuple[Path, Reader]:
    """The pointer of a round that trains no student; the folder that it names has to be there."""
    from libra_emo.datasets import StudentDataset

    place = world.folder / "passed on" / "pointer.json"
    StudentDataset(filepath=str(place.parent)).save({"pointer": world.whole.name})
    return place, lambda path: StudentDataset(filepath=str(path.parent)).home().name


def _first(world: World, pattern: str) -> Path:
    return sorted((world.whole / "data").glob(pattern))[0]


def _checked_by_record(ending: str) -> Callable[[World], tuple[Path, Reader]]:
    """A clip or a shard, which preprocessing compares with the record of its film."""

    def choose(world: World) -> tuple[Path, Reader]:
        shard = _first(world, "03_primary/shards/*.tar")
        record = world.whole / f"data/03_primary/finished/{shard.stem}.film.json"
        known = json.loads(record.read_text())["content"]["checksums"]
        name = next(name for name in sorted(known) if name.endswith(ending))
        place = _first(world, f"03_primary/**/{name}")
        return place, lambda path: True if checksum_file(path) == known[name] else None

    return choose


def _shard_reader(world: World) -> tuple[Path, Reader]:
    """A shard as models read it: what follows its last file is not read."""
    from libra_emo.media.shards import ShardReader

    place = _first(world, "03_primary/shards/*.tar")
    names = ShardReader(place.parent, [place.name]).clip_ids()

    def read(path: Path) -> Any:
        reader = ShardReader(path.parent, [path.name])
        return [reader.raw(name) for name in names]

    return place, read


def _record(ending: str) -> Callable[[World], tuple[Path, Reader]]:
    def choose(world: World) -> tuple[Path, Reader]:
        from libra_emo.media.films.records import read_record

        place = _first(world, f"03_primary/finished/*{ending}")
        key = json.loads(place.read_text())["key"]
        return place, lambda path: read_record(path, key)

    return choose


def _ledger(world: World) -> tuple[Path, Reader]:
    """Paid answers; a damaged one that is taken from the copy counts as noticed."""
    from libra_emo.llm.ledger.integrity import is_as_closed
    from libra_emo.llm.ledger.ledger import Ledger, RecordedAnswer

    place = world.folder / "ledger" / "answers.sqlite"
    shutil.rmtree(place.parent, ignore_errors=True)
    with Ledger(place) as ledger:
        written = [(f"{number:064x}", f"Label: sad, since {number}") for number in range(200)]
        ledger.add(RecordedAnswer(key, "{}", "answered", reply) for key, reply in written)
    copy = (place.parent / ".answers.sqlite.copy").read_bytes()

    def read(path: Path) -> Any:
        for extra in path.parent.glob("answers.sqlite-*"):
            extra.unlink()
        (path.parent / ".answers.sqlite.copy").write_bytes(copy)
        before = is_as_closed(path)
        kept = (path.parent / ".answers.sqlite.sum").read_bytes()
        try:
            with Ledger(path) as ledger:
                found = [(answer.key, answer.reply) for answer in ledger.answers()]
        finally:
            (path.parent / ".answers.sqlite.sum").write_bytes(kept)
        return found if before or found != written else None

    return place, read


def _votes(world: World) -> tuple[Path, Reader]:
    """People's votes."""
    import sqlite3
    from datetime import UTC, datetime

    import pandas as pd

    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.annotation.store import VoteStore

    place = world.folder / "people" / "votes.db"
    shutil.rmtree(place.parent, ignore_errors=True)
    store, now = VoteStore(f"sqlite:///{place}"), datetime(2025, 1, 1, tzinfo=UTC)
    clips = [f"film-{number:04d}" for number in range(200)]
    store.open_campaign(Campaign("bench", 1, 1, ("sad", "happy"), "other"), clips)
    store.add_annotators(["Ana"], now)
    votes = [("bench", clip, "Ana", "sad", now.isoformat(), 1.5) for clip in clips]
    names = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
    store.add_votes(pd.DataFrame(votes, columns=names), now)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def read(path: Path) -> Any:
        for extra in path.parent.glob("votes.db-*"):
            extra.unlink()
        found = VoteStore(f"sqlite:///{path}").history("bench")
        return found.drop(columns="number").to_json()

    return place, read


def _student(name: str) -> Callable[[World], tuple[Path, Reader]]:
    def choose(world: World) -> tuple[Path, Reader]:
        from libra_emo.students import load_student

        place = world.whole / "data/06_models/round_0" / name

        def read(path: Path) -> Any:
            load_student(path.parent)
            return json.loads((path.parent / "student.json").read_text(encoding="utf-8"))

        return place, read

    return choose


KINDS: dict[str, Callable[[World], tuple[Path, Reader]]] = {
    "features": _table("04_feature/features.parquet"),
    "votes": _table("04_feature/machine_votes.parquet"),
    "candidates": _table("03_primary/candidates.parquet"),
    "labels": _table("05_model_input/labels/round_0.parquet"),
    "shards": _checked_by_record(".tar"),
    "shards as models read them": _shard_reader,
    "clips": _checked_by_record(".mp4"),
    "film records": _record(".film.json"),
    "feature records": _record(".features.json"),
    "paid answers": _ledger,
    "people's votes": _votes,
    "round reports": _report("08_reporting/rounds/round_0.json", "ReportDataset", model=REPORT),
    "certificates": _report("08_reporting/certificate.json", "ReportDataset"),
    "decisions": _report("08_reporting/decisions/round_0.json", "ReportDataset"),
    "table of decisions": _report("08_reporting/decisions.csv", "CsvTableDataset"),
    "round history": _report("08_reporting/rounds.csv", "CsvTableDataset"),
    "bench scores": _report("08_reporting/bench_scores.csv", "CsvTableDataset"),
    "leaks": _report("03_primary/leaks.csv", "CsvTableDataset"),
    "split": _report("03_primary/split.csv", "CsvTableDataset", schema="Split", remembered=True),
    "bench clips": _report("03_primary/bench_clips.csv", "CsvTableDataset", remembered=True),
    "conversations": _report("05_model_input/conversations.jsonl", "JsonLinesDataset"),
    "figures": _report("08_reporting/figures/rounds.png", "FigureDataset"),
    "pages": _report("08_reporting/dataset/tables.md", "TextDataset"),
    "pointers": _pointer,
    "student": _student("model.npz"),
    "student card": _student("student.json"),
}
