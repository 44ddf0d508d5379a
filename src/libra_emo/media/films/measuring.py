"""The measuring of one film's clips; several films are measured in parallel."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2

from libra_emo.common.digests import digest_file, digest_json
from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.common.secrecy.addresses import Address
from libra_emo.media.clips.features import extract_features
from libra_emo.media.films.fingerprint import fingerprint_code
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.options import FeatureOptions
from libra_emo.media.shards import ShardError, ShardReader
from libra_emo.media.sources import AddressError

FEATURES_ENDING = ".features.json"


@dataclass(frozen=True)
class MeasuringTask:
    """The clips of a film to measure.

    Attributes:
        shard: Path or address of the film's shard.
        clips: Rows of the candidates, with `clip_id`, `source_id`, `subtitle` and `language`.
        options: How the clips are measured.
        record: File that caches the features.
    """

    shard: Path | Address
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
    task: MeasuringTask,
    memory: FileMemory | None = None,
    records: ContentMemory | None = None,
) -> list[dict[str, Any]] | None:
    """Return the cached rows of a film; None if there are none, or they are outdated.

    Shards and records that the memories know are not read.
    """
    if not os.path.isfile(task.record):
        return None
    if not (os.path.isfile(task.shard) if isinstance(task.shard, Path) else _stamp(task.shard)):
        return None
    rows: list[dict[str, Any]] | None = read_record(task.record, _digest(task, memory), records)
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
    rows = []
    with _open(task.shard).ahead([clip["clip_id"] for clip in task.clips]) as reader:
        for clip in task.clips:
            content = reader.clip(clip["clip_id"])
            measured = extract_features(content, clip["subtitle"], task.options)
            known = {name: clip[name] for name in ("clip_id", "source_id", "language", "subtitle")}
            rows.append({**known, **measured})
    return rows


def _open(shard: Path | Address) -> ShardReader:
    if isinstance(shard, Path):
        return ShardReader(shard.parent, [shard.name])
    folder = replace(shard.parent(), credentials=shard.credentials)  # a token opens the folder
    return ShardReader(folder, [shard.name])


def _digest(task: MeasuringTask, memory: FileMemory | None = None) -> str:
    """Return a digest of everything that the rows depend on."""
    shard = _stamp(task.shard) if isinstance(task.shard, Address) else _recall(task.shard, memory)
    whole = {
        "shard": shard,
        "clips": list(task.clips),
        "options": task.options.model_dump(mode="json"),
        "code": fingerprint_code("libra_emo.media.films.measuring"),
    }
    return digest_json(whole)


def _recall(shard: Path, memory: FileMemory | None) -> str:
    try:
        return (memory or FileMemory()).recall(shard, digest_file)
    except OSError:
        return ""  # the error is raised when the clips are read


def _stamp(shard: Address) -> str:
    """Return what changes with the content of a remote shard; empty if only its size is known."""
    try:
        stamp = _open(shard).stamp(shard.name)
    except (ShardError, AddressError):
        return ""  # the error is raised when the clips are read
    return stamp if [part for part in stamp.split() if not part.startswith("size=")] else ""
