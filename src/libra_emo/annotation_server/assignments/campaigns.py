"""The campaigns that a person works on, and how far the person has come."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator, read_annotators
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.campaigns import read_campaigns, read_closed
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.annotation.queue import find_people
from libra_emo.annotation.store import VoteStore


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
    counting = sa.select(CLIPS.c.campaign, sa.func.count()).group_by(CLIPS.c.campaign)
    with store.reading() as connection:
        campaigns = read_campaigns(connection)
        closed = read_closed(connection)
        everybody = read_annotators(connection)
        sizes = {row[0]: int(row[1]) for row in connection.execute(counting)}
    duties = []
    for name, campaign in campaigns.items():
        people = find_people(campaign, everybody.values())
        if name not in closed and sizes.get(name) and person.key in {p.key for p in people}:
            needed = campaign.annotators_per_clip
            share = -(-sizes[name] * needed // max(needed, len(people)))
            duties.append(Duty(campaign, share))
    return duties
