"""The campaigns that a person works on, and how far the person has come."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator, read_annotators
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.campaigns import read_campaigns, read_closed
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.annotation.queue import find_people
from libra_emo.annotation.store import VoteStore

FRESH_SECONDS: Final = 2.0
_SIZES: WeakKeyDictionary[VoteStore, tuple[float, dict[str, int]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Duty:
    """A campaign in which a person is asked.

    Attributes:
        campaign: The campaign.
        share: How many clips fall to the person if everybody answers equally many.
    """

    campaign: Campaign
    share: int


def read_duties(store: VoteStore, person: Annotator) -> list[Duty]:
    """Return the open campaigns in which a person is asked, by name."""
    with store.reading() as connection:
        campaigns = read_campaigns(connection)
        closed = read_closed(connection)
        everybody = read_annotators(connection)
        sizes = _read_sizes(store, connection, campaigns)
    duties = []
    for name, campaign in campaigns.items():
        people = find_people(campaign, everybody.values())
        if name not in closed and sizes.get(name) and person.key in {p.key for p in people}:
            needed = campaign.annotators_per_clip
            share = -(-sizes[name] * needed // max(needed, len(people)))
            duties.append(Duty(campaign, share))
    return duties


def _read_sizes(
    store: VoteStore, connection: sa.Connection, campaigns: Iterable[str]
) -> dict[str, int]:
    """Return how many clips each campaign has; counting them takes longer than all the rest."""
    read_at, sizes = _SIZES.get(store, (float("-inf"), {}))
    if time.monotonic() - read_at > FRESH_SECONDS or not sizes.keys() >= set(campaigns):
        query = sa.select(CLIPS.c.campaign, sa.func.count()).group_by(CLIPS.c.campaign)
        counted = {row[0]: int(row[1]) for row in connection.execute(query)}
        sizes = dict.fromkeys(campaigns, 0) | counted
        _SIZES[store] = (time.monotonic(), sizes)
    return sizes
