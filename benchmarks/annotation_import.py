"""Measures the import of votes from a CSV file, and checks that a second import is none."""

from __future__ import annotations

import csv
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.csv_votes import import_votes
from libra_emo.annotation.records import read_records, restore_records
from libra_emo.annotation.store import VoteStore
from libra_emo.datasets import TableDataset
from libra_emo.taxonomy import Taxonomy, read_taxonomy

PEOPLE = 12


def write_votes(path: Path, campaign: Campaign, clips: list[str], count: int, seed: int) -> None:
    """Write a file of votes: every person answers every clip until there are enough."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"])
        for number in range(count):
            clip, person = clips[number % len(clips)], f"person {number // len(clips)}"
            label = draw.choice(campaign.answers)
            moment = (
                f"2026-03-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z"
            )
            writer.writerow([campaign.name, clip, person, label, moment, 4.5])


def measure_import(votes: int, seed: int, folder: Path, url: str | None) -> dict[str, float | int]:
    """Import a file, a correction, and the file again; return seconds and counts."""
    taxonomy = read_taxonomy()
    campaign = Campaign.of("round_1", taxonomy, 4, 2)
    clips = [f"film-{n:08x}-000000000-000004000" for n in range(-(-votes // PEOPLE))]
    store = VoteStore(url or f"sqlite:///{folder}/votes.sqlite")
    store.add_annotators([f"person {number}" for number in range(PEOPLE)], datetime.now(UTC))
    store.open_campaign(campaign, clips)
    store.votes(campaign.name)  # packages are imported on first use
    path, correction = folder / "votes.csv", folder / "correction.csv"
    write_votes(path, campaign, clips, votes, seed)
    write_votes(correction, campaign, clips[:100], 1200, seed + 1)
    first, import_s, import_cpu_s = timed_import(store, path, taxonomy)
    timed_import(store, correction, taxonomy)
    before = store.digest(campaign.name)
    again, again_s, _ = timed_import(store, path, taxonomy)
    return {
        "votes": votes,
        "added": first,
        "import_s": import_s,
        "import_cpu_s": import_cpu_s,
        "added_again": again,
        "import_again_s": again_s,
        "changed_by_the_second_import": int(store.digest(campaign.name) != before),
        **measure_records(store, folder),
    }


def timed_import(store: VoteStore, path: Path, taxonomy: Taxonomy) -> tuple[int, float, float]:
    """Import a file; return how many votes were new, and seconds by the clock and of the CPU."""
    start, start_cpu = time.perf_counter(), time.process_time()
    result = import_votes(store, path, datetime.now(UTC), taxonomy=taxonomy)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    return result.added, round(seconds, 3), round(cpu_seconds, 3)


def measure_records(store: VoteStore, folder: Path) -> dict[str, float]:
    """Write the table of records, and make a store from it; return the seconds."""
    dataset = TableDataset(filepath=str(folder / "records.parquet"), schema="StoreRecords")
    start = time.perf_counter()
    dataset.save(read_records(store))
    written = time.perf_counter()
    restore_records(VoteStore(f"sqlite:///{folder}/restored.sqlite"), dataset.load())
    restored = time.perf_counter()
    return {"records_s": round(written - start, 3), "restore_s": round(restored - written, 3)}
