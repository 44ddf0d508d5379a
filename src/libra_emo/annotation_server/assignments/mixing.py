"""Clips that are mixed into a queue: when one is due, and which answers are asked for again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import GOLD, REPEAT, Campaign
from libra_emo.annotation.database.tables import ASSIGNMENTS, CLIPS
from libra_emo.common.seeding import generator

DEFAULT_DISTANCE: Final = 20


def read_given(
    connection: sa.Connection, campaigns: Collection[str], person: Annotator
) -> dict[str, set[str]]:
    """Return the clips that a person was given in each of some campaigns, by key."""
    given: dict[str, set[str]] = {name: set() for name in campaigns}
    query = sa.select(ASSIGNMENTS.c.campaign, ASSIGNMENTS.c.clip_key).where(
        ASSIGNMENTS.c.campaign.in_([*campaigns]), ASSIGNMENTS.c.annotator == person.key
    )
    for name, key in connection.execute(query):
        given[name].add(key)
    return given


def is_due(mixed: Campaign, person: Annotator, place: int) -> bool:
    """Return whether a person's next clip comes from a mixed campaign, by a draw.

    Repeats are drawn twice as often as they arise, so that they come soon after their distance.

    Args:
        mixed: The campaign.
        person: The person.
        place: How many clips of the queue the person was given so far.
    """
    rate = mixed.rate or 0.0
    chance = 2 * rate if mixed.kind == REPEAT else rate
    return bool(generator(0, "mixed", mixed.name, person.key, str(place)).random() < chance)


def find_repeats(
    connection: sa.Connection, campaign: Campaign, repeat: Campaign, person: Annotator
) -> list[str]:
    """Return the clips that a person answered long enough ago to be asked again, the oldest first.

    Args:
        connection: Connection to the store.
        campaign: The campaign in which the person answered.
        repeat: The campaign of the repeats.
        person: The person.
    """
    own = (ASSIGNMENTS.c.annotator == person.key, ASSIGNMENTS.c.answered_at.is_not(None))
    answered = sa.select(ASSIGNMENTS.c.clip_key).where(ASSIGNMENTS.c.campaign == campaign.name)
    latest_last = answered.where(*own).order_by(ASSIGNMENTS.c.answered_at, ASSIGNMENTS.c.token)
    keys = list(connection.execute(latest_last).scalars())
    distance = DEFAULT_DISTANCE if repeat.distance is None else repeat.distance
    far = keys[: max(0, len(keys) - distance)]
    rows = sa.select(CLIPS.c.clip_key).where(CLIPS.c.campaign == repeat.name)
    asked = set(connection.execute(rows).scalars()) if far else set()
    return [key for key in far if key in asked]


def expected_share(mixed: Campaign, size: int, share: int, people: int) -> int:
    """Return how many clips of a mixed campaign a person probably gets.

    Args:
        mixed: The campaign.
        size: How many clips it has.
        share: How many clips of the queue itself fall to the person.
        people: How many people are asked.
    """
    rate = mixed.rate or 0.0
    if mixed.kind == REPEAT:
        return round(rate * share)
    if mixed.kind == GOLD:
        return min(size, round(share * rate / (1 - min(rate, 0.99))))
    needed = mixed.annotators_per_clip
    return -(-size * needed // max(needed, people))
