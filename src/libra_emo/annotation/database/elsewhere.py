"""Who has answered for a clip in another campaign: a fresh campaign does not ask them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import (
    ANNOTATORS,
    ASSIGNMENTS,
    CAMPAIGNS,
    VOTES,
)

KEYS_AT_ONCE = 10_000  # databases take no more values in one query than some 30,000


def read_answered_elsewhere(
    connection: sa.Connection, campaign: str, keys: Iterable[str]
) -> dict[str, set[str]]:
    """Return who answered for some clips in other campaigns than one.

    Args:
        connection: Connection to the store.
        campaign: Name of the campaign.
        keys: Keys of the clips.

    Returns:
        The people's names by clip key; clips for which nobody answered elsewhere are left out.
    """
    joined = VOTES.join(ANNOTATORS, ANNOTATORS.c.key == VOTES.c.annotator)
    query = sa.select(VOTES.c.clip_key, ANNOTATORS.c.name).select_from(joined)
    wanted, people = sorted(set(keys)), defaultdict[str, set[str]](set)
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        part = VOTES.c.clip_key.in_(wanted[start : start + KEYS_AT_ONCE])
        found = connection.execute(query.where(VOTES.c.campaign != campaign, part).distinct())
        for key, name in found:
            people[key].add(name)
    return dict(people)


def find_answered_elsewhere(
    connection: sa.Connection, campaign: Campaign, keys: Iterable[str], annotator: str, now: str
) -> set[str]:
    """Return the clips about which a fresh campaign may not ask a person; none for another one.

    They are those that the person answered in another campaign, or has before them there now.

    Args:
        connection: Connection to the store.
        campaign: The campaign.
        keys: Keys of clips.
        annotator: Key of the person.
        now: The time, as the store writes it.
    """
    wanted = [*keys]
    if not campaign.fresh or not wanted:
        return set()
    # with the names listed, the index of a person's votes is used
    others = sa.select(CAMPAIGNS.c.name).where(CAMPAIGNS.c.name != campaign.name)
    found: set[str] = set()
    for table in (VOTES, ASSIGNMENTS):
        query = sa.select(table.c.clip_key).where(
            table.c.campaign.in_(others),
            table.c.annotator == annotator,
            table.c.clip_key.in_(wanted),
        )
        if table is ASSIGNMENTS:
            query = query.where(table.c.answered_at.is_(None), table.c.leased_until > now)
        found.update(connection.execute(query).scalars())
    return found
