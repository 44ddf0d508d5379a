"""Measures the clips of one shard; one call a film, so that films are measured side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import cv2

from libra_emo.media.clips.features import FeatureOptions, extract_features
from libra_emo.media.films.fingerprint import digest_rules
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.shards import ShardReader

RECORD_ENDING = ".features.json"


@dataclass(frozen=True)
class MeasuringTask:
    """A film's clips to measure.

    Attributes:
        shard: The film's shard.
        clips: The candidates' rows, with `clip_id`, `source_id`, `subtitle` and `language`.
        options: How to measure.
        record: The file that keeps what was measured.
    """

    shard: Path
    clips: Sequence[dict[str, Any]]
    options: FeatureOptions
    record: Path


def measure_film(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return a row of the features table for each of a film's clips, and keep them on record.

    Raises:
        ShardError: If a clip is not in the shard, or damaged there.
        DiskError: If the record cannot be written.
    """
    key = _digest(task)
    rows: list[dict[str, Any]] = write_record(task.record, key, measure_clips(task))
    return rows


def find_measured(task: MeasuringTask) -> list[dict[str, Any]] | None:
    """Return the rows of a film that was measured before, if nothing has changed since."""
    if not (task.record.is_file() and task.shard.is_file()):
        return None
    rows: list[dict[str, Any]] | None = read_record(task.record, _digest(task))
    return rows


def measure_clips(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return a row of the features table for each of a film's clips, in their order.

    Raises:
        ShardError: If a clip is not in the shard, or damaged there.
    """
    cv2.setNumThreads(1)  # films run side by side
    reader = ShardReader(task.shard.parent, [task.shard.name])
    rows = []
    for clip in task.clips:
        language, subtitle = clip["language"], clip["subtitle"]
        measured = extract_features(reader.clip(clip["clip_id"]), subtitle, language, task.options)
        known = {name: clip[name] for name in ("clip_id", "source_id", "language", "subtitle")}
        rows.append({**known, **measured})
    return rows


def _digest(task: MeasuringTask) -> str:
    """Return the digest of all that the rows depend on."""
    try:
        with task.shard.open("rb") as file:
            shard = file_digest(file, "sha256").hexdigest()
    except OSError:
        shard = ""  # reading the clips will tell what is wrong
    whole = {
        "shard": shard,
        "clips": list(task.clips),
        "options": task.options.model_dump(mode="json"),
        "rules": digest_rules("libra_emo.media.films.measuring"),
    }
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
