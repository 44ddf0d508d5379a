"""Which clips an adjudicator may see, and how far the adjudicator is with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import ASSIGNMENTS, CLIPS, VOTES
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret


@dataclass(frozen=True)
class Case:
    """A clip that an adjudicator takes part in.

    Attributes:
        token: The name that the clip has for this person.
        campaign: The adjudication.
        clip_key: The clip's key.
        answered: Whether the person answered blind, or decided.
    """

    token: str
    campaign: Campaign
    clip_key: str
    answered: bool


def may_adjudicate(store: VoteStore, person: Annotator) -> bool:
    """Return whether a person is an adjudicator; where there is none, everybody is."""
    if person.role == "adjudicator":
        return True
    others = store.annotators().values()
    return not any(other.active and other.role == "adjudicator" for other in others)


def find_case(
    store: VoteStore,
    secret: ServerSecret,
    campaign: Campaign,
    person: Annotator,
    token: str,
    now: datetime,
) -> Case | None:
    """Return the clip of a token, or None if there is none; the person takes part from now on."""
    with store.writing() as connection:
        known = sa.select(ASSIGNMENTS.c.clip_key).where(
            ASSIGNMENTS.c.token == token,
            ASSIGNMENTS.c.annotator == person.key,
            ASSIGNMENTS.c.campaign == campaign.name,
        )
        key = connection.execute(known).scalar()
        if key is None:
            key = _find_key(connection, secret, campaign, person, token)
            if key is None:
                return None
            row = {"campaign": campaign.name, "clip_key": key, "annotator": person.key}
            row |= {"token": token, "leased_until": utc_text(now)}
            connection.execute(sa.insert(ASSIGNMENTS).values(row))
        own = sa.select(VOTES.c.id).where(
            VOTES.c.campaign == campaign.name,
            VOTES.c.annotator == person.key,
            VOTES.c.clip_key == key,
        )
        answered = connection.execute(own.limit(1)).first() is not None
    return Case(token, campaign, key, answered)


def mark_opened(store: VoteStore, token: str, now: datetime) -> None:
    """Note that a person saw what others answered: the blind answer stays as it is from now on."""
    change = sa.update(ASSIGNMENTS).where(
        ASSIGNMENTS.c.token == token, ASSIGNMENTS.c.opened_at.is_(None)
    )
    with store.writing() as connection:
        connection.execute(change.values(opened_at=utc_text(now)))


def _find_key(
    connection: sa.Connection,
    secret: ServerSecret,
    campaign: Campaign,
    person: Annotator,
    token: str,
) -> str | None:
    query = sa.select(CLIPS.c.clip_key).where(CLIPS.c.campaign == campaign.name)
    for key in connection.execute(query).scalars():
        if secret.task(person.key, campaign.name, key) == token:
            return str(key)
    return None
