"""The history of votes: how it is read from the database, and which votes are new to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from libra_emo.annotation.database import VOTES
from libra_emo.schemas import HumanVotes, check

CLIPS_PER_QUERY: Final = 500
_VOTE_COLUMNS = [VOTES.c[name] for name in HumanVotes.to_schema().columns]


def utc_text(moment: datetime) -> str:
    """Return a time as ISO 8601 in UTC to the microsecond; a time without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


def read_history(
    connection: sa.Connection, names: list[str], clips: list[str] | None = None
) -> pd.DataFrame:
    """Return the votes of campaigns as HumanVotes, the earliest first.

    Args:
        connection: An open connection.
        names: Names of the campaigns.
        clips: Ids of the clips whose votes are needed. Only a small request is narrowed to them,
            since databases limit the number of values in a query.
    """
    query = sa.select(*_VOTE_COLUMNS).where(VOTES.c.campaign.in_(names))
    if clips is not None and len(clips) <= CLIPS_PER_QUERY:
        query = query.where(VOTES.c.clip_id.in_(clips))
    rows = connection.execute(query.order_by(VOTES.c.voted_at, VOTES.c.id)).all()
    columns = [column.name for column in _VOTE_COLUMNS]
    return check(pd.DataFrame([tuple(row) for row in rows], columns=columns), HumanVotes)


def new_rows(table: pd.DataFrame, history: pd.DataFrame, now: str) -> list[dict[str, Any]]:
    """Return the votes that are not in the history yet, as rows to insert.

    Args:
        table: HumanVotes that are to be added.
        history: HumanVotes of these campaigns and clips, the earliest first.
        now: Time of the votes that have none, as `utc_text` writes it.
    """
    keys = ["campaign", "clip_id", "annotator"]
    seen = set(history[[*keys, "label", "voted_at"]].itertuples(index=False, name=None))
    latest = history.drop_duplicates(keys, keep="last")
    current = {tuple(row[:3]): row[3] for row in latest[[*keys, "label"]].to_numpy().tolist()}
    rows = []
    for row in table.to_dict("records"):
        key = tuple(row[name] for name in keys)
        dated = not pd.isna(row["voted_at"])
        moment = utc_text(datetime.fromisoformat(row["voted_at"])) if dated else now
        full = (*key, row["label"], moment)
        if full in seen or (not dated and current.get(key) == row["label"]):
            continue
        seen.add(full)
        if not dated:
            current[key] = row["label"]
        seconds = None if pd.isna(row["seconds"]) else float(row["seconds"])
        rows.append(
            dict(zip(keys, key, strict=True))
            | {"label": row["label"], "voted_at": moment, "seconds": seconds}
        )
    return rows
