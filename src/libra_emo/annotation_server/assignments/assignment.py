"""Which clip a person gets next: nobody twice, and never more people than a clip needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import GOLD, REPEAT, Campaign
from libra_emo.annotation.database.elsewhere import find_answered_elsewhere
from libra_emo.annotation.database.tables import ASSIGNMENTS, CAMPAIGNS, CLIPS
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.assignments.campaigns import Duty
from libra_emo.annotation_server.assignments.mixing import find_repeats, is_due, read_given
from libra_emo.annotation_server.assignments.orders import Orders
from libra_emo.annotation_server.assignments.places import read_leases, read_voters


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
        self, duty: Duty, person: Annotator, have: Collection[str], now: datetime
    ) -> Task | None:
        """Return the next clip of a person, or None if no clip needs this person now.

        Args:
            duty: An open campaign in which the person is asked.
            person: The person.
            have: Tokens of clips that the person's page has already; their leases are renewed.
            now: The time.
        """
        with self._store.writing() as connection:
            lock = sa.select(CAMPAIGNS.c.name).where(CAMPAIGNS.c.name == duty.campaign.name)
            connection.execute(lock.with_for_update())
            found = self._find_next(connection, duty, person, have, now)
            return None if found is None else self._lease_clip(connection, found, person, now)

    def has_task(self, duty: Duty, person: Annotator, now: datetime) -> bool:
        """Return whether a clip waits for a person now; nothing is kept for the person."""
        with self._store.reading() as connection:
            return self._find_next(connection, duty, person, (), now) is not None

    def _find_next(
        self,
        connection: sa.Connection,
        duty: Duty,
        person: Annotator,
        have: Collection[str],
        now: datetime,
    ) -> Task | None:
        """Return the next clip: what was given before comes first, what was skipped last."""
        pending = self._read_pending(connection, duty.names, person, have, now)
        waiting = [row for row in pending if row.skipped_at is None]
        skipped = [row for row in pending if row.skipped_at is not None]
        given = read_given(connection, duty.names, person) if duty.mixed else {}
        return (
            self._choose_pending(connection, duty, person, waiting, now)
            or self._choose_mixed(connection, duty, person, given, now, at_end=False)
            or self._choose_new(connection, duty.campaign, person, now, _others(duty, given))
            or self._choose_mixed(connection, duty, person, given, now, at_end=True)
            or self._choose_pending(connection, duty, person, skipped, now)
        )

    def _choose_pending(
        self,
        connection: sa.Connection,
        duty: Duty,
        person: Annotator,
        pending: list[sa.Row[Any]],
        now: datetime,
    ) -> Task | None:
        for campaign in (duty.campaign, *duty.mixed):
            keys = [row.clip_key for row in pending if row.campaign == campaign.name]
            if found := self._choose(connection, campaign, person, keys, now):
                return found
        return None

    def _choose_mixed(
        self,
        connection: sa.Connection,
        duty: Duty,
        person: Annotator,
        given: dict[str, set[str]],
        now: datetime,
        at_end: bool,
    ) -> Task | None:
        """Return a clip of a campaign that is mixed in, if one is due.

        At the end of the queue come the rest of an audit, and repeats that are far enough; clips
        with a known label never come alone.
        """
        place = sum(map(len, given.values()))
        for mixed in duty.mixed:
            if mixed.kind == GOLD if at_end else not is_due(mixed, person, place):
                continue
            if mixed.kind == REPEAT:
                keys = find_repeats(connection, duty.campaign, mixed, person)
                left = [key for key in keys if key not in given[mixed.name]]
                found = self._choose(connection, mixed, person, left, now)
            else:
                others = set().union(*(given[name] for name in duty.names if name != mixed.name))
                found = self._choose_new(connection, mixed, person, now, others)
            if found is not None:
                return found
        return None

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
        campaigns: Collection[str],
        person: Annotator,
        have: Collection[str],
        now: datetime,
    ) -> list[sa.Row[Any]]:
        """Renew the leases of the clips that a page has; return those given but not there."""
        own = (
            ASSIGNMENTS.c.campaign.in_([*campaigns]),
            ASSIGNMENTS.c.annotator == person.key,
            ASSIGNMENTS.c.answered_at.is_(None),
        )
        names = ("token", "campaign", "clip_key", "skipped_at")
        columns = [ASSIGNMENTS.c[name] for name in names]
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
        asked -= find_answered_elsewhere(connection, campaign, keys, person.key, utc_text(now))
        for key in keys:
            others = (voters[key] | leases[key]) - {person.key}
            free = campaign.asks_everybody or len(others) < campaign.annotators_per_clip
            if key in asked and free and person.key not in voters[key]:
                return self._name(campaign, person, key)
        return None

    def _choose_new(
        self,
        connection: sa.Connection,
        campaign: Campaign,
        person: Annotator,
        now: datetime,
        others: Collection[str] = (),
    ) -> Task | None:
        """Return the first clip in the person's order that was not given to the person yet.

        Args:
            connection: Connection to the store.
            campaign: The campaign.
            person: The person.
            now: The time.
            others: Clips that the person was given in another campaign of the same queue.
        """
        order = self._orders.find(connection, campaign, person.key)
        for keys in order.batches():
            voters = read_voters(connection, campaign, keys)
            full = {key for key in keys if person.key in voters[key]}
            if not campaign.asks_everybody:
                needed = campaign.annotators_per_clip
                full |= {key for key in keys if len(voters[key]) >= needed}
            order.advance(full.__contains__)
            given = sa.select(ASSIGNMENTS.c.clip_key).where(
                ASSIGNMENTS.c.campaign == campaign.name,
                ASSIGNMENTS.c.clip_key.in_(keys),
                ASSIGNMENTS.c.annotator == person.key,
            )
            known = set(connection.execute(given).scalars())
            known.update(others)
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


def _others(duty: Duty, given: dict[str, set[str]]) -> set[str]:
    """Return the clips of a person that were mixed in and are not repeats of the queue's own."""
    found: set[str] = set()
    for mixed in duty.mixed:
        if mixed.kind != REPEAT:
            found |= given[mixed.name]
    return found
