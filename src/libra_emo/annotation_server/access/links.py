"""Personal links: how people come in. The store keeps their digests alone."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.annotators import PERSON, Annotator, read_annotators
from libra_emo.annotation.database.tables import ANNOTATORS, LINKS
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.common.digests import digest_text

_PERSON: Final = (
    sa.select(*PERSON)
    .join(LINKS, LINKS.c.annotator == ANNOTATORS.c.key)
    .where(LINKS.c.id == sa.bindparam("link"), LINKS.c.revoked_at.is_(None))
)


def make_link(store: VoteStore, annotator: str, now: datetime) -> str:
    """Return the secret of a new link of a person.

    Args:
        store: Store in which the person is registered.
        annotator: The person's key.
        now: Time at which the link is made.
    """
    secret = secrets.token_urlsafe(24)
    row = {
        "id": secrets.token_urlsafe(12),
        "digest": digest_text(secret),
        "annotator": annotator,
        "made_at": utc_text(now),
    }
    with store.writing() as connection:
        connection.execute(sa.insert(LINKS).values(row))
    return secret


def revoke_links(store: VoteStore, annotator: str, now: datetime) -> int:
    """Revoke every link of a person, and return how many there were; sessions end with them."""
    change = sa.update(LINKS).where(LINKS.c.annotator == annotator, LINKS.c.revoked_at.is_(None))
    with store.writing() as connection:
        return connection.execute(change.values(revoked_at=utc_text(now))).rowcount


def open_link(store: VoteStore, secret: str, oldest: datetime | None = None) -> str | None:
    """Return the id of a link by its secret, or None if it is unknown, revoked or too old.

    Args:
        store: Store that keeps the links' digests.
        secret: The secret in the link's address.
        oldest: A link that was made before this moment has expired.
    """
    query = sa.select(LINKS.c.id).where(
        LINKS.c.digest == digest_text(secret),
        LINKS.c.revoked_at.is_(None),
        LINKS.c.made_at >= (utc_text(oldest) if oldest else ""),
    )
    with store.reading() as connection:
        return connection.execute(query).scalar()


def find_person(store: VoteStore, link: str) -> Annotator | None:
    """Return whose link it is, or None if it is unknown or revoked."""
    with store.reading() as connection:
        row = connection.execute(_PERSON, {"link": link}).first()
    return None if row is None else Annotator(*row)


def count_links(store: VoteStore) -> dict[str, int]:
    """Return how many links of each person are valid, by key."""
    counts: dict[str, int] = defaultdict(int)
    with store.reading() as connection:
        query = sa.select(LINKS.c.annotator).where(LINKS.c.revoked_at.is_(None))
        for key in connection.execute(query).scalars():
            counts[key] += 1
    return counts


def make_first_lead(store: VoteStore, now: datetime) -> str | None:
    """Register a lead and return the secret of the lead's link, if there is no lead yet."""
    with store.reading() as connection:
        people = read_annotators(connection).values()
    if any(person.role == "lead" for person in people):
        return None
    new, known = store.add_annotators(["Lead"], now, "lead")
    person = (new or known)[0]
    store.change_annotator(person.name, role="lead")
    return make_link(store, person.key, now)
