"""Who holds the places of clips: those who answered, and those for whom a clip is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import ANNOTATORS, ASSIGNMENTS, CLIPS, VOTES
from libra_emo.annotation.identity.moments import utc_text

# statements are made once: SQLAlchemy takes longer to make one than SQLite to answer it
_KEYS: Final[sa.BindParameter[Any]] = sa.bindparam("keys", expanding=True)
_VOTES: Final = sa.select(VOTES.c.clip_key, VOTES.c.annotator, VOTES.c.label).where(
    VOTES.c.campaign == sa.bindparam("campaign"), VOTES.c.clip_key.in_(_KEYS)
)
_GIVEN: Final = (
    sa.select(
        ASSIGNMENTS.c.clip_key,
        ASSIGNMENTS.c.annotator,
        sa.and_(
            ASSIGNMENTS.c.answered_at.is_(None),
            ASSIGNMENTS.c.leased_until > sa.bindparam("now"),
            ANNOTATORS.c.active,
        ),
    )
    .join(ANNOTATORS, ANNOTATORS.c.key == ASSIGNMENTS.c.annotator)
    .where(
        ASSIGNMENTS.c.campaign == sa.bindparam("campaign"),
        ASSIGNMENTS.c.clip_key.in_(_KEYS),
    )
)
_ASKED: Final = sa.select(CLIPS.c.clip_key).where(
    CLIPS.c.campaign == sa.bindparam("campaign"), CLIPS.c.clip_key.in_(_KEYS)
)


class Places(NamedTuple):
    """Who has to do with some clips of a campaign, by the clips' keys.

    Attributes:
        voters: Who answered.
        leases: For whom the clip is kept now; nobody who is paused keeps one.
        given: Who was ever given the clip.
    """

    voters: dict[str, set[str]]
    leases: dict[str, set[str]]
    given: dict[str, set[str]]

    def is_free(self, campaign: Campaign, key: str, annotator: str) -> bool:
        """Return whether a clip has a place for a person who has not answered about it."""
        if annotator in self.voters[key]:
            return False
        others = (self.voters[key] | self.leases[key]) - {annotator}
        return campaign.asks_everybody or len(others) < campaign.annotators_per_clip

    def is_done(self, campaign: Campaign, key: str, annotator: str) -> bool:
        """Return whether a clip will never be given to a person, whatever becomes of leases."""
        full = len(self.voters[key]) >= campaign.annotators_per_clip
        return annotator in self.voters[key] or (full and not campaign.asks_everybody)


def read_places(
    connection: sa.Connection, campaign: Campaign, keys: Iterable[str], now: datetime
) -> Places:
    """Return who holds the places of some clips of a campaign."""
    places = Places(defaultdict(set), defaultdict(set), defaultdict(set))
    asked = {"campaign": campaign.name, "keys": [*keys]}
    answers = {*campaign.answers}
    for key, annotator, label in connection.execute(_VOTES, asked):
        if label in answers:
            places.voters[key].add(annotator)
    for key, annotator, kept in connection.execute(_GIVEN, {**asked, "now": utc_text(now)}):
        places.given[key].add(annotator)
        if kept:
            places.leases[key].add(annotator)
    return places


def read_asked(connection: sa.Connection, campaign: str, keys: Iterable[str]) -> set[str]:
    """Return those of some clips that a campaign asks about."""
    return {*connection.execute(_ASKED, {"campaign": campaign, "keys": [*keys]}).scalars()}
