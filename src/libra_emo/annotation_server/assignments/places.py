"""Who holds the places of clips: those who answered, and those for whom a clip is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import ANNOTATORS, ASSIGNMENTS, VOTES
from libra_emo.annotation.identity.moments import utc_text


def read_voters(
    connection: sa.Connection, campaign: Campaign, keys: Iterable[str]
) -> dict[str, set[str]]:
    """Return who answered each of some clips of a campaign, by key."""
    query = sa.select(VOTES.c.clip_key, VOTES.c.annotator).where(
        VOTES.c.campaign == campaign.name,
        VOTES.c.clip_key.in_([*keys]),
        VOTES.c.label.in_(campaign.answers),
    )
    return _group(connection, query)


def read_leases(
    connection: sa.Connection, campaign: str, keys: Iterable[str], now: datetime
) -> dict[str, set[str]]:
    """Return for whom each of some clips is kept now; nobody who is paused keeps one."""
    query = (
        sa.select(ASSIGNMENTS.c.clip_key, ASSIGNMENTS.c.annotator)
        .join(ANNOTATORS, ANNOTATORS.c.key == ASSIGNMENTS.c.annotator)
        .where(
            ASSIGNMENTS.c.campaign == campaign,
            ASSIGNMENTS.c.clip_key.in_([*keys]),
            ASSIGNMENTS.c.answered_at.is_(None),
            ASSIGNMENTS.c.leased_until > utc_text(now),
            ANNOTATORS.c.active,
        )
    )
    return _group(connection, query)


def _group(connection: sa.Connection, query: sa.Select[Any, Any]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = defaultdict(set)
    for key, annotator in connection.execute(query):
        grouped[key].add(annotator)
    return grouped
