"""Everything that a vote store holds as one table, and a store made from such a table.

The table travels with the labels (DVC versions it); the database itself is added to for ever and
belongs to one place.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator, insert_annotator, read_annotators
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.campaigns import (
    read_campaigns,
    read_closed,
    read_rows,
    write_campaign,
    write_clips,
)
from libra_emo.annotation.database.tables import CAMPAIGNS, MESSAGES, VOTE_DETAILS, VOTES
from libra_emo.annotation.database.vote_checksums import check_votes, sealed
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.names import name_key
from libra_emo.annotation.identity.vote_ids import renew_ids
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation.store import VoteStore
from libra_emo.schemas import StoreRecords, check

_VOTE_COLUMNS = ("campaign", "clip_id", "label", "received_at", "voted_at", "seconds", "vote_id")
_DETAILS = tuple(column.name for column in VOTE_DETAILS.columns if column.name != "vote_id")


class Restored(NamedTuple):
    """What a table brought that the store did not have.

    Attributes:
        annotators: Number of people.
        campaigns: Number of campaigns.
        votes: Number of votes.
        refused: Numbers of the rows, from 1, of people who withdrew; they are left out.
    """

    annotators: int
    campaigns: int
    votes: int
    refused: tuple[int, ...] = ()


def read_records(store: VoteStore) -> pd.DataFrame:
    """Return everything that a store holds as StoreRecords: the same content, the same table.

    Annotators and campaigns come first, by name; then votes in the order in which the store got
    them, and the messages of adjudications.
    """
    with store.reading() as connection:
        check_votes(connection)
        people = read_annotators(connection)
        rows = [_describe_annotator(person) for person in people.values()]
        closed = read_closed(connection)
        for name, campaign in read_campaigns(connection).items():
            rows.append(_describe_campaign(campaign, closed.get(name)))
        for name in read_campaigns(connection):
            rows += [_describe_clip(name, row) for row in read_rows(connection, name)]
        names = {key: person.name for key, person in people.items()}
        rows += [_describe_vote(row, names) for row in _read_votes(connection)]
        query = sa.select(MESSAGES).order_by(MESSAGES.c.received_at, MESSAGES.c.id)
        rows += [_describe_message(row, names) for row in connection.execute(query).mappings()]
    columns = list(StoreRecords.to_schema().columns)
    return check(pd.DataFrame(rows, columns=columns), StoreRecords)


def restore_records(store: VoteStore, records: pd.DataFrame) -> Restored:
    """Add what a table of records holds to a store, all of it or nothing.

    What the store has stays as it is: votes that it has, by their ids, people, and campaigns with
    their clips. So a table may be restored twice, and two stores may be joined.

    Args:
        store: Store, empty or not.
        records: StoreRecords.
    """
    table = check(records, StoreRecords).astype(object)
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()}
        for row in table.where(table.notna(), None).to_dict("records")
    ]
    is_withdrawn = store.withdrawn()
    gone = {name for name in set(table["annotator"].dropna()) if is_withdrawn(name)}
    refused = tuple(place for place, row in enumerate(rows, 1) if row["annotator"] in gone)
    rows = [row for row in rows if row["annotator"] not in gone]
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in set(table["kind"])}
    with store.writing() as connection:
        people = _restore_annotators(connection, kinds.get("annotator", []))
        campaigns = _restore_campaigns(connection, kinds.get("campaign", []), kinds.get("clip", []))
        votes = _restore_votes(connection, kinds.get("vote", []))
        _restore_messages(connection, kinds.get("message", []))
    return Restored(people, campaigns, votes, refused)


def _describe_annotator(person: Annotator) -> dict[str, Any]:
    details = {"role": person.role, "active": person.active}
    return {
        "kind": "annotator",
        "annotator": person.name,
        "received_at": person.added_at,
        "details": json.dumps(details),
    }


def _describe_campaign(campaign: Campaign, closed_at: str | None) -> dict[str, Any]:
    details = {name: value for name, value in vars(campaign).items() if name != "name"}
    details["closed_at"] = closed_at
    text = json.dumps(details, ensure_ascii=False)
    return {"kind": "campaign", "campaign": campaign.name, "details": text}


def _describe_clip(campaign: str, row: QueueRow) -> dict[str, Any]:
    details = {name: value for name, value in vars(row).items() if name != "clip_id"}
    text = json.dumps(details, ensure_ascii=False)
    return {"kind": "clip", "campaign": campaign, "clip_id": row.clip_id, "details": text}


def _read_votes(connection: sa.Connection) -> sa.MappingResult:
    columns = [VOTES.c[name] for name in (*_VOTE_COLUMNS, "annotator", "blind")]
    details = [VOTE_DETAILS.c[name] for name in _DETAILS]
    joined = VOTES.outerjoin(VOTE_DETAILS, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id)
    query = sa.select(*columns, *details).select_from(joined)
    return connection.execute(query.order_by(VOTES.c.received_at, VOTES.c.id)).mappings()


def _describe_vote(row: sa.RowMapping, names: dict[str, str]) -> dict[str, Any]:
    given = {name: row[name] for name in _DETAILS} if row["note"] is not None else {}
    details = {**given, **({"blind": True} if row["blind"] else {})}
    return {
        **{name: row[name] for name in _VOTE_COLUMNS},
        "kind": "vote",
        "annotator": names[row["annotator"]],
        "details": json.dumps(details, ensure_ascii=False) if details else None,
    }


def _describe_message(row: sa.RowMapping, names: dict[str, str]) -> dict[str, Any]:
    details = {name: row[name] for name in ("id", "clip_key", "text")}
    return {
        **{name: row[name] for name in ("campaign", "received_at", "vote_id")},
        "kind": "message",
        "annotator": names[row["annotator"]],
        "details": json.dumps(details, ensure_ascii=False),
    }


def _restore_annotators(connection: sa.Connection, rows: list[dict[str, Any]]) -> int:
    known = read_annotators(connection)
    new = 0
    for row in rows:
        name, added_at = row["annotator"], row["received_at"]
        person = Annotator(name_key(name), name, added_at=added_at, **json.loads(row["details"]))
        if person.key not in known:
            new += insert_annotator(connection, person)
    return new


def _restore_campaigns(
    connection: sa.Connection, rows: list[dict[str, Any]], clips: list[dict[str, Any]]
) -> int:
    known = read_campaigns(connection)
    new = 0
    for row in rows:
        name, details = row["campaign"], json.loads(row["details"])
        if name in known:
            continue
        closed_at = details.pop("closed_at")
        details["labels"] = tuple(details["labels"])
        write_campaign(connection, Campaign(name, **details))
        change = sa.update(CAMPAIGNS).where(CAMPAIGNS.c.name == name)
        connection.execute(change.values(closed_at=closed_at))
        queue = [_read_clip(clip) for clip in clips if clip["campaign"] == name]
        write_clips(connection, name, queue)
        new += 1
    return new


def _read_clip(row: dict[str, Any]) -> QueueRow:
    details = json.loads(row["details"] or "{}")
    return QueueRow(row["clip_id"], **{**details, "texts": tuple(details.get("texts", ()))})


def _restore_votes(connection: sa.Connection, rows: list[dict[str, Any]]) -> int:
    known = set(connection.execute(sa.select(VOTES.c.vote_id)).scalars())
    votes = [
        {name: row[name] for name in _VOTE_COLUMNS}
        | {"clip_key": clip_key(row["clip_id"]), "annotator": name_key(row["annotator"])}
        for row in rows
    ]
    renewed = [
        vote | {"vote_id": vote_id} for vote, vote_id in zip(votes, renew_ids(votes), strict=True)
    ]
    details = [json.loads(row["details"] or "{}") for row in rows]
    new, described = [], []
    for vote, extra in zip(renewed, details, strict=True):
        if vote["vote_id"] not in known:
            new.append(vote | {"blind": extra.pop("blind", False)})
            if extra:
                given = {name: extra.get(name) for name in _DETAILS}
                described.append({"vote_id": vote["vote_id"], **given})
    if new:
        connection.execute(sa.insert(VOTES), [sealed(vote) for vote in new])
    if described:
        connection.execute(sa.insert(VOTE_DETAILS), described)
    return len(new)


def _restore_messages(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    known = set(connection.execute(sa.select(MESSAGES.c.id)).scalars())
    messages = [
        {name: row[name] for name in ("campaign", "received_at", "vote_id")}
        | {"annotator": name_key(row["annotator"])}
        | json.loads(row["details"])
        for row in rows
    ]
    new = [message for message in messages if message["id"] not in known]
    if new:
        connection.execute(sa.insert(MESSAGES), new)
