"""The rows of campaigns and of the clips that they ask about."""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import CAMPAIGNS, CLIPS
from libra_emo.annotation.identity.clip_keys import clip_key


def write_campaign(connection: sa.Connection, campaign: Campaign) -> None:
    """Write a campaign, or change the one of its name."""
    settings = {
        "annotators_per_clip": campaign.annotators_per_clip,
        "threshold": campaign.threshold,
        "labels": json.dumps(campaign.labels, ensure_ascii=False),
        "other": campaign.other,
    }
    change = sa.update(CAMPAIGNS).where(CAMPAIGNS.c.name == campaign.name).values(**settings)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(CAMPAIGNS).values(name=campaign.name, **settings))
    except sa.exc.IntegrityError:  # another process opened it in the meantime
        connection.execute(change)


def write_clips(connection: sa.Connection, campaign: str, clips: Iterable[str]) -> None:
    """Let a campaign ask about these clips, and about no others."""
    connection.execute(sa.delete(CLIPS).where(CLIPS.c.campaign == campaign))
    rows = [
        {"campaign": campaign, "clip_id": clip_id, "clip_key": clip_key(clip_id)}
        for clip_id in sorted(set(clips))
    ]
    if rows:
        connection.execute(sa.insert(CLIPS), rows)


def read_campaigns(connection: sa.Connection) -> dict[str, Campaign]:
    """Return every campaign by its name."""
    rows = connection.execute(sa.select(CAMPAIGNS).order_by(CAMPAIGNS.c.name)).all()
    return {
        row.name: Campaign(
            row.name,
            row.annotators_per_clip,
            row.threshold,
            tuple(json.loads(row.labels)),
            row.other,
        )
        for row in rows
    }


def read_closed(connection: sa.Connection) -> dict[str, str]:
    """Return when each closed campaign was closed, by its name."""
    query = sa.select(CAMPAIGNS.c.name, CAMPAIGNS.c.closed_at)
    rows = connection.execute(query.where(CAMPAIGNS.c.closed_at.is_not(None))).all()
    return {row.name: row.closed_at for row in rows}
