"""Measures the clips of one shard; one call a film, so that films are measured side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from libra_emo.media.features import FeatureOptions, extract_features
from libra_emo.media.shards import ShardReader


@dataclass(frozen=True)
class MeasuringTask:
    """A film's clips to measure.

    Attributes:
        shards: The folder in which the film's shard lies.
        clips: The candidates' rows, with `clip_id`, `source_id`, `subtitle` and `language`.
        options: How to measure.
    """

    shards: Path
    clips: Sequence[dict[str, Any]]
    options: FeatureOptions


def measure_clips(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return a row of the features table for each of a film's clips, in their order.

    Raises:
        ShardError: If a clip is in no shard, or damaged there.
    """
    cv2.setNumThreads(1)  # films run side by side
    reader = ShardReader(task.shards)
    rows = []
    for clip in task.clips:
        language, subtitle = clip["language"], clip["subtitle"]
        measured = extract_features(reader.clip(clip["clip_id"]), subtitle, language, task.options)
        known = {name: clip[name] for name in ("clip_id", "source_id", "language", "subtitle")}
        rows.append({**known, **measured})
    return rows
