"""Imports votes from a file, CSV or Label Studio's JSON; a bad row is rejected alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.csv_files.cells import BadCell
from libra_emo.annotation.csv_files.columns import (
    OPTIONAL,
    REQUIRED,
    Columns,
    count_known,
    find_columns,
)
from libra_emo.annotation.csv_files.encoding import decode
from libra_emo.annotation.csv_files.picking import complete_columns, pick_cells
from libra_emo.annotation.csv_files.reader import NO_ANSWER, OpenCampaign, VoteReader
from libra_emo.annotation.csv_files.rows import Row, read_rows
from libra_emo.annotation.exchange.label_studio import is_json, read_annotations
from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.identity.clip_keys import clip_key
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
        name: OpenCampaign(
            *(campaign, frozenset(store.clips(name)), name in closed),
            _read_elsewhere(store, campaign) if campaign.fresh else {},
        )
        for name, campaign in store.campaigns().items()
    }


def _read_elsewhere(store: VoteStore, campaign: Campaign) -> dict[str, set[str]]:
    """Return who answered elsewhere, without those whose answer a campaign has already."""
    history = store.history(campaign.name)
    known = {
        (clip_key(clip_id), name)
        for clip_id, name in zip(history["clip_id"], history["annotator"], strict=True)
    }
    return {
        key: {person for person in people if (key, person) not in known}
        for key, people in store.answered_elsewhere(
            campaign.name, store.clips(campaign.name)
        ).items()
    }


def import_votes(
    store: VoteStore,
    path: Path,
    now: datetime,
    campaign: str | None = None,
    annotator: str | None = None,
    taxonomy: Taxonomy | None = None,
) -> ImportResult:
    """Add the good rows of a file to the store, all at once, and report the others.

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
    people = store.annotators()
    pseudonyms = {name: people[key] for key, name in make_pseudonyms(store, people).items()}
    reader = VoteReader(
        *(open_campaigns(store), people, taxonomy, campaign, annotator),
        pseudonyms=pseudonyms,
        is_withdrawn=store.withdrawn(),
    )
    content = _keep_known_ids(store, read_votes(path, reader))
    added = store.add_votes(content.votes, now)
    unanswered = content.rejections["reason"] == NO_ANSWER
    return ImportResult(
        added=added,
        known=len(content.votes) - added,
        rejections=content.rejections[~unanswered].reset_index(drop=True),
        unanswered=int(unanswered.sum()),
        replaced=_count_replaced(store, content.votes) if added < len(content.votes) else 0,
    )


def _keep_known_ids(store: VoteStore, content: VotesFile) -> VotesFile:
    """Leave out ids that are not those of the store's own votes.

    So what the store has exported is known again, and an id of another program decides nothing.
    """
    votes = content.votes
    if "vote_id" not in votes:
        return content
    keys = ["campaign", "clip_id", "annotator", "label", "vote_id"]
    stored = [store.history(str(name))[keys] for name in votes["campaign"].unique()]
    known = pd.MultiIndex.from_frame(pd.concat(stored)) if stored else pd.MultiIndex.from_tuples([])
    own = pd.MultiIndex.from_frame(votes[keys]).isin(known)
    return content._replace(votes=votes.assign(vote_id=votes["vote_id"].where(own)))


def read_votes_csv(
    path: Path, campaigns: Mapping[str, OpenCampaign], campaign: str | None = None
) -> VotesFile:
    """Return the votes in a CSV file of anybody, and the rejected rows; see `read_votes`."""
    return read_votes(path, VoteReader(campaigns, campaign=campaign))


def read_votes(path: Path, reader: VoteReader) -> VotesFile:
    """Return the votes in a file and the rejected rows.

    A file that begins as JSON is one of Label Studio, see `read_annotations`; the line of a
    rejection is then the number of the task. All others are CSV.

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
        content = path.read_bytes()
        if is_json(content):
            return _read_all(read_annotations(content, reader.is_clip), reader)
        text = decode(content, reader.known_words)
    except OSError as error:
        raise VotesFileError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # UnknownText is one
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
    return _read_all(_pick_all(listed, columns, len(header)), reader)


def _pick_all(
    rows: list[Row], columns: Columns, width: int
) -> Iterator[tuple[int, dict[str, str] | BadCell]]:
    for row in rows:
        try:
            yield row.line, pick_cells(row, columns, width)
        except BadCell as reason:
            yield row.line, reason


def _read_all(
    rows: Iterable[tuple[int, dict[str, str] | BadCell]], reader: VoteReader
) -> VotesFile:
    votes, rejections, ids = [], [], []
    for line, cells in rows:
        try:
            if isinstance(cells, BadCell):
                raise cells
            votes.append(reader.read(cells))
            ids.append(cells.get("vote_id"))
        except BadCell as reason:
            rejections.append((line, str(reason)))
    table = pd.DataFrame(votes, columns=list(VOTE_COLUMNS))
    if any(ids):
        table["vote_id"] = pd.Series([identity or None for identity in ids], dtype="str")
    return VotesFile(check(table, HumanVotes), pd.DataFrame(rejections, columns=["line", "reason"]))


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
