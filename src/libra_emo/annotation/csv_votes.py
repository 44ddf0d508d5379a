"""Imports votes from a CSV file; a bad row is rejected alone, the good rows are kept."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.history import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check

REQUIRED_COLUMNS = ("clip_id", "annotator", "label")
OPTIONAL_COLUMNS = ("campaign", "voted_at", "seconds")
_EXTRA_CELLS = "cells beyond the header"


class VotesFileError(LibraEmoError):
    """A file of votes cannot be read at all."""


class _BadRow(Exception):
    """The reason why one row is rejected."""


@dataclass(frozen=True)
class OpenCampaign:
    """A campaign with the clips that it currently asks about."""

    campaign: Campaign
    clips: Collection[str]


class VotesFile(NamedTuple):
    """The content of a file: every row is in exactly one of the two tables.

    Attributes:
        votes: HumanVotes.
        rejections: line (of the file; the header is line 1) and reason.
    """

    votes: pd.DataFrame
    rejections: pd.DataFrame


class ImportResult(NamedTuple):
    """The result of an import.

    Attributes:
        added: How many votes are new in the store.
        known: How many votes were in the store already, or repeat the same answer.
        rejections: line and reason of each rejected row.
    """

    added: int
    known: int
    rejections: pd.DataFrame


def open_campaigns(store: VoteStore) -> dict[str, OpenCampaign]:
    """Return every campaign of a store with its clips, by name."""
    return {
        name: OpenCampaign(campaign, frozenset(store.clips(name)))
        for name, campaign in store.campaigns().items()
    }


def import_votes(
    store: VoteStore, path: Path, now: datetime, campaign: str | None = None
) -> ImportResult:
    """Add the good rows of a CSV file to the store, all at once, and report the others.

    Args:
        store: Store that the votes are added to; it knows the campaigns.
        path: Path of the file.
        now: Time of the votes that have none.
        campaign: Name of the campaign of rows that name none.

    Raises:
        VotesFileError: If the file cannot be read or lacks a column.
    """
    content = read_votes_csv(path, open_campaigns(store), campaign)
    added = store.add_votes(content.votes, now)
    return ImportResult(added, len(content.votes) - added, content.rejections)


def read_votes_csv(
    path: Path, campaigns: Mapping[str, OpenCampaign], campaign: str | None = None
) -> VotesFile:
    """Return the votes in a CSV file and the rejected rows.

    The columns are clip_id, annotator, label, and optionally campaign, voted_at (ISO 8601; UTC
    unless it has another time zone) and seconds. Other columns are ignored. The file is UTF-8,
    with or without a byte order mark.

    Args:
        path: Path of the file.
        campaigns: The open campaigns by name.
        campaign: Name of the campaign of rows that name none.

    Raises:
        VotesFileError: If the file cannot be read or lacks a column.
    """
    votes, rejections = [], []
    for line, row in _rows(path):
        try:
            votes.append(_vote(row, campaigns, campaign))
        except _BadRow as reason:
            rejections.append((line, str(reason)))
    return VotesFile(
        check(pd.DataFrame(votes, columns=list(HumanVotes.to_schema().columns)), HumanVotes),
        pd.DataFrame(rejections, columns=["line", "reason"]),
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the number of the last line and the cells of every row; blank lines are left out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey=_EXTRA_CELLS, strict=True)
            names = [name.strip() for name in reader.fieldnames or []]
            missing = [name for name in REQUIRED_COLUMNS if name not in names]
            if missing:
                raise VotesFileError(
                    f"{path}: column {missing[0]!r} is missing; required are "
                    f"{', '.join(REQUIRED_COLUMNS)}, optional {', '.join(OPTIONAL_COLUMNS)}"
                )
            reader.fieldnames = names
            return [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise VotesFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VotesFileError(f"{path}: not UTF-8; save it as UTF-8 and try again") from error
    except csv.Error as error:
        raise VotesFileError(f"{path}: line {reader.reader.line_num}: not CSV: {error}") from error


def _vote(
    row: dict[str, str], campaigns: Mapping[str, OpenCampaign], default: str | None
) -> dict[str, object]:
    """Return one row as a vote.

    Raises:
        _BadRow: If the row is no vote of an open campaign.
    """
    if _EXTRA_CELLS in row:
        raise _BadRow("more cells than columns")
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    name = cells.get("campaign") or default
    if not name:
        raise _BadRow("no campaign is named")
    if name not in campaigns:
        raise _BadRow(
            f"campaign {name!r} is not open; open campaigns: {', '.join(campaigns) or 'none'}"
        )
    target = campaigns[name]
    if not cells["annotator"]:
        raise _BadRow("the annotator is empty")
    if cells["clip_id"] not in target.clips:
        raise _BadRow(f"clip {cells['clip_id']!r} is not asked about in campaign {name!r}")
    if cells["label"] not in target.campaign.answers:
        raise _BadRow(
            f"{cells['label']!r} is not an answer; answers are {', '.join(target.campaign.answers)}"
        )
    return {
        "campaign": name,
        "clip_id": cells["clip_id"],
        "annotator": cells["annotator"],
        "label": cells["label"],
        "voted_at": _moment(cells.get("voted_at", "")),
        "seconds": _seconds(cells.get("seconds", "")),
    }


def _moment(cell: str) -> str | None:
    if not cell:
        return None
    try:
        return utc_text(datetime.fromisoformat(cell))
    except (ValueError, OverflowError) as error:
        raise _BadRow(f"voted_at {cell!r} is not a time in ISO 8601") from error


def _seconds(cell: str) -> float:
    if not cell:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise _BadRow(f"seconds {cell!r} is not a number of seconds")
    return value
