"""Files that list the clips of a campaign, and draws of clips."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from libra_emo.annotation.campaigns import (
    CALIBRATION,
    GOLD,
    PREFERENCE,
    TRAINING,
    CampaignError,
)
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.common.seeding import generator
from libra_emo.taxonomy import Taxonomy

KNOWN_LABEL_KINDS = (TRAINING, CALIBRATION, GOLD)
MAX_CHARACTERS = 4000  # of a text that is compared


class QueueFile(NamedTuple):
    """The content of a file: each of its rows is in exactly one of the two.

    Attributes:
        rows: The clips that a campaign can ask about.
        rejections: Line of the file (its first row is 2) and what is wrong with it.
    """

    rows: list[QueueRow]
    rejections: list[tuple[int, str]]


def read_queue_file(path: Path, kind: str, clips: Collection[str], taxonomy: Taxonomy) -> QueueFile:
    """Return the clips in a CSV or Parquet file; a row that cannot be used costs only itself.

    The columns are clip_id; for training, calibration and gold `label`, the known label; for
    preference `text_1` and `text_2`.

    Args:
        path: The file.
        kind: Kind of the campaign.
        clips: Ids of the clips that there are.
        taxonomy: The labels.

    Raises:
        CampaignError: If the file cannot be read, or lacks a column.
    """
    table = _read_table(path)
    needed = ["clip_id"]
    needed += ["label"] if kind in KNOWN_LABEL_KINDS else []
    needed += ["text_1", "text_2"] if kind == PREFERENCE else []
    if missing := [name for name in needed if name not in table]:
        raise CampaignError(
            f"{path}: column {missing[0]!r} is missing; campaigns of kind {kind} need "
            f"{', '.join(needed)}"
        )
    rows: dict[str, QueueRow] = {}
    rejections = []
    for line, cells in enumerate(table.fillna("").astype(str).to_dict("records"), start=2):
        clip_id = cells["clip_id"].strip()
        if fault := _find_fault(cells, kind, clip_id, clips, taxonomy, rows):
            rejections.append((line, fault))
        else:
            rows[clip_id] = _make_row(cells, kind, clip_id)
    return QueueFile(list(rows.values()), rejections)


def draw_rows(clips: Iterable[str], reason: str, rate: float, seed: int) -> list[QueueRow]:
    """Return the clips that a draw chooses, each with the same probability, one by one.

    Args:
        clips: Ids of the clips among which is drawn.
        reason: Why the drawn clips are asked: audit or repeat.
        rate: Probability of each clip.
        seed: Seed of the draw; the same seed draws the same clips, whatever others there are.

    Raises:
        CampaignError: If the rate is not above 0 and at most 1.
    """
    if not 0 < rate <= 1:
        raise CampaignError(f"a rate of {rate} is not above 0 and at most 1")
    return [
        QueueRow(clip, reason, rate, seed)
        for clip in sorted(set(clips))
        if generator(seed, reason, clip).random() < rate
    ]


def _read_table(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.casefold() == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        cause = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise CampaignError(f"{path}: cannot be read as CSV or Parquet: {cause}") from error


def _find_fault(
    cells: dict[Any, str],
    kind: str,
    clip_id: str,
    clips: Collection[str],
    taxonomy: Taxonomy,
    known: Collection[str],
) -> str | None:
    """Return what is wrong with a row, or None."""
    if clip_id not in clips:
        return f"{clip_id!r} is no clip of the project"
    if clip_id in known:
        return f"{clip_id} is listed twice"
    if kind in KNOWN_LABEL_KINDS and cells["label"].strip() not in (
        *taxonomy.labels,
        taxonomy.other,
    ):
        return f"{cells['label']!r} is no label; the labels are {', '.join(taxonomy.labels)}"
    if kind == PREFERENCE:
        one, other = cells["text_1"].strip(), cells["text_2"].strip()
        if not one or not other or one == other:
            return "two different texts are needed"
        if max(len(one), len(other)) > MAX_CHARACTERS:
            return f"a text has more than {MAX_CHARACTERS} characters"
    return None


def _make_row(cells: dict[Any, str], kind: str, clip_id: str) -> QueueRow:
    if kind == PREFERENCE:
        return QueueRow(clip_id, texts=(cells["text_1"].strip(), cells["text_2"].strip()))
    if kind in KNOWN_LABEL_KINDS:
        reason = "gold" if kind == GOLD else "selected"
        return QueueRow(clip_id, reason, truth=cells["label"].strip())
    return QueueRow(clip_id)
