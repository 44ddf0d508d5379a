"""The whole history of a clip: every campaign that asked, every answer, every message."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from libra_emo.annotation.database.tables import ANNOTATORS, CLIPS, MESSAGES, VOTE_DETAILS, VOTES
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret

DETAILS = tuple(column for column in VOTE_DETAILS.columns if column.name != "vote_id")


def find_clip(store: VoteStore, secret: ServerSecret, token: str) -> str | None:
    """Return the key of the clip that a token stands for, or None."""
    with store.reading() as connection:
        keys = connection.execute(sa.select(CLIPS.c.clip_key).distinct()).scalars()
        return next((key for key in keys if secret.clip(key) == token), None)


def find_key(store: VoteStore, clip_id: str) -> str | None:
    """Return the key of a clip by its id or its key, or None if no campaign asks about it."""
    query = sa.select(CLIPS.c.clip_key).where(
        sa.or_(CLIPS.c.clip_id == clip_id, CLIPS.c.clip_key == clip_id)
    )
    with store.reading() as connection:
        return connection.execute(query.limit(1)).scalar()


def read_clip(store: VoteStore, key: str) -> dict[str, Any]:
    """Return clip_id, asked (the queues that it stands in) and events, the earliest first.

    Args:
        store: Store of the votes.
        key: The clip's key.
    """
    asked = sa.select(CLIPS).where(CLIPS.c.clip_key == key).order_by(CLIPS.c.campaign)
    votes = (
        sa.select(VOTES, *DETAILS, ANNOTATORS.c.name)
        .join(ANNOTATORS, ANNOTATORS.c.key == VOTES.c.annotator)
        .outerjoin(VOTE_DETAILS, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id)
        .where(VOTES.c.clip_key == key)
        .order_by(VOTES.c.id)
    )
    messages = (
        sa.select(MESSAGES, ANNOTATORS.c.name)
        .join(ANNOTATORS, ANNOTATORS.c.key == MESSAGES.c.annotator)
        .where(MESSAGES.c.clip_key == key)
    )
    with store.reading() as connection:
        queues = [dict(row) for row in connection.execute(asked).mappings()]
        events = [{**row, "kind": _name_kind(row)} for row in connection.execute(votes).mappings()]
        said = [
            {**row, "kind": "message", "replaced": False}
            for row in connection.execute(messages).mappings()
        ]
    _mark_replaced(events)
    order = sorted([*events, *said], key=lambda event: str(event["received_at"]))
    clip_id = queues[0]["clip_id"] if queues else key
    return {"clip_id": clip_id, "asked": queues, "events": order}


def _name_kind(row: sa.RowMapping) -> str:
    if row["blind"]:
        return "blind"
    return "decision" if row["campaign"].endswith(".adjudication") else "vote"


def _mark_replaced(events: list[dict[str, Any]]) -> None:
    """Mark the answers that the same person changed later."""
    later: set[tuple[str, str, str]] = set()
    for event in reversed(events):
        who = (event["campaign"], event["annotator"], event["kind"])
        event["replaced"] = who in later
        later.add(who)
