"""The campaigns that a person works on, and how far the person has come."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator, read_annotators
from libra_emo.annotation.campaigns import TRAINING, Campaign
from libra_emo.annotation.database.campaigns import read_campaigns, read_closed
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.annotation.queue import find_people
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.assignments.mixing import expected_share

FRESH_SECONDS: Final = 2.0
_SIZES: WeakKeyDictionary[VoteStore, tuple[float, dict[str, int]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Duty:
    """A campaign in which a person is asked.

    Attributes:
        campaign: The campaign.
        share: How many clips fall to the person if everybody answers equally many.
        mixed: The open campaigns whose clips are mixed into its queue.
    """

    campaign: Campaign
    share: int
    mixed: tuple[Campaign, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the campaigns whose clips are in the queue."""
        return [self.campaign.name, *(mixed.name for mixed in self.mixed)]


def read_duties(store: VoteStore, person: Annotator) -> list[Duty]:
    """Return the open campaigns in which a person is asked: those that train first, then by name.

    A campaign that is mixed into another one's queue is no duty of its own.
    """
    with store.reading() as connection:
        campaigns = read_campaigns(connection)
        closed = read_closed(connection)
        everybody = read_annotators(connection)
        sizes = _read_sizes(store, connection, campaigns)
    opened = {name: each for name, each in campaigns.items() if name not in closed and sizes[name]}
    duties = []
    for name, campaign in opened.items():
        people = find_people(campaign, everybody.values())
        if campaign.mixed_into is None and person.key in {each.key for each in people}:
            needed = len(people) if campaign.asks_everybody else campaign.annotators_per_clip
            share = -(-sizes[name] * needed // max(needed, len(people)))
            mixed = tuple(each for each in opened.values() if each.mixed_into == name)
            extra = [expected_share(each, sizes[each.name], share, len(people)) for each in mixed]
            duties.append(Duty(campaign, share + sum(extra), mixed))
    return sorted(duties, key=lambda duty: duty.campaign.kind != TRAINING)


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
