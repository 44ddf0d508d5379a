"""The rows of campaigns and of the clips that they ask about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import CAMPAIGNS, CLIPS
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.queue_rows import QueueRow

_CAMPAIGNS: Final = sa.select(
    *(CAMPAIGNS.c[field.name] for field in fields(Campaign)),
).order_by(CAMPAIGNS.c.name)
_CLOSED: Final = sa.select(CAMPAIGNS.c.name, CAMPAIGNS.c.closed_at).where(
    CAMPAIGNS.c.closed_at.is_not(None)
)


def write_campaign(connection: sa.Connection, campaign: Campaign) -> None:
    """Write a campaign, or change the one of its name."""
    settings = {
        "annotators_per_clip": campaign.annotators_per_clip,
        "threshold": campaign.threshold,
        "labels": json.dumps(campaign.labels, ensure_ascii=False),
        "other": campaign.other,
        "kind": campaign.kind,
        "rate": campaign.rate,
        "distance": campaign.distance,
        "fresh": campaign.fresh,
    }
    change = sa.update(CAMPAIGNS).where(CAMPAIGNS.c.name == campaign.name).values(**settings)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(CAMPAIGNS).values(name=campaign.name, **settings))
    except sa.exc.IntegrityError:  # another process opened it in the meantime
        connection.execute(change)


def write_clips(connection: sa.Connection, campaign: str, queue: Iterable[QueueRow]) -> None:
    """Let a campaign ask about these clips, and about no others."""
    connection.execute(sa.delete(CLIPS).where(CLIPS.c.campaign == campaign))
    rows = [
        {
            **{"campaign": campaign, "clip_key": clip_key(row.clip_id)},
            **vars(row),
            "texts": json.dumps(row.texts, ensure_ascii=False) if row.texts else None,
        }
        for row in sorted({row.clip_id: row for row in queue}.values(), key=_by_clip)
    ]
    if rows:
        connection.execute(sa.insert(CLIPS), rows)


def read_rows(connection: sa.Connection, campaign: str) -> list[QueueRow]:
    """Return why and how a campaign asks about each of its clips, by clip."""
    columns = [CLIPS.c[field.name] for field in fields(QueueRow)]
    query = sa.select(*columns).where(CLIPS.c.campaign == campaign).order_by(CLIPS.c.clip_id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [QueueRow(**{**row, "texts": tuple(json.loads(row["texts"] or "[]"))}) for row in rows]


def _by_clip(row: QueueRow) -> str:
    return row.clip_id


def read_campaigns(connection: sa.Connection) -> dict[str, Campaign]:
    """Return every campaign by its name."""
    rows = connection.execute(_CAMPAIGNS).all()
    return {row[0]: _make_campaign(*row) for row in rows}


@lru_cache(maxsize=256)
def _make_campaign(name: str, places: int, threshold: int, labels: str, *rest: Any) -> Campaign:
    return Campaign(name, places, threshold, tuple(json.loads(labels)), *rest)


def read_closed(connection: sa.Connection) -> dict[str, str]:
    """Return when each closed campaign was closed, by its name."""
    return {row.name: row.closed_at for row in connection.execute(_CLOSED)}
