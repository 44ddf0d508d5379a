"""Finds the clip that a person gets next; nothing is kept for the person yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import GOLD, REPEAT, Campaign
from libra_emo.annotation.database.elsewhere import find_answered_elsewhere
from libra_emo.annotation.database.tables import ASSIGNMENTS
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.assignments.campaigns import Duty
from libra_emo.annotation_server.assignments.mixing import find_repeats, is_due, read_given
from libra_emo.annotation_server.assignments.orders import Orders
from libra_emo.annotation_server.assignments.places import read_asked, read_places

_PENDING: Final = (
    sa.select(*(ASSIGNMENTS.c[name] for name in ("token", "campaign", "clip_key")))
    .add_columns(ASSIGNMENTS.c.skipped_at, ASSIGNMENTS.c.leased_until)
    .where(
        ASSIGNMENTS.c.campaign.in_(sa.bindparam("campaigns", expanding=True)),
        ASSIGNMENTS.c.annotator == sa.bindparam("annotator"),
        ASSIGNMENTS.c.answered_at.is_(None),
    )
    .order_by(ASSIGNMENTS.c.skipped_at)
)


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


@dataclass(frozen=True)
class Search:
    """Whose next clip is looked for.

    Attributes:
        duty: An open campaign in which the person is asked.
        person: The person.
        pending: What was given to the person and has no answer yet.
        have: Tokens of clips that the person's page has already.
        now: The time.
    """

    duty: Duty
    person: Annotator
    pending: list[sa.Row[Any]]
    have: Collection[str]
    now: datetime

    @property
    def waiting(self) -> list[sa.Row[Any]]:
        """What was given to the person and is not on the page."""
        return [row for row in self.pending if row.token not in self.have]


class Chooser:
    """Chooses clips for people, everybody's in an order of their own.

    Args:
        secret: The servers' secret.
    """

    def __init__(self, secret: ServerSecret) -> None:
        self._secret = secret
        self._orders = Orders()

    def begin(
        self,
        connection: sa.Connection,
        duty: Duty,
        person: Annotator,
        have: Collection[str],
        now: datetime,
    ) -> Search:
        """Return a search; see `Search` for the arguments."""
        asked = {"campaigns": duty.names, "annotator": person.key}
        pending = connection.execute(_PENDING, asked).all()
        return Search(duty, person, [*pending], have, now)

    def find(self, connection: sa.Connection, search: Search) -> Task | None:
        """Return the next clip: what was given before comes first, what was skipped last."""
        duty, person = search.duty, search.person
        waiting = [row for row in search.waiting if row.skipped_at is None]
        skipped = [row for row in search.waiting if row.skipped_at is not None]
        given = read_given(connection, duty.names, person) if duty.mixed else {}
        return (
            self._choose_pending(connection, search, waiting)
            or self._choose_mixed(connection, search, given, at_end=False)
            or self._choose_new(connection, duty.campaign, search, _others(duty, given))
            or self._choose_mixed(connection, search, given, at_end=True)
            or self._choose_pending(connection, search, skipped)
        )

    def is_free(self, connection: sa.Connection, task: Task, search: Search) -> bool:
        """Return whether a clip that was found can still be given to the person."""
        duty = search.duty
        (campaign,) = (each for each in (duty.campaign, *duty.mixed) if each.name == task.campaign)
        return self._choose(connection, campaign, search, [task.clip_key]) is not None

    def _choose_pending(
        self, connection: sa.Connection, search: Search, pending: list[sa.Row[Any]]
    ) -> Task | None:
        for campaign in (search.duty.campaign, *search.duty.mixed):
            keys = [row.clip_key for row in pending if row.campaign == campaign.name]
            if found := self._choose(connection, campaign, search, keys):
                return found
        return None

    def _choose_mixed(
        self,
        connection: sa.Connection,
        search: Search,
        given: dict[str, set[str]],
        at_end: bool,
    ) -> Task | None:
        """Return a clip of a campaign that is mixed in, if one is due.

        At the end of the queue come the rest of an audit, and repeats that are far enough; clips
        with a known label never come alone.
        """
        duty, person = search.duty, search.person
        place = sum(map(len, given.values()))
        for mixed in duty.mixed:
            if mixed.kind == GOLD if at_end else not is_due(mixed, person, place):
                continue
            if mixed.kind == REPEAT:
                keys = find_repeats(connection, duty.campaign, mixed, person)
                left = [key for key in keys if key not in given[mixed.name]]
                found = self._choose(connection, mixed, search, left)
            else:
                others = set().union(*(given[name] for name in duty.names if name != mixed.name))
                found = self._choose_new(connection, mixed, search, others)
            if found is not None:
                return found
        return None

    def _choose(
        self, connection: sa.Connection, campaign: Campaign, search: Search, keys: list[str]
    ) -> Task | None:
        """Return the first of some clips that the campaign asks about and that has a place."""
        if not keys:
            return None
        places = read_places(connection, campaign, keys, search.now)
        asked = self._read_asked(connection, campaign, search, keys)
        for key in keys:
            if key in asked and places.is_free(campaign, key, search.person.key):
                return self._name(campaign, search.person, key)
        return None

    def _choose_new(
        self,
        connection: sa.Connection,
        campaign: Campaign,
        search: Search,
        others: Collection[str] = (),
    ) -> Task | None:
        """Return the first clip in the person's order that was not given to the person yet.

        Args:
            connection: Connection to the store.
            campaign: The campaign.
            search: Whose next clip is looked for.
            others: Clips that the person was given in another campaign of the same queue.
        """
        person = search.person.key
        order = self._orders.find(connection, campaign, person)
        for keys in order.batches():
            places = read_places(connection, campaign, keys, search.now)
            order.advance(partial(places.is_done, campaign, annotator=person))
            left = [
                key
                for key in keys
                if key not in others
                and person not in places.given[key]
                and places.is_free(campaign, key, person)
            ]
            asked = self._read_asked(connection, campaign, search, left)
            for key in left:
                if key in asked:
                    return self._name(campaign, search.person, key)
        self._orders.forget(campaign.name)
        return None

    @staticmethod
    def _read_asked(
        connection: sa.Connection, campaign: Campaign, search: Search, keys: list[str]
    ) -> set[str]:
        """Return those of some clips about which the campaign may ask the person."""
        if not keys:
            return set()
        asked = read_asked(connection, campaign.name, keys)
        now = utc_text(search.now)
        return asked - find_answered_elsewhere(connection, campaign, keys, search.person.key, now)

    def _name(self, campaign: Campaign, person: Annotator, key: str) -> Task:
        return Task(self._secret.task(person.key, campaign.name, key), campaign.name, key)


def _others(duty: Duty, given: dict[str, set[str]]) -> set[str]:
    """Return the clips of a person that were mixed in and are not repeats of the queue's own."""
    found: set[str] = set()
    for mixed in duty.mixed:
        if mixed.kind != REPEAT:
            found |= given[mixed.name]
    return found
