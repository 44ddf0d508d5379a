"""The measuring of one film's clips; several films are measured in parallel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from libra_emo.common.digests import digest_file, digest_json
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.media.clips.features import extract_features
from libra_emo.media.films.fingerprint import fingerprint_code
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.options import FeatureOptions
from libra_emo.media.shards import ShardReader

FEATURES_ENDING = ".features.json"


@dataclass(frozen=True)
class MeasuringTask:
    """The clips of a film to measure.

    Attributes:
        shard: Path of the film's shard.
        clips: Rows of the candidates, with `clip_id`, `source_id`, `subtitle` and `language`.
        options: How the clips are measured.
        record: File that caches the features.
    """

    shard: Path
    clips: Sequence[dict[str, Any]]
    options: FeatureOptions
    record: Path


def measure_film(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return a row of the features table for each clip of a film, and cache the rows.

    Raises:
        ShardError: If a clip is not in the shard, or damaged there.
        DiskError: If the record cannot be written.
    """
    key = _digest(task)
    rows: list[dict[str, Any]] = write_record(task.record, key, measure_clips(task))
    return rows


def find_cached_features(
    task: MeasuringTask, memory: FileMemory | None = None
) -> list[dict[str, Any]] | None:
    """Return the cached rows of a film; None if there are none, or they are outdated.

    A shard that the memory knows is not read.
    """
    if not (task.record.is_file() and task.shard.is_file()):
        return None
    rows: list[dict[str, Any]] | None = read_record(task.record, _digest(task, memory))
    return rows if _is_of(rows, task) else None


def _is_of(rows: Any, task: MeasuringTask) -> bool:
    """Return whether a record has one row for each clip: another version may have another shape."""
    try:
        return [row["clip_id"] for row in rows] == [clip["clip_id"] for clip in task.clips]
    except (LookupError, TypeError):
        return False


def measure_clips(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return a row of the features table for each clip of a film, in the order of the clips.

    Raises:
        ShardError: If a clip is not in the shard, or damaged there.
    """
    cv2.setNumThreads(1)  # several films are measured in parallel
    reader = ShardReader(task.shard.parent, [task.shard.name])
    rows = []
    for clip in task.clips:
        measured = extract_features(reader.clip(clip["clip_id"]), clip["subtitle"], task.options)
        known = {name: clip[name] for name in ("clip_id", "source_id", "language", "subtitle")}
        rows.append({**known, **measured})
    return rows


def _digest(task: MeasuringTask, memory: FileMemory | None = None) -> str:
    """Return a digest of everything that the rows depend on."""
    try:
        shard = (memory or FileMemory()).recall(task.shard, digest_file)
    except OSError:
        shard = ""  # the error is raised when the clips are read
    whole = {
        "shard": shard,
        "clips": list(task.clips),
        "options": task.options.model_dump(mode="json"),
        "code": fingerprint_code("libra_emo.media.films.measuring"),
    }
    return digest_json(whole)
