"""Imports votes from a CSV file; a bad row is rejected alone, the good rows are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from libra_emo.annotation.csv_files.cells import BadCell
from libra_emo.annotation.csv_files.columns import (
    OPTIONAL,
    REQUIRED,
    Columns,
    count_known,
    find_columns,
)
from libra_emo.annotation.csv_files.encoding import UnknownText, decode
from libra_emo.annotation.csv_files.picking import complete_columns, pick_cells
from libra_emo.annotation.csv_files.reader import NO_ANSWER, OpenCampaign, VoteReader
from libra_emo.annotation.csv_files.rows import Row, read_rows
from libra_emo.annotation.store import VoteStore
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import Taxonomy

VOTE_COLUMNS = ("campaign", "clip_id", "annotator", "label", "voted_at", "seconds")


class VotesFileError(LibraEmoError):
    """A file of votes cannot be read at all."""


class VotesFile(NamedTuple):
    """The content of a file: every row that is not blank is in exactly one of the two tables.

    Attributes:
        votes: HumanVotes.
        rejections: line (of the file; its first line is 1) and reason.
    """

    votes: pd.DataFrame
    rejections: pd.DataFrame


class ImportResult(NamedTuple):
    """The result of an import.

    Attributes:
        added: How many votes are new in the store.
        known: How many votes were in the store already.
        rejections: line and reason of each row that is rejected, those without an answer left out.
        unanswered: Number of rows without an answer.
        replaced: How many of the file's answers a later answer had replaced and still replaces.
    """

    added: int
    known: int
    rejections: pd.DataFrame
    unanswered: int
    replaced: int


def open_campaigns(store: VoteStore) -> dict[str, OpenCampaign]:
    """Return every campaign of a store with its clips, by name."""
    closed = store.closed_campaigns()
    return {
        name: OpenCampaign(campaign, frozenset(store.clips(name)), name in closed)
        for name, campaign in store.campaigns().items()
    }


def import_votes(
    store: VoteStore,
    path: Path,
    now: datetime,
    campaign: str | None = None,
    annotator: str | None = None,
    taxonomy: Taxonomy | None = None,
) -> ImportResult:
    """Add the good rows of a CSV file to the store, all at once, and report the others.

    Args:
        store: Store that the votes are added to; it knows the campaigns and the people.
        path: Path of the file.
        now: Time of receipt.
        campaign: Name of the campaign of rows that name none.
        annotator: Name of the annotator of rows that name none.
        taxonomy: The emotions, for the Chinese names of the answers.

    Raises:
        VotesFileError: If the file cannot be read or lacks a column.
    """
    reader = VoteReader(open_campaigns(store), store.annotators(), taxonomy, campaign, annotator)
    content = read_votes(path, reader)
    added = store.add_votes(content.votes, now)
    unanswered = content.rejections["reason"] == NO_ANSWER
    return ImportResult(
        added=added,
        known=len(content.votes) - added,
        rejections=content.rejections[~unanswered].reset_index(drop=True),
        unanswered=int(unanswered.sum()),
        replaced=_count_replaced(store, content.votes) if added < len(content.votes) else 0,
    )


def read_votes_csv(
    path: Path, campaigns: Mapping[str, OpenCampaign], campaign: str | None = None
) -> VotesFile:
    """Return the votes in a CSV file of anybody, and the rejected rows; see `read_votes`."""
    return read_votes(path, VoteReader(campaigns, campaign=campaign))


def read_votes(path: Path, reader: VoteReader) -> VotesFile:
    """Return the votes in a CSV file and the rejected rows.

    The columns are clip_id, annotator, label, and optionally campaign, voted_at and seconds, or as
    Label Studio and Potato call them; other columns are ignored. Encoding and separator are found
    out. Blank rows are left out.

    Args:
        path: Path of the file.
        reader: What the rows are read by.

    Raises:
        VotesFileError: If the file cannot be read or lacks a column.
    """
    try:
        text = decode(path.read_bytes(), reader.known_words)
    except OSError as error:
        raise VotesFileError(f"{path}: {error.strerror}") from error
    except UnknownText as error:
        raise VotesFileError(f"{path}: {error}") from error
    header, rows = read_rows(text, count_known)
    listed = list(rows)
    columns = complete_columns(find_columns(header), listed, reader)
    missing = [name for name in columns.missing if name != "annotator" or not reader.annotator]
    if missing:
        raise VotesFileError(
            f"{path}: column {missing[0]!r} is missing; required are "
            f"{', '.join(REQUIRED)}, optional {', '.join(OPTIONAL)}"
        )
    return _read_all(listed, columns, len(header), reader)


def _read_all(rows: list[Row], columns: Columns, width: int, reader: VoteReader) -> VotesFile:
    votes, rejections = [], []
    for row in rows:
        try:
            votes.append(reader.read(pick_cells(row, columns, width)))
        except BadCell as reason:
            rejections.append((row.line, str(reason)))
    return VotesFile(
        check(pd.DataFrame(votes, columns=list(VOTE_COLUMNS)), HumanVotes),
        pd.DataFrame(rejections, columns=["line", "reason"]),
    )


def _count_replaced(store: VoteStore, votes: pd.DataFrame) -> int:
    """Return for how many clips another answer counts than the person's last one in the file."""
    keys = ["campaign", "clip_id", "annotator"]
    last = votes.drop_duplicates(keys, keep="last")
    tables = [store.votes(name) for name in sorted(set(last["campaign"]))]
    if not tables:
        return 0
    counting = pd.concat(tables)[[*keys, "label"]]
    both = last.merge(counting, on=keys, suffixes=("", "_counting"))
    return int((both["label"] != both["label_counting"]).sum())
