"""Which clip a person gets next: nobody twice, and never more people than a clip needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import ANNOTATORS, ASSIGNMENTS, CAMPAIGNS, CLIPS, VOTES
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.assignments.orders import Orders


@dataclass(frozen=True)
class Task:
    """A clip that a person is asked about.

    Attributes:
        token: The name that the clip has for this person.
        campaign: Name of the campaign.
        clip_key: The clip's key.
    """

    token: str
    campaign: str
    clip_key: str


class Assigner:
    """Gives clips to people. A clip is kept for a person until its lease ends or it is answered.

    Args:
        store: Store of the votes.
        secret: The servers' secret.
        lease_seconds: How long a clip is kept for a person.
    """

    def __init__(self, store: VoteStore, secret: ServerSecret, lease_seconds: int) -> None:
        self._store = store
        self._secret = secret
        self._lease = timedelta(seconds=lease_seconds)
        self._orders = Orders()

    def next_task(
        self, campaign: Campaign, person: Annotator, have: Collection[str], now: datetime
    ) -> Task | None:
        """Return the next clip of a person, or None if no clip needs this person now.

        Args:
            campaign: An open campaign in which the person is asked.
            person: The person.
            have: Tokens of clips that the person's page has already; their leases are renewed.
            now: The time.
        """
        with self._store.writing() as connection:
            lock = sa.select(CAMPAIGNS.c.name).where(CAMPAIGNS.c.name == campaign.name)
            connection.execute(lock.with_for_update())
            pending = self._read_pending(connection, campaign, person, have, now)
            waiting = [row.clip_key for row in pending if row.skipped_at is None]
            skipped = [row.clip_key for row in pending if row.skipped_at is not None]
            # what was given before comes first, what was skipped comes last
            found = (
                self._choose(connection, campaign, person, waiting, now)
                or self._choose_new(connection, campaign, person, now)
                or self._choose(connection, campaign, person, skipped, now)
            )
            return None if found is None else self._lease_clip(connection, found, person, now)

    def skip(self, token: str, person: Annotator, now: datetime) -> bool:
        """Let a clip come back to a person later; return False if it is not the person's."""
        change = sa.update(ASSIGNMENTS).where(
            ASSIGNMENTS.c.token == token, ASSIGNMENTS.c.annotator == person.key
        )
        with self._store.writing() as connection:
            done = connection.execute(change.values(skipped_at=utc_text(now)))
            return bool(done.rowcount)

    def find(self, token: str, person: Annotator) -> Task | None:
        """Return a clip that was given to a person, by its token; None for anybody else's."""
        query = sa.select(ASSIGNMENTS).where(
            ASSIGNMENTS.c.token == token, ASSIGNMENTS.c.annotator == person.key
        )
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Task(row.token, row.campaign, row.clip_key)

    def _read_pending(
        self,
        connection: sa.Connection,
        campaign: Campaign,
        person: Annotator,
        have: Collection[str],
        now: datetime,
    ) -> list[sa.Row[Any, Any, Any]]:
        """Renew the leases of the clips that a page has; return those given but not there."""
        own = (
            ASSIGNMENTS.c.campaign == campaign.name,
            ASSIGNMENTS.c.annotator == person.key,
            ASSIGNMENTS.c.answered_at.is_(None),
        )
        columns = (ASSIGNMENTS.c.token, ASSIGNMENTS.c.clip_key, ASSIGNMENTS.c.skipped_at)
        query = sa.select(*columns).where(*own)
        rows = connection.execute(query.order_by(ASSIGNMENTS.c.skipped_at)).all()
        held = {row.token for row in rows}.intersection(have)
        if held:
            change = sa.update(ASSIGNMENTS).where(ASSIGNMENTS.c.token.in_(sorted(held)))
            connection.execute(change.values(leased_until=utc_text(now + self._lease)))
        return [row for row in rows if row.token not in held]

    def _choose(
        self,
        connection: sa.Connection,
        campaign: Campaign,
        person: Annotator,
        keys: list[str],
        now: datetime,
    ) -> Task | None:
        """Return the first of some clips that the campaign asks about and that has a place."""
        if not keys:
            return None
        voters = read_voters(connection, campaign, keys)
        leases = read_leases(connection, campaign.name, keys, now)
        query = sa.select(CLIPS.c.clip_key).where(
            CLIPS.c.campaign == campaign.name, CLIPS.c.clip_key.in_(keys)
        )
        asked = set(connection.execute(query).scalars())
        for key in keys:
            others = (voters[key] | leases[key]) - {person.key}
            free = len(others) < campaign.annotators_per_clip
            if key in asked and free and person.key not in voters[key]:
                return self._name(campaign, person, key)
        return None

    def _choose_new(
        self, connection: sa.Connection, campaign: Campaign, person: Annotator, now: datetime
    ) -> Task | None:
        """Return the first clip in the person's order that was not given to the person yet."""
        order = self._orders.find(connection, campaign, person.key)
        for keys in order.batches():
            voters = read_voters(connection, campaign, keys)
            full = {key for key in keys if len(voters[key]) >= campaign.annotators_per_clip} | {
                key for key in keys if person.key in voters[key]
            }
            order.advance(full.__contains__)
            given = sa.select(ASSIGNMENTS.c.clip_key).where(
                ASSIGNMENTS.c.campaign == campaign.name,
                ASSIGNMENTS.c.clip_key.in_(keys),
                ASSIGNMENTS.c.annotator == person.key,
            )
            known = set(connection.execute(given).scalars())
            left = [key for key in keys if key not in known and key not in full]
            if task := self._choose(connection, campaign, person, left, now):
                return task
        self._orders.forget(campaign.name)
        return None

    def _name(self, campaign: Campaign, person: Annotator, key: str) -> Task:
        return Task(self._secret.task(person.key, campaign.name, key), campaign.name, key)

    def _lease_clip(
        self, connection: sa.Connection, task: Task, person: Annotator, now: datetime
    ) -> Task:
        until = utc_text(now + self._lease)
        change = sa.update(ASSIGNMENTS).where(ASSIGNMENTS.c.token == task.token)
        if not connection.execute(change.values(leased_until=until)).rowcount:
            row = {**vars(task), "annotator": person.key, "leased_until": until}
            connection.execute(sa.insert(ASSIGNMENTS).values(row))
        return task


