"""How messages and decisions of adjudicators come into the store; each arrives once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.database.tables import CAMPAIGNS, CLIPS, MESSAGES, VOTES
from libra_emo.annotation.database.vote_checksums import sealed
from libra_emo.annotation.history import next_moment
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.adjudications.access import Case

Outcome = Literal["stored", "closed", "id_taken", "unknown_label"]


def add_message(
    store: VoteStore, case: Case, person: Annotator, identity: str, text: str, now: datetime
) -> Outcome:
    """Add a message to the discussion of a clip; one that is there already is not added again."""
    with store.writing() as connection:
        if known := _find_owner(connection, identity):
            return "stored" if known == person.key else "id_taken"
        _insert_message(connection, case, person, identity, text, utc_text(now), None)
    return "stored"


def add_decision(
    store: VoteStore,
    case: Case,
    person: Annotator,
    identity: str,
    label: str,
    text: str,
    now: datetime,
) -> Outcome:
    """Decide a clip: a vote of the adjudication, and its reason as a message of the discussion.

    The last decision counts, whoever made it; earlier ones are kept.

    Args:
        store: Store of the votes.
        case: The clip.
        person: Who decides.
        identity: Id from the browser, by which a decision that is sent again is known.
        label: The label, or the campaign's answer for none.
        text: The reason.
        now: Time of receipt.
    """
    campaign = case.campaign
    if label not in campaign.answers:
        return "unknown_label"
    with store.writing() as connection:
        lock = sa.select(CAMPAIGNS.c.closed_at).where(CAMPAIGNS.c.name == campaign.name)
        closed = connection.execute(lock.with_for_update()).scalar()
        if known := _find_owner(connection, identity):
            return "stored" if known == person.key else "id_taken"
        if closed:
            return "closed"
        moment = next_moment(connection, [campaign.name], now)
        name = sa.select(CLIPS.c.clip_id).where(
            CLIPS.c.campaign == campaign.name, CLIPS.c.clip_key == case.clip_key
        )
        vote = {
            "vote_id": identity,
            "campaign": campaign.name,
            "clip_id": connection.execute(name.limit(1)).scalar() or case.clip_key,
            "clip_key": case.clip_key,
            "annotator": person.key,
            "label": label,
            "received_at": moment,
            "voted_at": utc_text(now),
        }
        connection.execute(sa.insert(VOTES).values(sealed(vote)))
        _insert_message(connection, case, person, identity, text, moment, identity)
    return "stored"


def _find_owner(connection: sa.Connection, identity: str) -> str | None:
    for table, column in ((MESSAGES, MESSAGES.c.id), (VOTES, VOTES.c.vote_id)):
        query = sa.select(table.c.annotator).where(column == identity)
        if found := connection.execute(query).scalar():
            return str(found)
    return None


def _insert_message(
    connection: sa.Connection,
    case: Case,
    person: Annotator,
    identity: str,
    text: str,
    moment: str,
    vote_id: str | None,
) -> None:
    row = {
        "id": identity,
        "campaign": case.campaign.name,
        "clip_key": case.clip_key,
        "annotator": person.key,
        "text": text,
        "received_at": moment,
        "vote_id": vote_id,
    }
    connection.execute(sa.insert(MESSAGES).values(row))