def read_voters(
    connection: sa.Connection, campaign: Campaign, keys: Iterable[str]
) -> dict[str, set[str]]:
    """Return who answered each of some clips of a campaign, by key."""
    query = sa.select(VOTES.c.clip_key, VOTES.c.annotator).where(
        VOTES.c.campaign == campaign.name,
        VOTES.c.clip_key.in_([*keys]),
        VOTES.c.label.in_(campaign.answers),
    )
    return _group(connection, query)


def read_leases(
    connection: sa.Connection, campaign: str, keys: Iterable[str], now: datetime
) -> dict[str, set[str]]:
    """Return for whom each of some clips is kept now; nobody who is paused keeps one."""
    query = (
        sa.select(ASSIGNMENTS.c.clip_key, ASSIGNMENTS.c.annotator)
        .join(ANNOTATORS, ANNOTATORS.c.key == ASSIGNMENTS.c.annotator)
        .where(
            ASSIGNMENTS.c.campaign == campaign,
            ASSIGNMENTS.c.clip_key.in_([*keys]),
            ASSIGNMENTS.c.answered_at.is_(None),
            ASSIGNMENTS.c.leased_until > utc_text(now),
            ANNOTATORS.c.active,
        )
    )
    return _group(connection, query)


def _group(connection: sa.Connection, query: sa.Select[Any, Any]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = defaultdict(set)
    for key, annotator in connection.execute(query):
        grouped[key].add(annotator)
    return grouped
